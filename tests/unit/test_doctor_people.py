"""What ``faro doctor`` says when those are missing whom tips need."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.city import City
from bot.doctor_people import People, image_contact, judged, people_of_tips
from bot.findings import Finding, Level
from bot.messages import Language
from bot.settings import Settings
from bot.staff.members import Member
from bot.staff.roles import Role
from tests.integration.staff.support import open_office

EXAMPLE = Path(__file__).parents[2] / "city"
TODAY = date(2026, 11, 22)


def _member(name: str, *roles: Role, disabled: bool = False) -> Member:
    made = datetime(2026, 1, 1, tzinfo=UTC)
    return Member(name, name, name, frozenset(roles), Language("en"), False, True, True, disabled, made, None)


MODERATOR, CUSTODIAN = _member("m", Role.MODERATOR), _member("c", Role.CUSTODIAN)
WELL = People([MODERATOR, CUSTODIAN], linked={"m"}, on_roster={"m"})


def _said(people: People, *, chats: bool = True, mail: bool = False) -> list[tuple[Level, str]]:
    return [(one.level, one.about) for one in judged(people, chats=chats, mail=mail)]


def test_with_everybody_there_nothing_is_to_do() -> None:
    assert _said(WELL) == [(Level.GOOD, "urgent tips")]
    assert _said(replace(WELL, linked=(), mailed={"m"}), mail=True) == [(Level.GOOD, "urgent tips")]


@pytest.mark.parametrize(
    ("people", "chats"),
    [
        (replace(WELL, linked=()), True),
        (replace(WELL, linked={"c"}), True),
        (replace(WELL, calm={"m"}), True),
        (replace(WELL, mailed={"m"}, linked=()), True),
        (WELL, False),
    ],
    ids=["nobody linked", "only who does not work on tips", "wants no calls", "an address, but no mail server", "no Telegram"],
)
def test_nobody_to_be_called_is_wrong(people: People, chats: bool) -> None:
    assert _said(people, chats=chats) == [(Level.WRONG, "urgent tips")]


def test_an_empty_roster_a_missing_custodian_and_no_moderator_are_named() -> None:
    assert _said(replace(WELL, on_roster={"c"})) == [(Level.ADVICE, "urgent tips")]
    alone = replace(WELL, members=[MODERATOR, _member("c", Role.CUSTODIAN, disabled=True)])
    assert _said(alone) == [(Level.GOOD, "urgent tips"), (Level.ADVICE, "custodian")]
    assert _said(People([_member("a", Role.ADMIN)])) == [(Level.ADVICE, "tips")]


def test_a_city_without_an_image_contact_is_advised_to_agree_on_one() -> None:
    city = City.load(EXAMPLE)
    assert [one.level for one in image_contact(city)] == [Level.GOOD]
    [finding] = image_contact(replace(city, image_contact=None))
    assert finding.level is Level.ADVICE and "Agree with the police" in finding.text


async def test_the_store_is_asked_where_there_is_one(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, city=EXAMPLE, _env_file=None)  # type: ignore[call-arg]
    assert await people_of_tips(settings, TODAY) == []
    office = await open_office(settings.database)
    await office.member("mona", Role.MODERATOR)
    await office.database.close()
    found = await people_of_tips(settings, TODAY)
    assert found[0] == Finding(Level.WRONG, "urgent tips", found[0].text)
    assert "Account" in found[0].text and [one.about for one in found] == ["urgent tips", "custodian"]
