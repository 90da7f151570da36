"""The flow ``know`` and the answers in a conversation: topics, articles, questions in own words."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.crypto import SymmetricKey
from bot.errors import StaleButton
from bot.knowledge.alarm import Alarm
from bot.knowledge.answers import Answers
from bot.knowledge.embedding import PassageVectors
from bot.knowledge.flow import KnowFlow
from bot.knowledge.keeper import Keeper
from bot.knowledge.library import Library
from bot.knowledge.questions import A_PERSON_A_DAY, Questions
from bot.knowledge.saying import Speech
from bot.messages import Language, Media, MediaKind, Step, Utterance
from bot.storage import Database
from tests.unit.knowledge.kit import EN, FR, NOON, Hands, QuietEar, SmallCity, WordEncoder, citizen

NOBODY_KNOWS = "capital australia kangaroo outback"


class VectorsInMemory(PassageVectors):
    """The same promises, in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    async def load(self, encoder: str) -> dict[str, bytes]:
        return {name: vector for (one, name), vector in self.kept.items() if one == encoder}

    async def save(self, encoder: str, vectors: Any) -> None:
        self.kept |= {(encoder, name): vector for name, vector in vectors.items()}

    async def forget(self, encoder: str, unused: Any) -> None:
        self.kept = {key: vector for key, vector in self.kept.items() if key[0] == encoder and key[1] not in unused}


class FolderOnly(Library):
    """A library that no officer has touched."""

    async def refresh(self) -> bool:
        changed, self._revision = self._revision is None, 0
        return changed


class World:
    """The flow with an index of the small city's articles."""

    def __init__(self, city: SmallCity | None = None) -> None:
        self.city, self.encoder = city or SmallCity(), WordEncoder()
        database, clock = Database("sqlite+aiosqlite:///:memory:"), Hands()
        library = FolderOnly(database, self.city)
        self.keeper = Keeper(library, self.encoder, VectorsInMemory(), _no_pause)
        self.questions = Questions(database, SymmetricKey.generate(), self.city, clock)
        speech = Speech(self.city, lambda language, now: f"lines/{language}")
        self.alarm, self.ear = Alarm.NONE, QuietEar()
        self.answers = Answers(library, self.keeper, self.questions, speech, lambda text: self.alarm, clock, self.encoder)
        self.flow = KnowFlow(library, self.answers, self.encoder, speech, lambda text: self.alarm, self.ear)

    async def press(self, rest: str, state: dict[str, Any] | None = None) -> Step:
        return await self.flow.press(citizen(), rest, state)

    async def ask(self, text: str) -> Step:
        return await self.flow.text(citizen(), text, {"asking": True})

    @property
    def taken_down(self) -> list[str]:
        return [question.text for question in self.questions._waiting]


async def _no_pause(seconds: float) -> None:
    await asyncio.sleep(0)


@pytest.fixture
async def world() -> World:
    world = World()
    await world.keeper.look()
    return world


def said(step: Step) -> Utterance:
    (utterance,) = step.say
    return utterance


def buttons(step: Step) -> list[str]:
    return [choice.payload for row in said(step).choices for choice in row]


async def test_topics_lead_to_articles(world: World) -> None:
    assert buttons(await world.press("open")) == ["know:ask", "know:topic:bikes", "know:topic:street", "menu:open"]
    step = await world.press("topic:bikes")
    assert buttons(step)[:2] == ["know:article:two-locks", "know:article:used-bike"]
    assert said(step).params == {"topic": "Bikes"}


async def test_an_article_names_its_source_and_date_and_fills_in_the_city(world: World) -> None:
    utterance = said(await world.press("article:loose-dog"))
    assert utterance.key == "know.article"
    assert utterance.params["text"] == "Stand still, dog passes.\nIn danger call 112."
    assert utterance.params["sources"] == "[Childnet](https://www.childnet.com/)"
    assert str(utterance.params["day"]) == "2026-11-01"


@pytest.mark.parametrize("rest", ["topic:boats", "article:nothing", "article:two-locks:x", "", "ask:now"])
async def test_what_is_not_offered_is_stale(world: World, rest: str) -> None:
    with pytest.raises(StaleButton):
        await world.press(rest)


async def test_a_question_in_own_words_gets_the_article(world: World) -> None:
    asked = await world.press("ask")
    assert said(asked).key == "know.ask" and asked.state and not asked.resting
    step = await world.ask("lock bike frame two")
    assert said(step).params["title"] == "Locking a bike" and step.state is None
    assert world.taken_down == []


async def test_a_question_between_two_offers_both(world: World) -> None:
    world.keeper.index.sure_from = 2.0  # type: ignore[union-attr]
    step = await world.ask("lock bike frame two")
    assert said(step).key == "know.unsure" and step.resting
    assert buttons(step)[0] == "know:article:two-locks" and buttons(step)[-1] == "know:none"
    assert len(buttons(step)) <= 4


