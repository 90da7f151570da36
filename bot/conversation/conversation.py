"""The conversation: one message in, replies out, the same for every channel.

The order is the promise: the safety net sees every message before anything else may answer it, and what a flow is
being told never reaches the dialogue model.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.cleaning import MAX_CHARACTERS, as_free_text, clean, fold, has_words
from bot.conversation.dialogue import Clarify, DialogueAway, PressFor, Said, Understanding
from bot.conversation.flows import press_for
from bot.conversation.language import LanguageGuesser
from bot.conversation.people import Memory, People, Person
from bot.conversation.pseudonyms import Pseudonyms
from bot.conversation.rendering import Renderer
from bot.conversation.safety import Danger, Finding, SafetyNet
from bot.conversation.texts import Catalogue
from bot.errors import FaroError, StaleButton
from bot.messages import (
    Choice,
    Citizen,
    Clock,
    Command,
    Content,
    Flow,
    Incoming,
    Language,
    Media,
    MediaKind,
    Membership,
    Press,
    Pseudonym,
    Reply,
    Step,
    Text,
    Turn,
    Utterance,
)

log = structlog.get_logger(__name__)

_SESSION_TURNS = 4
"""Turns after which Rasa gets a new session: its time per message grows with the events of a session."""
_SESSION_SECONDS = 15 * 60
_CRISIS_SECONDS = 60 * 60
_CRISIS_OFFERS = 3
SUICIDE_CONFIDENCE = 0.3
"""From this confidence (0 to 1) of the model on, its second net holds. Low on purpose: a needless offer costs little."""
_WITHOUT_MEANING = frozenset({"out_of_scope", "nlu_fallback"})
"""What the model says when the words are none of its meanings, or it is not sure which."""
_NET_READS = 20_000
_MODEL_MAY_PRESS = re.compile(
    r"(tip|receipt):start|topics:(open|(add|drop):\w+)|help:lines(:\w+)?|safety:(crisis|emergency)|handoff:open|say:\w+|menu:open"
)
"""Buttons that the model may press on a person's behalf: none that deletes or sends anything."""

COMMANDS = {
    "menu": "menu:open",
    "help": "help:lines",
    "tip": "tip:start",
    "mytip": "receipt:start",
    "topics": "topics:open",
    "stop": "topics:drop:all",
    "language": "lang:open",
    "privacy": "say:data_privacy",
    "emergency": "safety:emergency",
}
"""Slash commands and the button each one presses. ``start`` greets, ``cancel`` ends what is under way."""

_REFUSALS = {
    MediaKind.PHOTO: "media.image",
    MediaKind.VIDEO: "media.image",
    MediaKind.DOCUMENT: "media.file",
    MediaKind.VOICE: "media.voice",
    MediaKind.AUDIO: "media.voice",
    MediaKind.LOCATION: "media.location",
    MediaKind.CONTACT: "media.contact",
    MediaKind.STICKER: "media.sticker",
}
_ERASED = frozenset({MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.DOCUMENT, MediaKind.LOCATION, MediaKind.CONTACT, MediaKind.OTHER})


class Dialogue(Protocol):
    """What the conversation needs of the dialogue model."""

    async def ask(self, sender: str, text: str) -> Understanding:
        """Understand one message. Raises DialogueAway."""


class Answers(Protocol):
    """Whoever may know an answer where the dialogue model has none, found by what the words mean."""

    def find(self, language: Language, vector: bytes, text: str) -> Step | None:
        """The answer, in the name of the flow ``know``; None: nothing comes near. ``vector`` is :attr:`Understanding.vector`."""


class Audience(Protocol):
    """Whoever wants to know that a person changed language or cannot be reached any more."""

    async def language_changed(self, pseudonym: Pseudonym, language: Language) -> None:
        """The person reads this language now."""

    async def reachability_changed(self, pseudonym: Pseudonym, reachable: bool) -> None:
        """The person blocked the bot, or came back."""


@dataclass(slots=True)
class _Answer:
    """What is being put together during one message."""

    say: list[Utterance] = field(default_factory=list)
    erase: bool = False
    forget: bool = False

    def add(self, key: str, *rows: tuple[Choice, ...], **params: object) -> None:
        self.say.append(Utterance(key, params, rows))

    def keys(self) -> set[str]:
        return {utterance.key for utterance in self.say}


