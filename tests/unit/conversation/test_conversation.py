"""The conversation, with a model, a store and a flow that tests hold in their hands."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from bot.city import City
from bot.conversation.conversation import Conversation
from bot.conversation.dialogue import Clarify, DialogueAway, Meaning, PressFor, Said, Understanding
from bot.conversation.flows import HelpFlow, LanguageFlow, MenuFlow, PrivacyFlow, SafetyFlow, SayFlow
from bot.conversation.helplines import Helplines
from bot.conversation.language import LanguageGuesser
from bot.conversation.people import Memory, Person
from bot.conversation.pseudonyms import Pseudonyms
from bot.conversation.rendering import Renderer, load_screens
from bot.conversation.safety import SafetyNet
from bot.conversation.texts import Catalogue
from bot.errors import StaleButton
from bot.messages import (
    Address,
    Channel,
    Choice,
    Citizen,
    Command,
    Content,
    Incoming,
    Language,
    Media,
    MediaKind,
    Membership,
    Press,
    Pseudonym,
    Step,
    Text,
    Turn,
    Utterance,
)

ROOT = Path(__file__).parents[3]
EN = Language("en")
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
CRISIS = "You do not have to carry this alone"
SOFT = "Are you safe right now?"


class FakeDialogue:
    """A model that answers what it is told to, and writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.answer: Understanding | Exception = understood("scam", Said("utter_scam"))

    async def ask(self, sender: str, text: str) -> Understanding:
        self.heard.append((sender, text))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class FakePeople:
    """A store in a dictionary, which can be made to fail."""

    def __init__(self) -> None:
        self.persons: dict[str, Person] = {}
        self.broken = False

    async def load(self, pseudonym: Pseudonym, now: datetime) -> Person:
        if self.broken:
            raise OperationalError("locked", {}, Exception())
        return self.persons.get(pseudonym, Person(pseudonym))

    async def forget(self, pseudonym: Pseudonym) -> None:
        self.persons.pop(pseudonym, None)

    def lose_states(self) -> None:
        """What the purge does when their time is over."""
        for person in self.persons.values():
            person.states.clear()

    async def save(self, person: Person, turn: Turn, now: datetime) -> None:
        person.replay = None if any(reply.sensitive for reply in turn.replies) else turn
        self.persons[person.pseudonym] = person


@dataclass
class FakeFlow:
    """A flow that keeps every word it is told."""

    name: str = "tip"
    words: list[str] = field(default_factory=list)
    media_kinds: list[MediaKind] = field(default_factory=list)
    failure: Exception | None = None
    pressed: list[str] = field(default_factory=list)

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        self.pressed.append(rest)
        if self.failure:
            raise self.failure
        if rest == "start":
            return Step((Utterance("utter_skip", choices=((Choice("tip:next", "button.menu.open"),),)),), {"told": 0})
        if rest == "cancel":
            return Step((Utterance("utter_cancel"),))
        if rest == "pause":
            return Step((Utterance("utter_skip"),), {"told": 0}, resting=True)
        if rest == "receipt":
            return Step((Utterance("utter_thanks", sensitive=True),), {"told": 1})
        raise StaleButton

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        self.words.append(text)
        return Step((Utterance("utter_skip"),), {"told": state["told"] + 1}, erase=True)

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        self.media_kinds.append(media.kind)
        return Step((Utterance("utter_skip"),), state)


class FakeAudience:
    def __init__(self) -> None:
        self.languages: list[str] = []
        self.reachable: list[bool] = []

    async def language_changed(self, pseudonym: Pseudonym, language: Language) -> None:
        self.languages.append(language)

    async def reachability_changed(self, pseudonym: Pseudonym, reachable: bool) -> None:
        self.reachable.append(reachable)


def understood(intent: str, *said: Said | PressFor | Clarify, also: tuple[Meaning, ...] = ()) -> Understanding:
    return Understanding(intent, 0.9, (Meaning(intent, 0.9), *also), said)


