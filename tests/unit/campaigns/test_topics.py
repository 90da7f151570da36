"""The flow ``topics``: what it offers and says."""

from __future__ import annotations

import pytest

from bot.campaigns.subscriptions import Subscriptions
from bot.campaigns.topics import TopicsFlow
from bot.campaigns.wish_screens import WishScreens
from bot.errors import StaleButton
from bot.messages import Channel, Choice, Citizen, Pseudonym, Step, Utterance
from tests.unit.campaigns.kit import FR, SmallCity, WishesInMemory, citizen

SOMEBODY = citizen(1)


class SubscriptionsInMemory(Subscriptions):
    """The same promises, in a set."""

    def __init__(self) -> None:
        self.chosen: set[tuple[str, str]] = set()

    async def add(self, citizen: Citizen, topic: str) -> None:
        self.chosen.add((citizen.pseudonym, topic))

    async def drop(self, citizen: Citizen, topic: str) -> None:
        self.chosen.discard((citizen.pseudonym, topic))

    async def drop_all(self, citizen: Citizen) -> None:
        self.chosen = {wish for wish in self.chosen if wish[0] != citizen.pseudonym}

    async def topics_of(self, pseudonym: Pseudonym) -> tuple[str, ...]:
        return tuple(topic for topic in SmallCity().topics if (pseudonym, topic) in self.chosen)


@pytest.fixture
def flow() -> TopicsFlow:
    return TopicsFlow(SubscriptionsInMemory(), WishScreens(WishesInMemory(), SmallCity()), SmallCity())


def said(step: Step) -> Utterance:
    (utterance,) = step.say
    assert step.state is None
    return utterance


def buttons(step: Step) -> dict[str, str]:
    return {choice.payload: choice.label for row in said(step).choices for choice in row}


async def test_the_list_shows_every_topic_and_what_is_stored(flow: TopicsFlow) -> None:
    step = await flow.press(SOMEBODY, "open", None)
    assert said(step).params["stored"] == Utterance("topics.stored")
    assert buttons(step) == {"topics:add:bikes": "Bike theft", "topics:add:scams": "Scams", "menu:open": "topics.button.menu"}


async def test_the_web_chat_says_how_long_messages_reach_it(flow: TopicsFlow) -> None:
    step = await flow.press(citizen(1, channel=Channel.WEBCHAT), "open", None)
    assert said(step).params["stored"] == Utterance("topics.stored_webchat")


async def test_one_press_chooses_and_ticks_a_topic_in_the_persons_language(flow: TopicsFlow) -> None:
    step = await flow.press(citizen(1, FR), "add:bikes", None)
    assert (said(step).key, said(step).params["topic"]) == ("topics.added", "Vol de vélos")
    assert buttons(step)["topics:drop:bikes"] == "✓ Vol de vélos"
    assert "topics:drop:all" in buttons(step)
    assert "topics:settings" in buttons(step)


async def test_the_next_press_drops_it_and_keeps_the_others(flow: TopicsFlow) -> None:
    await flow.press(SOMEBODY, "add:bikes", None)
    await flow.press(SOMEBODY, "add:scams", None)
    step = await flow.press(SOMEBODY, "drop:bikes", None)
    assert said(step).key == "topics.dropped"
    assert buttons(step)["topics:drop:scams"] == "✓ Scams"
    assert buttons(step)["topics:add:bikes"] == "Bike theft"


@pytest.mark.parametrize("last", ["drop:bikes", "drop:all"])
async def test_after_the_last_one_it_says_so_and_offers_to_return(flow: TopicsFlow, last: str) -> None:
    await flow.press(SOMEBODY, "add:bikes", None)
    step = await flow.press(SOMEBODY, last, None)
    assert said(step) == Utterance("topics.dropped_all", choices=said(step).choices)
    assert list(buttons(step)) == ["topics:open", "menu:open"]


async def test_stopping_twice_is_answered_in_the_same_words(flow: TopicsFlow) -> None:
    first = await flow.press(SOMEBODY, "drop:all", None)
    assert await flow.press(SOMEBODY, "drop:all", None) == first


@pytest.mark.parametrize("rest", ["", "add", "add:", "add:gardening", "drop:gardening", "add:bikes:x", "open:x", "delete:bikes"])
async def test_a_button_that_was_never_ours_is_stale(flow: TopicsFlow, rest: str) -> None:
    with pytest.raises(StaleButton):
        await flow.press(SOMEBODY, rest, None)


async def test_every_text_it_names_exists(flow: TopicsFlow, catalogue_keys: frozenset[str]) -> None:
    await flow.press(SOMEBODY, "add:scams", None)
    for rest in ("open", "add:bikes", "drop:bikes", "drop:all"):
        step = await flow.press(SOMEBODY, rest, None)
        labels = {choice.label for row in said(step).choices for choice in row if not choice.literal}
        assert {said(step).key, *labels} <= catalogue_keys
    assert {"topics.stored", "topics.stored_webchat"} <= catalogue_keys


def test_payloads_of_the_longest_topic_fit_telegram() -> None:
    Choice(f"topics:drop:{'x' * 40}")
