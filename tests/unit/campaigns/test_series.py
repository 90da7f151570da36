"""Series: the same time of day, so many days apart; and back into one file."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.exchange import Content, Series, read, write_series
from bot.campaigns.schedule import to_utc
from bot.campaigns.series import planned, series_of
from bot.city import Source
from tests.unit.campaigns.kit import EN, FR, SmallCity, draft, wall

PARIS = ZoneInfo("Europe/Paris")
EPISODES = tuple(Content(f"Part {number}", "bikes", {EN: f"{number}", FR: f"{number}"}) for number in range(1, 6))


def test_episodes_keep_their_time_of_day_when_the_clocks_change() -> None:
    made = planned(Series("Five parts", 7, EPISODES), SmallCity(), wall("2027-03-21T17:00"), EN)
    assert [one.send_at.isoformat() for one in made[:3]] == ["2027-03-21T17:00:00", "2027-03-28T17:00:00", "2027-04-04T17:00:00"]
    assert [to_utc(one.send_at, PARIS).hour for one in made[:3]] == [16, 15, 15]
    assert [one.title for one in made] == ["Part 1", "Part 2", "Part 3", "Part 4", "Part 5"]


@given(st.integers(1, 60), st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2036, 1, 1)))  # noqa: DTZ001
def test_episodes_are_always_so_many_days_apart(days: int, first: datetime) -> None:
    made = planned(Series("Five parts", days, EPISODES), SmallCity(), first, EN)
    assert {later.send_at - earlier.send_at for earlier, later in pairwise(made)} == {timedelta(days=days)}


def test_a_campaign_alone_is_one_draft() -> None:
    (made,) = planned(EPISODES[0], SmallCity(), wall("2026-12-01T17:00"), EN)
    assert (made.title, made.send_at) == ("Part 1", wall("2026-12-01T17:00"))


def test_behind_the_last_day_there_is_nothing_to_plan() -> None:
    with pytest.raises(OverflowError):
        planned(Series("Five parts", 60, EPISODES), SmallCity(), wall("9999-12-30T17:00"), EN)


def test_drafts_become_a_series_with_the_sources_of_all() -> None:
    one, two = Source("One"), Source("Two", "https://example.org")
    drafts = [
        draft(title="First", send_at=wall("2026-12-01T17:00"), sources=(one,)),
        draft(title="Second", send_at=wall("2026-12-09T18:00"), sources=(one, two), topic="scams"),
        draft(title="Third", send_at=wall("2026-12-15T17:00")),
    ]
    series = series_of(drafts)
    assert (series.title, series.topic, series.every_days, series.sources) == ("First", "bikes", 7, (one, two))
    assert read(write_series(series)) == series


def test_episodes_on_one_day_or_in_disorder_still_make_a_file() -> None:
    same = [draft(), draft(title="Second")]
    assert series_of(same).every_days == 1
    assert series_of([draft(send_at=wall("2027-11-01T17:00")), draft(send_at=wall("2026-11-30T17:00"))]).every_days == 1
    assert series_of([draft(send_at=wall("2026-11-30T17:00")), draft(send_at=wall("2027-11-01T17:00"))]).every_days == 60