async def test_the_nearest_titles_are_buttons_and_without_an_encoder_there_are_none(world: World) -> None:
    titles = [choice.payload for choice in await world.answers.titles(Language("en"), "lock bike frame two")]
    assert titles[0] == "know:article:two-locks" and len(titles) <= 2
    assert await world.answers.titles(Language("en"), "zebra crossing music") == []
    world.encoder.away = True
    assert not await world.answers.titles(Language("en"), "lock bike frame two")


async def test_none_of_these_takes_the_question_down(world: World) -> None:
    world.keeper.index.sure_from = 2.0  # type: ignore[union-attr]
    state = (await world.ask("lock bike frame two")).state
    step = await world.press("none", state)
    assert said(step).key == "know.unknown" and step.state is None
    assert world.taken_down == ["lock bike frame two"]
    assert said(await world.press("none")).key == "know.unknown"
    assert len(world.taken_down) == 1


async def test_what_nobody_knows_is_said_and_taken_down(world: World) -> None:
    step = await world.ask(NOBODY_KNOWS)
    assert said(step).key == "know.unknown" and step.state is None
    assert "help:lines" in buttons(step) and any(payload.startswith("know:topic:") for payload in buttons(step))
    assert world.taken_down == [NOBODY_KNOWS]


@pytest.mark.parametrize("alarm", [Alarm.SOFT, Alarm.ACUTE])
async def test_a_cry_for_help_is_not_taken_down(world: World, alarm: Alarm) -> None:
    world.alarm = alarm
    step = await world.ask(NOBODY_KNOWS)
    assert step.state is None and [utterance.key for utterance in step.say] == (["know.unknown"] if alarm is Alarm.SOFT else [])
    assert world.answers.find(EN, world.encoder.vector(NOBODY_KNOWS), NOBODY_KNOWS) is None
    assert world.taken_down == []


async def test_in_danger_an_article_that_fits_still_follows(world: World) -> None:
    world.alarm = Alarm.ACUTE
    assert said(await world.ask("dog runs towards me barks loudly")).key == "know.article"


async def test_what_only_the_model_hears_gets_the_crisis_text_and_is_not_taken_down(world: World) -> None:
    world.ear.alarm = Alarm.ACUTE
    step = await world.ask(NOBODY_KNOWS)
    assert said(step).key == "utter_suicide_risk" and step.state is None
    assert world.taken_down == []


async def test_what_the_model_is_unsure_of_is_asked_beside_the_answer(world: World) -> None:
    world.ear.alarm = Alarm.SOFT
    step = await world.ask("lock bike frame two")
    assert [utterance.key for utterance in step.say] == ["know.article", "safety.soft"]


async def test_where_the_rules_heard_danger_the_model_is_not_asked_as_well(world: World) -> None:
    world.alarm, world.ear.alarm = Alarm.ACUTE, Alarm.ACUTE
    step = await world.ask("dog runs towards me barks loudly")
    assert said(step).key == "know.article" and world.ear.asked == []


async def test_one_person_adds_only_so_many_questions_a_day(world: World) -> None:
    for number in range(A_PERSON_A_DAY + 3):
        await world.ask(f"{NOBODY_KNOWS} {number}")
    assert len(world.taken_down) == A_PERSON_A_DAY


async def test_without_the_dialogue_model_topics_still_work(world: World) -> None:
    world.encoder.away = True
    step = await world.ask("lock bike frame two")
    assert said(step).key == "know.away" and "know:topic:bikes" in buttons(step) and step.state is None
    assert said(await world.press("article:two-locks")).key == "know.article"


async def test_a_picture_is_not_opened_and_the_question_still_awaited(world: World) -> None:
    step = await world.flow.media(citizen(), Media(MediaKind.PHOTO), {"asking": True})
    assert said(step).key == "know.words_only" and step.erase and step.state == {"asking": True}


async def test_cancelling_ends_it(world: World) -> None:
    assert said(await world.press("cancel")).key == "utter_cancel"


async def test_a_city_without_articles_says_so() -> None:
    world = World(SmallCity(articles=()))
    await world.keeper.look()
    assert said(await world.press("open")).key == "know.empty"
    assert said(await world.ask("anything at all")).key == "know.unknown"


async def test_a_conversation_is_answered_only_when_something_is_near(world: World) -> None:
    found = world.answers.find(FR, world.encoder.vector("chien court aboie fort"), "chien court aboie fort")
    assert found is not None and said(found).params["title"] == "Un chien sans laisse"
    assert world.answers.find(EN, world.encoder.vector(NOBODY_KNOWS), NOBODY_KNOWS) is None
    assert world.taken_down == [NOBODY_KNOWS]


async def test_a_vector_of_another_encoder_finds_nothing(world: World) -> None:
    assert world.answers.find(EN, b"\x00" * 12, "lock bike frame two") is None


def test_crisis_lines_stand_where_an_article_names_them() -> None:
    speech = Speech(SmallCity(), lambda language, now: f"lines/{language}")
    assert speech.filled_in("{crisis_lines} in {city}", FR, NOON) == r"lines/fr in Port \[Clair\]"
