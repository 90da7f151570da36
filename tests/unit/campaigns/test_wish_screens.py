"""Pause, own quiet hours, what people tell of themselves, and why messages come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.campaigns.wish_screens import WishScreens
from bot.campaigns.wishes import AGE_BANDS, Wishes
from bot.errors import StaleButton
from bot.messages import Utterance
from tests.unit.campaigns.kit import FRIDAY_EVENING, SmallCity, WishesInMemory, citizen

SOMEBODY = citizen(1)


@pytest.fixture
def book() -> WishesInMemory:
    return WishesInMemory(Wishes(), FRIDAY_EVENING)


async def press(book: WishesInMemory, rest: str) -> Utterance:
    answer = await WishScreens(book, SmallCity()).answer(SOMEBODY, rest.split(":"))
    assert answer is not None
    return answer


def buttons(screen: Utterance) -> dict[str, str]:
    return {choice.payload: choice.label for row in screen.choices for choice in row}


@pytest.mark.parametrize(("length", "days"), [("week", 7), ("month", 30)])
async def test_a_pause_lasts_a_week_or_a_month_and_can_be_ended(book: WishesInMemory, length: str, days: int) -> None:
    screen = await press(book, f"pause:{length}")
    assert book.wishes == Wishes(paused_until=FRIDAY_EVENING + timedelta(days=days))
    assert screen.params["pause"] == Utterance("topics.paused", {"until": FRIDAY_EVENING + timedelta(days=days)})
    assert "topics:pause:end" in buttons(screen) and "topics:pause:week" not in buttons(screen)
    screen = await press(book, "pause:end")
    assert book.wishes == Wishes()
    assert screen.params["pause"] == Utterance("topics.not_paused")


async def test_a_pause_that_is_over_is_not_shown(book: WishesInMemory) -> None:
    book.wishes = Wishes(paused_until=FRIDAY_EVENING)
    assert (await press(book, "settings")).params["pause"] == Utterance("topics.not_paused")


async def test_quiet_hours_are_two_presses_and_shown_with_ticks(book: WishesInMemory) -> None:
    await press(book, "hours:evening:19")
    screen = await press(book, "hours:morning:10")
    assert book.wishes == Wishes(evening=19, morning=10)
    assert buttons(screen)["topics:hours:evening:19"] == "✓ 19:00" and buttons(screen)["topics:hours:evening:18"] == "18:00"
    assert screen.params["own"] == Utterance("topics.own_evening_morning", {"evening": 19, "morning": 10})
    await press(book, "hours:city")
    assert book.wishes == Wishes()


async def test_age_and_district_are_told_by_choice_and_taken_back(book: WishesInMemory) -> None:
    assert set(buttons(await press(book, "age"))) > {f"topics:age:{band}" for band in AGE_BANDS}
    await press(book, "age:from13")
    screen = await press(book, "district:hills")
    assert book.wishes == Wishes(age_band="from13", district="hills")
    assert screen.params == {"age": Utterance("topics.age_band.from13"), "district": "The Hills"}
    await press(book, "age:other")
    screen = await press(book, "district:other")
    assert book.wishes == Wishes()
    assert screen.params == {"age": Utterance("topics.untold"), "district": Utterance("topics.untold")}


async def test_a_district_that_the_city_gave_up_counts_as_not_told(book: WishesInMemory) -> None:
    book.wishes = Wishes(district="drowned")
    assert (await press(book, "about")).params["district"] == Utterance("topics.untold")


async def test_why_names_the_topic_and_since_when(book: WishesInMemory) -> None:
    screen = await press(book, "why:bikes")
    assert screen.params["reason"] == Utterance("topics.why_topic", {"topic": "Bike theft", "since": FRIDAY_EVENING})
    assert (await press(book, "why")).params["reason"] == Utterance("topics.why_any")


async def test_why_answers_those_who_have_stopped_too(book: WishesInMemory) -> None:
    book.wishes = book.since = None
    assert (await press(book, "why:bikes")).params["reason"] == Utterance("topics.why_none", {"topic": "Bike theft"})


async def test_who_is_not_subscribed_has_no_settings() -> None:
    assert await WishScreens(WishesInMemory(), SmallCity()).answer(SOMEBODY, ["settings"]) is None


@pytest.mark.parametrize(
    "rest",
    ["pause", "pause:year", "hours:evening:3", "hours:noon:12", "age:7", "district:moon", "about:x", "why:gardening", "settings:x", "x"],
)
async def test_a_button_that_was_never_ours_is_stale(book: WishesInMemory, rest: str) -> None:
    with pytest.raises(StaleButton):
        await press(book, rest)


async def test_every_text_it_names_exists(book: WishesInMemory, catalogue_keys: frozenset[str]) -> None:
    said = {f"topics.own_{hours}" for hours in ("none", "evening", "morning", "evening_morning")}
    said |= {f"topics.age_band.{band}" for band in AGE_BANDS}
    for rest in ("settings", "pause:week", "hours", "about", "age", "district", "why", "why:bikes"):
        screen = await press(book, rest)
        said |= {screen.key, *(choice.label for row in screen.choices for choice in row if not choice.literal)}
        said |= {value.key for value in screen.params.values() if isinstance(value, Utterance)}
    assert {key if key != "topics.cap" else "topics.cap.other" for key in said} <= catalogue_keys | {"topics.why_none"}
    assert {"topics.why_none", "topics.untold"} <= catalogue_keys