class Conversation:
    """Answers messages.

    Args:
        flows: every flow, in no order; their names must differ.
        audience: told about language and reachability.
        is_receipt: tells the receipt of a tip from other words; it goes to the flow ``receipt``, never to the model.
        answers: asked where the model finds none of its meanings, before the person is told so.
    """

    def __init__(
        self,
        *,
        people: People,
        pseudonyms: Pseudonyms,
        net: SafetyNet,
        guesser: LanguageGuesser,
        catalogue: Catalogue,
        renderer: Renderer,
        dialogue: Dialogue,
        flows: Sequence[Flow],
        audience: Audience,
        languages: Sequence[Language],
        is_receipt: Callable[[str], bool],
        clock: Clock,
        answers: Answers | None = None,
    ) -> None:
        self._people = people
        self._pseudonyms = pseudonyms
        self._net = net
        self._guesser = guesser
        self._catalogue = catalogue
        self._renderer = renderer
        self._dialogue = dialogue
        self._flows: Mapping[str, Flow] = {flow.name: flow for flow in flows}
        self._audience = audience
        self._languages = tuple(languages)
        self._is_receipt = is_receipt
        self._clock = clock
        self._answers = answers
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._language_names = {fold(catalogue.say("lang.name", code)): code for code in self._languages}
        self._folded_words: dict[tuple[str, Language], frozenset[str]] = {}

    async def handle(self, incoming: Incoming) -> Turn:
        """Answer one message. Messages of one person are answered one after the other.

        Never raises for anything that a person can send; a failing store still gets the person an answer, with the
        emergency number, and the message counts as not handled.
        """
        if incoming.group:
            return self._rendered([Utterance("group.pointer")], self._hinted(incoming) or self._languages[0], self._clock())
        pseudonym = self._pseudonyms.of(incoming.address)
        lock = self._turns.setdefault(pseudonym, asyncio.Lock())
        async with lock:
            try:
                return await self._handle(incoming, pseudonym)
            except (SQLAlchemyError, OSError) as error:
                log.error("store.failed", error=type(error).__name__)
                return self._without_store(incoming)

    async def _handle(self, incoming: Incoming, pseudonym: Pseudonym) -> Turn:
        now = self._clock()
        person = await self._people.load(pseudonym, now)
        repeated = person.has_seen(incoming.id)
        if repeated and (person.replay is not None or not isinstance(incoming.content, Press)):
            return person.replay or Turn()
        await self._follow_language(person, incoming)
        answer = await self._answer(person, incoming, now)
        language = person.language or self._languages[0]
        answer.say = [self._without_ways_back(utterance, person) for utterance in answer.say]
        turn = self._rendered(answer.say, language, now, erase=answer.erase)
        self._note_keyboard(person, answer.say, language)
        person.remember(incoming.id)
        if answer.forget:
            await self._people.forget(pseudonym)
        else:
            await self._people.save(person, turn, now)
        return turn

    async def _answer(self, person: Person, incoming: Incoming, now: datetime) -> _Answer:
        answer = _Answer()
        citizen = Citizen(person.pseudonym, person.language or self._languages[0], incoming.address, now)
        finding = self._danger_in(incoming.content)
        try:
            if finding is not None and finding.danger is not Danger.SOFT:
                self._say_danger(answer, person, finding, now)
            await self._dispatch(answer, person, citizen, incoming.content, finding)
        except StaleButton:
            answer.add("input.stale")
        except (SQLAlchemyError, OSError):
            raise
        except Exception as error:
            # No text of the exception: it could carry what the person wrote.
            log.error("conversation.failed", error=type(error).__name__, known=isinstance(error, FaroError))
            answer.add("utter_error")
        self._afterwards(answer, person, finding, now)
        return answer

    async def _dispatch(self, answer: _Answer, person: Person, citizen: Citizen, content: Content, finding: Finding | None) -> None:
        match content:
            case Membership(reachable):
                await self._audience.reachability_changed(person.pseudonym, reachable)
            case Command(name, argument):
                await self._command(answer, person, citizen, name, argument, finding)
            case Press(payload):
                await self._press(answer, person, citizen, payload)
            case Media():
                await self._media(answer, person, citizen, content)
            case Text(text, edited):
                await self._text(answer, person, citizen, text, edited, finding)

    # What people type

    async def _text(self, answer: _Answer, person: Person, citizen: Citizen, raw: str, edited: bool, finding: Finding | None) -> None:
        text = as_free_text(clean(raw))
        acute = finding is not None and finding.danger is not Danger.SOFT
        flow = self._under_way(person)
        if len(text) > MAX_CHARACTERS:
            answer.add("input.too_long", limit=MAX_CHARACTERS)
        elif edited:
            answer.add("input.edited")
        elif not text:
            answer.add("input.empty")
        elif (payload := None if acute else self._typed_button(person, text, flow)) is not None:
            await self._press(answer, person, citizen, payload)
        elif flow is None and person.memory.flow is not None:
            # What it was telling is gone with its time; what is typed on may be part of it, so it goes nowhere.
            person.memory.flow = None
            answer.add("input.too_late")
        elif flow is None and self._is_receipt(text):
            await self._press(answer, person, citizen, "receipt:start")
            receipt = self._flows["receipt"]
            self._take(answer, person, citizen, receipt.name, await receipt.text(citizen, text, person.states["receipt"]))
        elif flow is not None:
            self._take(answer, person, citizen, flow.name, await flow.text(citizen, text, person.states[flow.name]))
        elif acute:
            return
        elif not has_words(text):
            answer.add("input.emoji")
        else:
            await self._understand(answer, person, citizen, text)

    def _under_way(self, person: Person) -> Flow | None:
        name = person.memory.flow
        return self._flows.get(name) if name is not None and name in person.states else None

    def _typed_button(self, person: Person, text: str, flow: Flow | None) -> str | None:
        """The payload that typed words stand for: a label just shown, a yes or no, a word that always works."""
        folded = fold(text)
        language = person.language or self._languages[0]
        keyboard = person.memory.keyboard
        if folded in keyboard:
            return keyboard[folded]
        for answer in ("yes", "no"):
            if f"={answer}" in keyboard and folded in self._folded("words.affirm" if answer == "yes" else "words.deny", language):
                return keyboard[f"={answer}"]
        stops = any(folded in self._folded("words.stop", each) for each in self._languages)
        if flow is not None:
            # A bare "stop" is no part of a story, and must not become one.
            return f"{flow.name}:cancel" if stops or folded in self._folded("words.cancel", language) else None
        if folded in self._language_names:
            return f"lang:set:{self._language_names[folded]}"
        if stops:
            return "topics:drop:all"
        if any(folded in self._folded("words.help", each) for each in self._languages):
            return "menu:help"
        return "menu:open" if folded in self._folded("words.menu", language) else None

    def _folded(self, key: str, language: Language) -> frozenset[str]:
        """The words of a key as they are compared; asked for with every message, so folded once."""
        if (key, language) not in self._folded_words:
            self._folded_words[key, language] = frozenset(fold(word) for word in self._catalogue.words(key, language))
        return self._folded_words[key, language]

    async def _understand(self, answer: _Answer, person: Person, citizen: Citizen, text: str) -> None:
        try:
            understanding = await self._dialogue.ask(self._session(person.memory, citizen.now), text)
        except DialogueAway:
            answer.add("utter_away")
            return
        if understanding.intent != "suicide_risk" and understanding.confidence_of("suicide_risk") >= SUICIDE_CONFIDENCE:
            self._say_danger(answer, person, Finding(Danger.SUICIDE, "model", citizen.language), citizen.now)
            return
        if (found := self._found(understanding, citizen.language, text)) is not None:
            self._take(answer, person, citizen, "know", found)
            return
        for said in understanding.said:
            match said:
                case PressFor(payload) if _MODEL_MAY_PRESS.fullmatch(payload):
                    await self._press(answer, person, citizen, payload)
                case Clarify(intents):
                    answer.say.append(self._clarification(intents))
                case Said(key, params):
                    answer.say.append(Utterance(key if self._catalogue.has(key) else "utter_out_of_scope", params))
        if not answer.say:
            answer.add("utter_out_of_scope")

    def _found(self, understanding: Understanding, language: Language, text: str) -> Step | None:
        vector: bytes | None = getattr(understanding, "vector", None)
        if self._answers is None or vector is None or understanding.intent not in _WITHOUT_MEANING:
            return None
        return self._answers.find(language, vector, text)

    @staticmethod
    def _clarification(intents: Sequence[str]) -> Utterance:
        rows = tuple((Choice(press_for(intent), f"intent.{intent}"),) for intent in intents)
        return Utterance("clarify.question", choices=(*rows, (Choice("menu:open", "clarify.none"),)))

    def _session(self, memory: Memory, now: datetime) -> str:
        """The name of the session in Rasa: random, and new after some turns or a pause, so that Rasa stays quick and forgets."""
        moment = now.timestamp()
        if not memory.session or memory.session_turns >= _SESSION_TURNS or moment - memory.session_at > _SESSION_SECONDS:
            memory.session, memory.session_turns = secrets.token_hex(8), 0
        memory.session_turns += 1
        memory.session_at = moment
        return memory.session

    # Buttons, commands, media

    async def _press(self, answer: _Answer, person: Person, citizen: Citizen, payload: str) -> None:
        name, _, rest = payload.partition(":")
        flow = self._flows.get(name)
        if flow is None:
            raise StaleButton()
        if payload.startswith("lang:set:") and rest.removeprefix("set:") in self._languages:
            citizen = await self._choose_language(person, citizen, Language(rest.removeprefix("set:")))
        if payload == "safety:crisis":
            self._say_danger(answer, person, Finding(Danger.SUICIDE, "asked", citizen.language), citizen.now)
            return
        step = await flow.press(citizen, rest, person.states.get(name))
        if payload == "privacy:forget_yes":
            answer.forget = True
        self._take(answer, person, citizen, flow.name, step)

    @staticmethod
    def _take(answer: _Answer, person: Person, citizen: Citizen, flow: str, step: Step) -> None:
        """Keep what the flow answered: its words, and its state for the next message."""
        answer.say.extend(step.say)
        answer.erase = answer.erase or step.erase
        person.keep(flow, step, citizen.now)

    async def _command(
        self, answer: _Answer, person: Person, citizen: Citizen, name: str, argument: str, finding: Finding | None
    ) -> None:
        if name == "start" and not argument:
            answer.add("utter_greet")
        elif name == "cancel":
            await self._cancel(answer, person, citizen)
        elif name in COMMANDS:
            await self._press(answer, person, citizen, COMMANDS[name])
        else:
            # Somebody typed a slash by hand: these are words, not a command.
            await self._text(answer, person, citizen, f"{name} {argument}" if name != "start" else argument, False, finding)

    async def _cancel(self, answer: _Answer, person: Person, citizen: Citizen) -> None:
        flow = self._under_way(person)
        if flow is not None:
            await self._press(answer, person, citizen, f"{flow.name}:cancel")
        elif "guide" in person.states:
            await self._press(answer, person, citizen, "guide:cancel")
        else:
            answer.add("utter_cancel")

    async def _media(self, answer: _Answer, person: Person, citizen: Citizen, media: Media) -> None:
        flow = self._under_way(person)
        if flow is not None:
            step = await flow.media(citizen, media, person.states[flow.name])
            self._take(answer, person, citizen, flow.name, step)
            return
        # Not downloaded: an intimate image could come.
        answer.erase = media.kind in _ERASED
        pictured = (media.media_type or "").startswith(("image/", "video/"))
        answer.add("media.image" if pictured else _REFUSALS.get(media.kind, "media.other"))

    # Danger

    def _danger_in(self, content: Content) -> Finding | None:
        match content:
            case Command(name, argument):
                return self._danger_in(Text(f"{name} {argument}"))
            case Text(text=words) | Media(caption=words):
                head, tail = words[:_NET_READS], words[_NET_READS:][-_NET_READS:]
                return self._net.check(clean(f"{head}\n{tail}")) if words else None
        return None

    def _say_danger(self, answer: _Answer, person: Person, finding: Finding, now: datetime) -> None:
        log.info("safety.found", danger=finding.danger.value, rule=finding.rule)
        if finding.danger is Danger.EMERGENCY:
            answer.add("utter_emergency")
            return
        answer.add("utter_suicide_risk")
        person.memory.crisis_at, person.memory.crisis_turns = now.timestamp(), 0

    def _afterwards(self, answer: _Answer, person: Person, finding: Finding | None, now: datetime) -> None:
        """The soft question, and the offer that comes back after a first no."""
        if not answer.say or answer.keys() & {"utter_suicide_risk", "utter_emergency", "safety.unsafe", "safety.later", "safety.other"}:
            return
        memory = person.memory
        if finding is not None and finding.danger is Danger.SOFT and not self._asks_safety(answer):
            answer.add("safety.soft")
        elif memory.flow is None and now.timestamp() - memory.crisis_at < _CRISIS_SECONDS and memory.crisis_turns < _CRISIS_OFFERS:
            memory.crisis_turns += 1
            answer.add("safety.still_here")

    def _asks_safety(self, answer: _Answer) -> bool:
        return any(choice.payload == "safety:unsafe" for said in answer.say for row in self._renderer.rows(said) for choice in row)

    def _without_store(self, incoming: Incoming) -> Turn:
        finding = self._danger_in(incoming.content)
        language = self._hinted(incoming) or self._languages[0]
        key = {Danger.SUICIDE: "utter_suicide_risk", Danger.EMERGENCY: "utter_emergency"}.get(finding.danger if finding else None)  # type: ignore[arg-type]
        return self._rendered([Utterance(key or "utter_error")], language, self._clock())

    # Language

    async def _follow_language(self, person: Person, incoming: Incoming) -> None:
        if person.language is None:
            person.language = self._hinted(incoming)
        if not isinstance(incoming.content, Text) or person.memory.flow is not None or person.memory.chosen:
            return
        guessed = self._guesser.guess(clean(incoming.content.text[:400]))
        if guessed is not None and guessed != person.language:
            person.language = guessed
            await self._audience.language_changed(person.pseudonym, guessed)

    async def _choose_language(self, person: Person, citizen: Citizen, language: Language) -> Citizen:
        person.language, person.memory.chosen = language, True
        await self._audience.language_changed(person.pseudonym, language)
        return Citizen(citizen.pseudonym, language, citizen.address, citizen.now)

    def _hinted(self, incoming: Incoming) -> Language | None:
        hint = (incoming.language_hint or "").split("-")[0].lower()
        return Language(hint) if hint in self._languages else None

    # Putting it together

    def _rendered(self, say: Sequence[Utterance], language: Language, now: datetime, *, erase: bool = False) -> Turn:
        replies: tuple[Reply, ...] = tuple(self._renderer.render(utterance, language, now) for utterance in say)
        return Turn(replies, erase, language)

    def _without_ways_back(self, said: Utterance, person: Person) -> Utterance:
        """Without buttons such as ``guide:back`` that lead back to what this person has not begun, or has ended."""
        rows = self._renderer.rows(said)
        shown = tuple(tuple(choice for choice in row if not self._is_past(choice.payload, person)) for row in rows)
        return said if shown == rows else replace(said, choices=tuple(row for row in shown if row))

    @staticmethod
    def _is_past(payload: str, person: Person) -> bool:
        flow, _, rest = payload.partition(":")
        return rest == "back" and flow not in person.states

    def _note_keyboard(self, person: Person, say: Sequence[Utterance], language: Language) -> None:
        """Remember what the shown buttons mean, so that typing their words presses them."""
        keyboard: dict[str, str] = {}
        for choice in (choice for utterance in say for row in self._renderer.rows(utterance) for choice in row if not choice.url):
            keyboard[fold(self._renderer.label(choice, language))] = choice.payload
            if choice.answers:
                keyboard[f"={choice.answers}"] = choice.payload
        if keyboard:
            person.memory.keyboard = keyboard


__all__ = ["COMMANDS", "Answers", "Audience", "Conversation", "Dialogue"]
