"""Walking through a guide: each button names where it leads, so nothing gets lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import StaleButton
from bot.guidance import Guide, GuideFlow, Node
from bot.messages import Address, Channel, Choice, Citizen, Language, Pseudonym, Step

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
CITIZEN = Citizen(Pseudonym("p"), Language("en"), Address(Channel.TELEGRAM, "42"), NOW)
GUIDE = Guide(
    "hate",
    "hate",
    {
        "start": Node("start", tuple(Choice(f"guide:hate:{who}", f"guide.common.{who}") for who in ("me", "child", "friend"))),
        "me": Node("me", done="end", cannot="me_cannot", meaning="me_meaning"),
        "me_cannot": Node("me_cannot", done="end", safety=True),
        "secret": Node("secret", done="end", discreet=True),
        "end": Node("end", end=True),
    },
)
FLOW = GuideFlow({"hate": GUIDE})


def payloads(step: Step) -> list[list[str]]:
    return [[choice.payload for choice in row] for row in step.say[0].choices]


async def test_the_first_screen_offers_its_choices_a_person_and_the_menu() -> None:
    step = await FLOW.press(CITIZEN, "hate", None)
    assert step.say[0].key == "guide.hate.start.text"
    assert payloads(step) == [["guide:hate:me", "guide:hate:child"], ["guide:hate:friend"], ["handoff:open:hate", "menu:open"]]


async def test_a_step_can_be_done_or_not_and_explained() -> None:
    step = await FLOW.press(CITIZEN, "hate:me", None)
    assert payloads(step)[:2] == [["guide:hate:end", "guide:hate:me_cannot"], ["guide:hate:me_meaning"]]
    assert [choice.answers for choice in step.say[0].choices[0]] == ["yes", "no"]


async def test_where_the_question_is_safety_a_yes_means_safe() -> None:
    step = await FLOW.press(CITIZEN, "hate:me_cannot", None)
    answers = {choice.answers: choice.payload for row in step.say[0].choices for choice in row if choice.answers}
    assert answers == {"yes": "safety:safe", "no": "safety:unsafe"}
    assert [part.key for part in step.say[0].params["parts"]] == ["guide.hate.me_cannot.text", "safety.soft"]
    assert step.say[0].choices[1][0].label == "guide.common.go_on"


async def test_the_place_is_kept_for_a_day_and_words_stay_free() -> None:
    step = await FLOW.press(CITIZEN, "hate:me", None)
    assert step.state == {"harm": "hate", "node": "me", "at": int(NOW.timestamp())}
    assert step.resting and step.keep_for == timedelta(hours=24)


async def test_who_asks_what_comes_next_is_led_to_the_next_step_or_shown_the_choice_again() -> None:
    step = await FLOW.press(CITIZEN, "next", {"harm": "hate", "node": "me"})
    assert step.state is not None and step.state["node"] == "end"
    step = await FLOW.press(CITIZEN, "next", {"harm": "hate", "node": "start"})
    assert step.state is not None and step.state["node"] == "start"
    with pytest.raises(StaleButton):
        await FLOW.press(CITIZEN, "next", None)


async def test_a_person_comes_back_to_where_they_were() -> None:
    step = await FLOW.press(CITIZEN, "back", {"harm": "hate", "node": "me", "at": 0})
    assert [part.key for part in step.say[0].params["parts"]] == ["guide.common.again", "guide.hate.me.text"]
    assert payloads(step)[0] == ["guide:hate:end", "guide:hate:me_cannot"]


async def test_a_discreet_step_keeps_nothing_and_says_how_to_leave() -> None:
    step = await FLOW.press(CITIZEN, "hate:secret", {"harm": "hate", "node": "me", "at": 0})
    assert step.state is None
    assert [part.key for part in step.say[0].params["parts"]][-1] == "guide.common.leave"


async def test_an_end_needs_no_person_but_the_menu() -> None:
    assert payloads(await FLOW.press(CITIZEN, "hate:end", None)) == [["menu:open"]]


async def test_cancel_ends_it() -> None:
    assert (await FLOW.press(CITIZEN, "cancel", {"harm": "hate", "node": "me", "at": 0})).state is None


@pytest.mark.parametrize("rest", ["", "scam", "hate:gone", "back", "hate:me:more"])
async def test_a_button_that_leads_nowhere_is_stale(rest: str) -> None:
    with pytest.raises(StaleButton):
        await FLOW.press(CITIZEN, rest, None)


async def test_the_place_in_a_guide_that_changed_is_stale() -> None:
    with pytest.raises(StaleButton):
        await FLOW.press(CITIZEN, "back", {"harm": "hate", "node": "gone", "at": 0})


def test_only_buttons_to_guides_that_exist_are_offered() -> None:
    assert [FLOW.offers(payload) for payload in ("guide:hate", "guide:scam", "guide:back", "help:lines")] == [True, False, True, True]
