"""One link of the chain covers every field and the link before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.staff.audit import link

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ROW = (bytes(32), 7, AT, "anna", "tip.read", "t1", "{}")


def test_the_hash_is_stable_over_time() -> None:
    """A fixed vector: changing the canonical form would orphan every trail in use."""
    assert link(*ROW).hex() == "85a4a9eaf54752baa538de6dd05ac6242cf7285a715d77b4cac4cd7d046a0193"


def test_the_time_zone_of_a_moment_does_not_matter() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=2)))
    assert link(bytes(32), 7, elsewhere, *ROW[3:]) == link(*ROW)


@pytest.mark.parametrize("place", range(7))
def test_every_field_counts(place: int) -> None:
    other = (b"\x01" * 32, 8, AT + timedelta(microseconds=1), "eve", "tip.write", "t2", '{"a":1}')
    changed = (*ROW[:place], other[place], *ROW[place + 1 :])
    assert link(*changed) != link(*ROW)


def test_fields_cannot_flow_into_each_other() -> None:
    assert link(bytes(32), 7, AT, "a", "bc", "", "") != link(bytes(32), 7, AT, "ab", "c", "", "")
