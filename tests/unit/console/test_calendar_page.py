"""The calendar's page: what an address means, and where each thing stands in the tables."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.campaigns.agenda import Sheet
from bot.campaigns.calendar import Entry, Plan
from bot.campaigns.tables import CampaignState
from bot.city import City
from bot.console.calendar_page import Layout, Place, View

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("view", "day", "place"),
    [
        ("", "", Place(View.MONTH, TODAY)),
        ("week", "2026-12-01", Place(View.WEEK, date(2026, 12, 1))),
        ("year", "tomorrow", Place(View.MONTH, TODAY)),
        ("list", "0001-01-01", Place(View.LIST, TODAY)),
        ("list", "9999-12-31", Place(View.LIST, TODAY)),
    ],
)
def test_an_address_that_cannot_be_read_is_this_month(view: str, day: str, place: Place) -> None:
    assert Place.read(view, day, TODAY) == place


def test_leafing_goes_over_the_ends_of_months_and_years() -> None:
    month = Place(View.MONTH, date(2026, 12, 31))
    assert (month.before.day, month.after.day) == (date(2026, 11, 30), date(2027, 1, 1))
    week = Place(View.WEEK, date(2026, 12, 30))
    assert (week.before.day, week.after.day) == (date(2026, 12, 23), date(2027, 1, 6))
    assert month.path == "/campaigns/calendar?view=month&day=2026-12-31"


def _layout(city: City, place: Place, *moments: str) -> Layout:
    plans = [Plan(number, 1, at, "bikes", CampaignState.DRAFT, datetime.fromisoformat(at)) for number, at in enumerate(moments)]
    entries = [Entry(one, one.send_at.replace(tzinfo=city.time_zone)) for one in plans]
    now: Any = datetime(2026, 11, 22, 12, 30, tzinfo=city.time_zone)
    return Layout(place, Sheet(place.span(0), entries, True), city, now)


@pytest.fixture(scope="module")
def city() -> City:
    return City.load(Path(__file__).parents[3] / "city")


def test_a_month_knows_today_what_is_past_and_what_is_no_part_of_it(city: City) -> None:
    layout = _layout(city, Place(View.MONTH, TODAY), "2026-11-27T17:00")
    days = {day.date.isoformat(): day for day in layout.days}
    assert [len(week) for week in layout.weeks] == [7] * 6
    assert days["2026-11-22"].is_today and not days["2026-11-22"].is_past and days["2026-11-21"].is_past
    assert days["2026-12-01"].outside and not days["2026-11-30"].outside
    assert days["2026-11-01"].is_free  # The last day of the autumn holidays.
    assert [day for day, one in days.items() if one.entries] == ["2026-11-27"]


def test_a_week_has_a_row_for_each_hour(city: City) -> None:
    rows = _layout(city, Place(View.WEEK, TODAY), "2026-11-22T17:45", "2026-11-20T22:30").hours
    assert (len(rows), {len(row) for row in rows}) == (24, {7})
    assert [hour for hour, row in enumerate(rows) if row[6].entries] == [17]
    assert [rows[hour][6].is_past for hour in (11, 12, 13)] == [True, False, False]
    assert rows[3][0].is_idle and rows[22][3].is_idle
    assert not rows[17][6].is_idle and not rows[22][4].is_idle  # A draft at night is shown in full.
