"""What was typed becomes a draft, or comes back exactly as typed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.campaigns.rules import Repeat, Rhythm
from bot.city import City
from bot.console.campaign_form import CampaignForm, read
from bot.console.forms import Form

CITY = City.load(Path(__file__).parents[3] / "city")
TYPED = {"title": "T", "topic": "scams", "day": "2026-11-22", "time": "17:30", "late_after": "60", "text_en": "Hello\r\nyou"}


def _form(**changes: str) -> Form:
    return Form(list((TYPED | changes).items()))


def test_a_form_becomes_a_draft_on_the_citys_wall_clock() -> None:
    _, draft = read(_form(), CITY)
    assert draft is not None
    assert draft.send_at == datetime.fromisoformat("2026-11-22T17:30")
    assert draft.late_after == timedelta(hours=1)
    assert draft.texts["en"] == "Hello\nyou"


def test_a_draft_shown_and_read_again_is_the_same() -> None:
    _, draft = read(_form(), CITY)
    assert draft is not None
    shown = CampaignForm.of(draft)
    fields = {"title": shown.title, "topic": shown.topic, "day": shown.day, "time": shown.time, "late_after": shown.late_after}
    _, again = read(Form(list({**fields, **{f"text_{language}": text for language, text in shown.texts.items()}}.items())), CITY, draft)
    assert again == draft


def test_what_repeats_is_shown_and_read_again_the_same() -> None:
    typed = TYPED | {"rhythm": "weekly", "until": "2027-01-31", "times": "5", "term_only": "yes"}
    _, draft = read(Form([*typed.items(), ("weekday", "4"), ("weekday", "0"), ("weekday", "9")]), CITY)
    assert draft is not None
    assert draft.repeat == Repeat(Rhythm.WEEKLY, (0, 4), date(2027, 1, 31), 5, True)
    shown = CampaignForm.of(draft)
    assert (shown.rhythm, shown.weekdays, shown.until, shown.times, shown.term_only) == ("weekly", ("0", "4"), "2027-01-31", "5", True)


@pytest.mark.parametrize("changes", [{"until": "soon"}, {"times": "often"}, {"rhythm": "hourly"}, {"times": "9" * 5000}])
def test_an_unreadable_end_is_a_problem_and_nothing_is_lost(changes: dict[str, str]) -> None:
    form, draft = read(_form(**{"rhythm": "monthly"} | changes), CITY)
    assert draft is None
    assert [problem.code for problem in form.problems] == ["end_missing"]
    assert form.title == "T"


@pytest.mark.parametrize("changes", [{"day": ""}, {"day": "22/11/2026"}, {"time": "5 pm"}, {"late_after": "-"}, {"late_after": "9" * 40}])
def test_an_unreadable_time_is_a_problem_and_nothing_is_lost(changes: dict[str, str]) -> None:
    form, draft = read(_form(**changes), CITY)
    assert draft is None
    assert [problem.code for problem in form.problems] == ["time_missing"]
    assert form.title == "T"
    assert form.texts["en"] == "Hello\nyou"


def test_a_new_campaign_is_planned_for_tomorrow_after_school() -> None:
    form = CampaignForm.empty(CITY, datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    assert (form.day, form.time) == ("2027-01-02", "17:00"), "it is already New Year in the city"


def test_the_present_lateness_is_always_among_the_choices() -> None:
    assert 45 in CampaignForm("", "", "", "", "45", {}).late_choices
    assert CampaignForm("", "", "", "", "x", {}).late_choices == [15, 60, 120, 360, 1440]
