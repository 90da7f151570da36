"""Time-based codes: each step once, sealed to its member, no tolerance beyond one step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from bot.crypto import SymmetricKey
from bot.errors import SealBroken
from bot.staff.second_factor import PERIOD, SecondFactor, matching_step

NOW = datetime(2026, 11, 21, 9, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // PERIOD
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(("seconds", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_fits_one_step_around_its_time(seconds: int, fits: bool) -> None:
    code = pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=seconds))
    assert (matching_step(SECRET, code, 0, NOW) is not None) == fits


def test_a_used_step_and_all_before_it_fit_no_more() -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    assert matching_step(SECRET, code, STEP - 1, NOW) == STEP
    assert matching_step(SECRET, code, STEP, NOW) is None


def test_spaces_in_a_code_do_not_matter() -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    assert matching_step(SECRET, f" {code[:3]} {code[3:]} ", 0, NOW) == STEP


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 34"])
def test_what_is_no_code_fits_nothing(code: str) -> None:
    assert matching_step(SECRET, code, 0, NOW) is None


def test_a_secret_opens_for_its_own_member_only() -> None:
    factor = SecondFactor(SymmetricKey.generate(), "Faro Testville")
    sealed = factor.new_secret("one")
    assert factor.enrolment(sealed, "one", "anna").text_key
    with pytest.raises(SealBroken):
        factor.step(sealed, "two", "123456", 0, NOW)


def test_the_qr_code_is_inline_svg_without_style_or_script() -> None:
    factor = SecondFactor(SymmetricKey.generate(), "Faro Testville")
    svg = factor.enrolment(factor.new_secret("one"), "one", "anna").qr_svg
    assert svg.startswith("<svg")
    assert "style=" not in svg
    assert "<script" not in svg


def test_recovery_codes_are_bound_to_member_and_key() -> None:
    key = SymmetricKey.generate()
    factor = SecondFactor(key, "Faro")
    assert factor.recovery_hash("one", "abcde-fghjk") == factor.recovery_hash("one", "ABCDE FGHJK")
    assert factor.recovery_hash("one", "abcde-fghjk") != factor.recovery_hash("two", "abcde-fghjk")
    assert factor.recovery_hash("one", "abcde-fghjk") != SecondFactor(SymmetricKey.generate(), "Faro").recovery_hash("one", "abcde-fghjk")