@dataclass(frozen=True, slots=True)
class Unsure(Understanding):
    """No meaning found, with the vector of the words."""

    intent: str = "out_of_scope"
    confidence: float = 0.9
    ranking: tuple[Meaning, ...] = ()
    said: tuple[Said | PressFor | Clarify, ...] = (Said("utter_out_of_scope"),)
    vector: bytes | None = b"what it means"


class FakeAnswers:
    """Knows one step, and writes down what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bytes, str]] = []
        self.step: Step | None = None
        self.wondered: list[str] = []
        self.near: tuple[Choice, ...] = ()

    def find(self, language: Language, vector: bytes, text: str) -> Step | None:
        self.asked.append((language, vector, text))
        return self.step

    async def titles(self, language: Language, text: str) -> tuple[Choice, ...]:
        self.wondered.append(text)
        return self.near


class World:
    """One conversation and everything around it."""

    def __init__(self, *languages: Language) -> None:
        languages = languages or (EN,)
        city = City.load(ROOT / "city")
        catalogue = Catalogue.load(ROOT / "locales", languages)
        helplines = Helplines(city, catalogue)
        self.now = NOW
        self.dialogue, self.people, self.audience = FakeDialogue(), FakePeople(), FakeAudience()
        self.answers = FakeAnswers()
        self.tip, self.receipt = FakeFlow(), FakeFlow("receipt")
        self.guide, self.staff = FakeFlow("guide"), FakeFlow("staff")
        self.forgotten: list[str] = []
        self.conversation = Conversation(
            people=self.people,  # type: ignore[arg-type]
            pseudonyms=Pseudonyms(b"k" * 32),
            net=SafetyNet.load(ROOT / "locales" / "safety", languages),
            guesser=LanguageGuesser(languages),
            catalogue=catalogue,
            renderer=Renderer(catalogue, city, helplines, load_screens()),
            dialogue=self.dialogue,
            flows=[
                MenuFlow(),
                SayFlow(catalogue),
                HelpFlow(helplines),
                SafetyFlow(),
                LanguageFlow(catalogue, languages),
                PrivacyFlow([self._forget]),
                self.tip,
                self.receipt,
                self.guide,
                self.staff,
            ],
            audience=self.audience,
            languages=languages,
            is_receipt=lambda typed: "K7QF-2M9D" in typed,
            clock=lambda: self.now,
            answers=self.answers,
        )
        self._number = 0

    async def _forget(self, citizen: Citizen) -> None:
        self.forgotten.append(citizen.pseudonym)

    def incoming(self, content: Content, **more: Any) -> Incoming:
        self._number += 1
        return Incoming(f"m{self._number}", Address(Channel.TELEGRAM, "42"), content, self.now, "en", **more)

    async def says(self, text: str) -> str:
        return words(await self.turn(text))

    async def turn(self, text: str) -> Turn:
        return await self.conversation.handle(self.incoming(Text(text)))

    async def presses(self, payload: str) -> str:
        return words(await self.conversation.handle(self.incoming(Press(payload))))


def words(turn: Turn) -> str:
    return "\n".join(reply.text for reply in turn.replies)


@pytest.fixture
def world() -> World:
    return World()


async def test_free_text_is_answered_with_what_the_model_names(world: World) -> None:
    assert "Scams fool careful people" in await world.says("someone took my money")


async def test_danger_is_answered_in_the_same_turn_without_the_model(world: World) -> None:
    world.dialogue.answer = DialogueAway()
    assert CRISIS in await world.says("i want to die")
    assert world.dialogue.heard == []


async def test_danger_in_the_middle_of_a_flow_is_answered_and_the_words_are_kept(world: World) -> None:
    await world.presses("tip:start")
    said = await world.says("he has a knife")
    assert "Call 112 now" in said
    assert world.tip.words == ["he has a knife"]


async def test_danger_in_a_caption_is_seen(world: World) -> None:
    turn = await world.conversation.handle(world.incoming(Media(MediaKind.PHOTO, caption="i want to die")))
    assert CRISIS in words(turn)


async def test_words_of_a_flow_never_reach_the_model(world: World) -> None:
    await world.presses("tip:start")
    await world.says("my neighbour sells stolen phones")
    assert world.tip.words == ["my neighbour sells stolen phones"]
    assert world.dialogue.heard == []


async def test_the_model_as_second_net_needs_little_confidence(world: World) -> None:
    world.dialogue.answer = understood("out_of_scope", Said("utter_out_of_scope"), also=(Meaning("suicide_risk", 0.31),))
    assert CRISIS in await world.says("what is the use of it all")


async def test_words_with_a_harmless_reason_are_asked_about_beside_the_answer(world: World) -> None:
    world.dialogue.answer = understood("scam", Said("utter_scam"), also=(Meaning("suicide_risk", 0.5),))
    said = await world.says("in my film nobody gets out of it")
    assert SOFT in said and CRISIS not in said and len(said) > len(SOFT)


async def test_a_joke_that_the_model_takes_for_despair_gets_only_the_question(world: World) -> None:
    world.dialogue.answer = Understanding("suicide_risk", 0.6, (Meaning("suicide_risk", 0.6),), (PressFor("safety:crisis"),))
    said = await world.says("no way out of this one haha")
    assert SOFT in said and CRISIS not in said


async def test_a_sure_model_is_believed_whatever_explains_the_words(world: World) -> None:
    world.dialogue.answer = Understanding("suicide_risk", 0.95, (Meaning("suicide_risk", 0.95),), (PressFor("safety:crisis"),))
    assert CRISIS in await world.says("no way out of this one haha")


async def test_after_the_model_found_danger_the_offer_comes_back(world: World) -> None:
    world.dialogue.answer = understood("out_of_scope", Said("utter_out_of_scope"), also=(Meaning("suicide_risk", 0.4),))
    await world.says("what is the use of it all")
    world.dialogue.answer = understood("thanks", Said("utter_thanks"))
    assert "I have not forgotten" in await world.says("ok thank you")


@pytest.mark.parametrize("intent", ["out_of_scope", "nlu_fallback"])
async def test_where_the_model_finds_no_meaning_the_articles_may_answer(world: World, intent: str) -> None:
    world.dialogue.answer = Unsure(intent, said=(Clarify(("scam", "dark_web")),))
    world.answers.step = Step((Utterance("utter_skip"),), {"article": "deposits"}, resting=True)
    said = await world.says("how do i get my deposit back")
    assert "we leave that" in said
    assert world.answers.asked == [("en", b"what it means", "how do i get my deposit back")]
    [person] = world.people.persons.values()
    assert person.states == {"know": {"article": "deposits"}}


async def test_without_an_article_the_model_has_the_word(world: World) -> None:
    world.dialogue.answer = Unsure()
    assert "I do not know about that" in await world.says("who won the match")
    assert len(world.answers.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Unsure("scam", said=(Said("utter_scam"),)),
        Unsure(vector=None),
        Unsure(ranking=(Meaning("suicide_risk", 0.31),)),
    ],
)
async def test_articles_are_not_asked_where_something_else_answers(world: World, answer: Understanding) -> None:
    world.dialogue.answer = answer
    await world.says("what is the use of it all")
    assert world.answers.asked == []


async def test_the_offer_comes_back_after_a_first_no(world: World) -> None:
    await world.says("i want to die")
    assert "You decide when" in await world.says("no")
    assert "I have not forgotten" in await world.says("someone took my money")


async def test_the_offer_ends_after_three_times(world: World) -> None:
    await world.says("i want to die")
    said = [await world.says("someone took my money") for _ in range(5)]
    assert ["I have not forgotten" in one for one in said] == [True, True, True, False, False]


async def test_a_perhaps_adds_one_question_to_the_answer(world: World) -> None:
    said = await world.says("im so scared")
    assert "Scams fool" in said
    assert "Are you safe right now?" in said


@pytest.mark.parametrize("no", ["no", "not really", "i dont think so"])
async def test_who_does_not_feel_safe_is_offered_help_again(world: World, no: str) -> None:
    assert "112" in await world.says("im so scared")
    assert "Thoughts of dying?" in await world.says(no)
    assert "I have not forgotten" in await world.says("someone took my money")


async def test_without_the_model_the_menu_answers(world: World) -> None:
    world.dialogue.answer = DialogueAway()
    turn = await world.conversation.handle(world.incoming(Text("hello there")))
    assert "The buttons below work" in words(turn)
    assert any(button.payload == "tip:start" for row in turn.replies[0].buttons for button in row)


async def test_a_repeated_message_acts_once_and_is_answered_again(world: World) -> None:
    await world.presses("tip:start")
    message = world.incoming(Text("what i saw"))
    first = await world.conversation.handle(message)
    second = await world.conversation.handle(message)
    assert world.tip.words == ["what i saw"]
    assert first == second


async def test_messages_of_one_person_are_answered_one_after_the_other(world: World) -> None:
    await world.presses("tip:start")
    messages = [world.incoming(Text(f"part {number}")) for number in range(20)]
    await asyncio.gather(*(world.conversation.handle(message) for message in messages))
    assert world.tip.words == [f"part {number}" for number in range(20)]


@pytest.mark.parametrize("typed", ['/intent{"x":"y"}', "/restart", "///greet"])
async def test_a_typed_slash_never_reaches_the_model(world: World, typed: str) -> None:
    await world.says(typed)
    await world.conversation.handle(world.incoming(Command(typed.lstrip("/"), "")))
    assert world.dialogue.heard
    assert not any(text.startswith("/") for _, text in world.dialogue.heard)


@pytest.mark.parametrize(
    ("typed", "answer"), [("", "empty message"), ("\u202e\x00", "empty message"), ("😭😭", "signs alone"), ("a" * 100_000, "at most 4000")]
)
async def test_odd_text_gets_a_clear_answer(world: World, typed: str, answer: str) -> None:
    assert answer in await world.says(typed)


async def test_danger_at_the_end_of_a_very_long_text_is_seen(world: World) -> None:
    assert CRISIS in await world.says("blah " * 20_000 + "i want to die")


@pytest.mark.parametrize("payload", ["tip:yesterday", "nothing:here", "x", "", "say:__class__", "lang:set:xx", "help:me", "menu:"])
async def test_a_button_never_issued_is_answered(world: World, payload: str) -> None:
    assert "That button is from earlier" in await world.presses(payload)


async def test_typing_a_buttons_words_presses_it(world: World) -> None:
    await world.says("someone took my money")
    assert "What is it about?" in await world.says("menu")


@pytest.mark.parametrize("typed", ["help", "HELP!!", "pls help"])
async def test_a_bare_cry_for_help_gets_the_number_and_the_ways_to_go_on(world: World, typed: str) -> None:
    turn = await world.conversation.handle(world.incoming(Text(typed)))
    assert "Call 112" in words(turn)
    assert any(button.payload == "safety:crisis" for row in turn.replies[0].buttons for button in row)
    assert world.dialogue.heard == []


async def test_yes_means_the_button_that_says_so(world: World) -> None:
    world.dialogue.answer = understood("sextortion", Said("utter_sextortion"))
    await world.says("he wants money or he posts my pics")
    assert "Go where other people are" in await world.says("No")


async def test_stop_alone_stops_the_messages(world: World) -> None:
    assert "That button is from earlier" in await world.says("STOP!")  # topics are not part of this world


@pytest.mark.parametrize("typed", ["cancel", "Stop", "STOP!"])
async def test_a_bare_stop_ends_a_flow_and_is_not_taken_for_a_story(world: World, typed: str) -> None:
    await world.presses("tip:start")
    await world.says(typed)
    await world.says("someone took my money")
    assert world.tip.words == []
    assert len(world.dialogue.heard) == 1


async def test_a_resting_flow_lets_the_person_ask_something_else(world: World) -> None:
    await world.presses("tip:start")
    await world.presses("tip:pause")
    assert "Scams fool" in await world.says("someone took my money")
    assert world.tip.words == []
    assert "tip" in next(iter(world.people.persons.values())).states


async def test_another_flow_does_not_throw_a_draft_away(world: World) -> None:
    await world.presses("tip:start")
    await world.says("first words")
    await world.presses("receipt:start")
    await world.says("locator and words")
    person = next(iter(world.people.persons.values()))
    assert person.states["tip"] == {"told": 1}
    assert world.receipt.words == ["locator and words"]


async def test_what_is_shown_once_is_not_kept_but_asked_for_again(world: World) -> None:
    await world.presses("tip:start")
    message = world.incoming(Press("tip:receipt"))
    first = await world.conversation.handle(message)
    second = await world.conversation.handle(message)
    assert next(iter(world.people.persons.values())).replay is None
    assert first == second


async def test_near_meanings_become_one_question(world: World) -> None:
    world.dialogue.answer = understood("nlu_fallback", Clarify(("scam", "give_tip")))
    turn = await world.conversation.handle(world.incoming(Text("something with money")))
    assert [row[0].payload for row in turn.replies[0].buttons] == ["say:scam", "tip:start", "menu:open"]


async def test_the_model_can_press_a_button_for_the_person(world: World) -> None:
    world.dialogue.answer = understood("give_tip", PressFor("tip:start"))
    await world.says("i want to tell you something")
    await world.says("the words")
    assert world.tip.words == ["the words"]


@pytest.mark.parametrize("kind", [MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.DOCUMENT])
async def test_files_are_neither_fetched_nor_left_in_the_chat(world: World, kind: MediaKind) -> None:
    async def fetch() -> bytes:
        raise AssertionError("was downloaded")

    turn = await world.conversation.handle(world.incoming(Media(kind, fetch=fetch)))
    assert turn.erase
    assert turn.replies


@pytest.mark.parametrize("kind", list(MediaKind))
async def test_every_kind_of_message_gets_an_answer(world: World, kind: MediaKind) -> None:
    assert words(await world.conversation.handle(world.incoming(Media(kind))))


async def test_media_in_a_flow_go_to_the_flow(world: World) -> None:
    await world.presses("tip:start")
    await world.conversation.handle(world.incoming(Media(MediaKind.PHOTO)))
    assert world.tip.media_kinds == [MediaKind.PHOTO]


async def test_an_edited_message_gets_an_answer(world: World) -> None:
    turn = await world.conversation.handle(world.incoming(Text("other words", edited=True)))
    assert "changed a message" in words(turn)


async def test_a_group_is_pointed_to_the_private_chat(world: World) -> None:
    turn = await world.conversation.handle(world.incoming(Text("hi bot"), group=True))
    assert "only talk in private" in words(turn)
    assert world.people.persons == {}


async def test_blocking_is_told_to_the_audience_without_an_answer(world: World) -> None:
    assert await world.conversation.handle(world.incoming(Membership(reachable=False))) == Turn((), False, EN)
    assert world.audience.reachable == [False]


async def test_a_failing_flow_is_answered_and_its_words_stay_out_of_the_log(world: World) -> None:
    world.tip.failure = RuntimeError("secret words")
    with structlog.testing.capture_logs() as logs:
        assert "Something went wrong on my side" in await world.presses("tip:start")
    assert "secret words" not in str(logs)


async def test_a_failing_store_still_answers_danger(world: World) -> None:
    world.people.broken = True
    assert CRISIS in await world.says("i want to die")
    assert "Something went wrong" in await world.says("hello")


async def test_a_draft_of_yesterday_is_gone(world: World) -> None:
    await world.presses("tip:start")
    world.people.lose_states()
    assert "Too much time has passed" in await world.says("and then he took the bag")
    assert (world.tip.words, world.dialogue.heard) == ([], [])
    assert "Scams fool" in await world.says("someone took my money")


async def test_sessions_in_the_model_are_random_and_cut(world: World) -> None:
    for _ in range(10):
        await world.says("someone took my money")
    senders = [sender for sender, _ in world.dialogue.heard]
    assert len(set(senders)) == 3
    pseudonym = Pseudonyms(b"k" * 32).of(Address(Channel.TELEGRAM, "42"))
    assert not any(pseudonym in sender for sender in senders)


async def test_forgetting_leaves_nothing(world: World) -> None:
    await world.says("someone took my money")
    assert "Deleted" in await world.presses("privacy:forget_yes")
    assert len(world.forgotten) == 1
    assert world.people.persons == {}


async def test_a_receipt_typed_without_warning_never_reaches_the_model(world: World) -> None:
    await world.says("K7QF-2M9D harbour lamp seven rope cold wind")
    assert world.receipt.words == ["K7QF-2M9D harbour lamp seven rope cold wind"]
    assert world.dialogue.heard == []


@pytest.mark.parametrize("name", ["start", "link"])
async def test_the_code_of_a_member_of_staff_never_reaches_the_model(world: World, name: str) -> None:
    await world.conversation.handle(world.incoming(Command(name, "ABCD-2345")))
    assert (world.staff.pressed, world.dialogue.heard) == (["link:ABCD-2345"], [])
    await world.conversation.handle(world.incoming(Command(name, "someone took my money")))
    assert len(world.staff.pressed) == len(world.dialogue.heard) == 1


async def test_the_model_can_change_neither_the_number_nor_delete_anything(world: World) -> None:
    world.dialogue.answer = understood("emergency", Said("utter_emergency", {"emergency": "0900 666"}), PressFor("privacy:forget_yes"))
    said = await world.says("hello there")
    assert "Call 112 now" in said
    assert "0900" not in said
    assert world.forgotten == []


async def test_danger_in_the_name_of_a_command_is_seen(world: World) -> None:
    turn = await world.conversation.handle(world.incoming(Command("kms", "now")))
    assert CRISIS in words(turn)


async def test_an_image_sent_as_a_file_gets_the_answer_for_images(world: World) -> None:
    turn = await world.conversation.handle(world.incoming(Media(MediaKind.DOCUMENT, media_type="image/jpeg")))
    assert "StopNCII" in words(turn)


async def test_a_start_greets_and_says_it_is_a_bot(world: World) -> None:
    turn = await world.conversation.handle(world.incoming(Command("start")))
    assert "I am a program, not a person" in words(turn)


def test_memory_is_plain_json() -> None:
    assert Memory(flow="tip", recent=["a"]).flow == "tip"


async def test_helplines_show_when_they_were_checked(world: World) -> None:
    assert "Checked on" in await world.presses("help:lines:any")


async def test_stale_helplines_are_not_shown(world: World) -> None:
    world.now += timedelta(days=400)
    said = await world.presses("help:lines:any")
    assert "no checked number" in said
    assert "112" in said


async def test_the_way_back_to_a_guide_is_offered_only_while_there_is_one(world: World) -> None:
    async def menu() -> list[str]:
        turn = await world.conversation.handle(world.incoming(Press("menu:open")))
        return [button.payload for row in turn.replies[0].buttons for button in row]

    assert "guide:back" not in await menu()
    await world.presses("guide:pause")
    assert (await menu())[0] == "guide:back"
    await world.conversation.handle(world.incoming(Command("cancel")))
    assert "guide:back" not in await menu()


async def test_the_greeting_before_the_first_word_offers_no_way_back(world: World) -> None:
    payloads = [button.payload for row in world.conversation.greeting(EN)[0].buttons for button in row]
    assert "menu:online" in payloads and "guide:back" not in payloads


async def test_typed_words_are_free_while_a_guide_rests(world: World) -> None:
    await world.presses("guide:pause")
    assert "Scams fool careful people" in await world.says("someone took my money")
    assert world.guide.words == []
