"""Asking for a person: who can be reached now, and never that somebody reads this chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.city import City, DutyContact, WeeklyHours
from bot.conversation.handoff import HandoffFlow
from bot.conversation.helplines import Helplines
from bot.conversation.rendering import Renderer, load_screens
from bot.conversation.texts import Catalogue
from bot.errors import StaleButton
from bot.messages import Address, Channel, Citizen, Language, Pseudonym

ROOT = Path(__file__).parents[3]
CITY = City.load(ROOT / "city")
CATALOGUE = Catalogue.load(ROOT / "locales", CITY.languages)
CONTACT = DutyContact("chat", "https://example.org/duty", (Language("fr"), Language("en")))
MONDAY_TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


async def answer(city: City, now: datetime, rest: str = "open", language: str = "en") -> str:
    helplines = Helplines(city, CATALOGUE)
    citizen = Citizen(Pseudonym("p"), Language(language), Address(Channel.TELEGRAM, "42"), now)
    step = await HandoffFlow(city, helplines).press(citizen, rest, None)
    (said,) = step.say
    return Renderer(CATALOGUE, city, helplines, load_screens()).render(said, citizen.language, now).text


async def test_on_duty_it_says_until_when_and_how_to_reach_them() -> None:
    said = await answer(replace(CITY, duty_contact=CONTACT), MONDAY_TEN)
    assert "on duty now, until 5:00" in said
    assert "https://example.org/duty" in said and "French, English" in said
    assert "nobody reads this chat" in said


async def test_off_duty_it_says_when_they_are_back_and_who_answers_now() -> None:
    said = await answer(replace(CITY, duty_contact=CONTACT), SUNDAY_NIGHT)
    assert "Nobody from Portclair is on duty now" in said and "back on Monday at 9:00" in said
    assert "These people answer now" in said


async def test_without_a_contact_the_people_on_duty_only_read_tips() -> None:
    assert "They read tips" in await answer(CITY, MONDAY_TEN)
    assert "Nobody from Portclair reads tips now either" in await answer(CITY, SUNDAY_NIGHT)


async def test_a_city_without_staff_never_says_that_anybody_comes_back() -> None:
    said = await answer(replace(CITY, staff_on_duty=None), SUNDAY_NIGHT)
    assert "nobody from Portclair reads this chat" in said and "back" not in said


async def test_the_lines_are_those_of_the_need_that_answer_now() -> None:
    said = await answer(CITY, SUNDAY_NIGHT, "open:sextortion")
    assert "17Cyber" in said
    assert "closed now" not in said
    assert "Open the page" not in said, "a form is nobody to talk to"


async def test_when_all_lines_are_closed_those_that_open_next_stand_there() -> None:
    closed = replace(CITY, helplines=tuple(replace(line, hours=WeeklyHours.parse("Mo 09:00-10:00")) for line in CITY.helplines))
    said = await answer(closed, SUNDAY_NIGHT, "open:hate")
    assert "No line that I know answers now" in said and "opens Monday" in said


async def test_without_any_checked_line_the_emergency_number_stands_there() -> None:
    assert "I have no checked number" in await answer(replace(CITY, helplines=()), SUNDAY_NIGHT)


@pytest.mark.parametrize("language", CITY.languages)
async def test_every_language_says_it(language: Language) -> None:
    for city in (CITY, replace(CITY, duty_contact=CONTACT), replace(CITY, staff_on_duty=None)):
        for now in (MONDAY_TEN, SUNDAY_NIGHT):
            assert "{" not in await answer(city, now, language=language)


@pytest.mark.parametrize("rest", ["", "close", "opened"])
async def test_another_button_is_stale(rest: str) -> None:
    with pytest.raises(StaleButton):
        await answer(CITY, SUNDAY_NIGHT, rest)
