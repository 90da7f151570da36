"""The conversation: one message in, replies out, the same for every channel.

The order is the promise: the safety net sees every message before anything else may answer it, and what a flow is
being told never reaches the dialogue model.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Protocol
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.answer import Answer
from bot.conversation.cleaning import MAX_CHARACTERS, as_free_text, clean, fold, has_words
from bot.conversation.danger import DangerWatch, is_acute
from bot.conversation.dialogue import PressFor
from bot.conversation.doors import payload_of
from bot.conversation.interpreter import Answers, Interpreter, Meant
from bot.conversation.language import LanguageGuesser
from bot.conversation.next_step import NextStep
from bot.conversation.nonsense import NonsenseEar
from bot.conversation.people import People, Person
from bot.conversation.pseudonyms import Pseudonyms
from bot.conversation.refusals import is_better_gone, refusal_of
from bot.conversation.rendering import Renderer
from bot.conversation.safety import Danger, Finding, SafetyNet
from bot.conversation.sayings import Saying
from bot.conversation.second_net import Dialogue, SecondNet
from bot.conversation.texts import Catalogue
from bot.conversation.typed import TypedButtons
from bot.errors import FaroError, StaleButton
from bot.messages import (
    Citizen,
    Clock,
    Command,
    Content,
    Deed,
    Flow,
    Incoming,
    Language,
    Media,
    Membership,
    Press,
    Pseudonym,
    Reply,
    Step,
    Text,
    Trail,
    Turn,
    Utterance,
)

log = structlog.get_logger(__name__)

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

_LINK_CODE = re.compile(r"[A-Za-z2-7]{4}-?[A-Za-z2-7]{4}")
"""What a member of staff sends after ``/link``, or opens the chat with (:mod:`bot.staff.links`)."""


class Audience(Protocol):
    """Whoever wants to know that a person changed language or cannot be reached any more."""

    async def language_changed(self, pseudonym: Pseudonym, language: Language) -> None:
        """The person reads this language now."""

    async def reachability_changed(self, pseudonym: Pseudonym, reachable: bool) -> None:
        """The person blocked the bot, or came back."""


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
        self._watch = DangerWatch(net, renderer)
        self._typed = TypedButtons(catalogue, languages)
        self._next = NextStep(catalogue, languages, renderer)
        self._refusal = Saying(catalogue, languages, "no_talk")
        self._nonsense = NonsenseEar(chain(*map(catalogue.texts, languages)))
        self._interpreter = Interpreter(dialogue, SecondNet(net), catalogue, answers, Saying(catalogue, languages, "wonder"))
        self._guesser = guesser
        self._renderer = renderer
        self._flows: Mapping[str, Flow] = {flow.name: flow for flow in flows}
        self._audience = audience
        self._languages = tuple(languages)
        self._is_receipt = is_receipt
        self._clock = clock
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def greeting(self, language: Language) -> tuple[Reply, ...]:
        """What stands there before somebody's first message; nothing has begun that a button could lead back to."""
        said = self._without_ways_back(Utterance("utter_greet"), Person(Pseudonym("")))
        return self._rendered([said], language, self._clock()).replies

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
        self._next.note(person, answer.say, now)
        answer.say = [self._without_ways_back(utterance, person) for utterance in answer.say]
        turn = replace(self._rendered(answer.say, language, now, erase=answer.erase), trail=answer.trail)
        self._note_keyboard(person, answer.say, turn)
        person.remember(incoming.id)
        if answer.forget:
            await self._people.forget(pseudonym)
        else:
            await self._people.save(person, turn, now)
        return turn

    async def _answer(self, person: Person, incoming: Incoming, now: datetime) -> Answer:
        answer = Answer()
        citizen = Citizen(person.pseudonym, person.language or self._languages[0], incoming.address, now)
        finding = self._watch.look(incoming.content)
        try:
            if finding is not None and is_acute(finding):
                self._watch.say(answer, person, finding, now)
            await self._dispatch(answer, person, citizen, incoming.content, finding)
        except StaleButton:
            answer.add("input.stale")
        except (SQLAlchemyError, OSError):
            raise
        except Exception as error:
            # No text of the exception: it could carry what the person wrote.
            log.error("conversation.failed", error=type(error).__name__, known=isinstance(error, FaroError))
            answer.add("utter_error")
        self._watch.afterwards(answer, person, finding, now)
        return answer

    async def _dispatch(self, answer: Answer, person: Person, citizen: Citizen, content: Content, finding: Finding | None) -> None:
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

    async def _text(self, answer: Answer, person: Person, citizen: Citizen, raw: str, edited: bool, finding: Finding | None) -> None:
        text = as_free_text(clean(raw))
        acute = is_acute(finding)
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
            answer.take(person, receipt.name, await receipt.text(citizen, text, person.states["receipt"]), citizen.now)
        elif flow is not None:
            answer.take(person, flow.name, await flow.text(citizen, text, person.states[flow.name]), citizen.now)
        elif acute:
            return
        elif not has_words(text):
            answer.add("input.emoji")
        elif self._watch.follows_crisis(person, citizen.now) and self._refusal.is_said_by(text):
            answer.add("crisis.no_talk")
        elif self._nonsense.hears(text):
            answer.add("unclear.nonsense")
        elif self._next.is_asked(text):
            await self._do(answer, person, citizen, self._next.after(person, citizen.now))
        else:
            await self._understand(answer, person, citizen, text)

    def _under_way(self, person: Person) -> Flow | None:
        name = person.memory.flow
        return self._flows.get(name) if name is not None and name in person.states else None

    def _typed_button(self, person: Person, text: str, flow: Flow | None) -> str | None:
        name = flow.name if flow is not None else None
        return self._typed.payload_of(text, person.memory.keyboard, person.language or self._languages[0], name)

    async def _understand(self, answer: Answer, person: Person, citizen: Citizen, text: str) -> None:
        for meant in await self._interpreter.read(person.memory, citizen, text):
            await self._do(answer, person, citizen, meant)

    async def _do(self, answer: Answer, person: Person, citizen: Citizen, meant: Meant) -> None:
        match meant:
            case Utterance():
                answer.say.append(meant)
            case PressFor(payload):
                await self._press(answer, person, citizen, payload)
            case Finding():
                self._watch.say(answer, person, meant, citizen.now)
            case Step():
                answer.take(person, "know", meant, citizen.now)

    # Buttons, commands, media

    async def _press(self, answer: Answer, person: Person, citizen: Citizen, payload: str) -> None:
        name, _, rest = payload.partition(":")
        flow = self._flows.get(name)
        if flow is None:
            raise StaleButton()
        if payload.startswith("lang:set:") and rest.removeprefix("set:") in self._languages:
            citizen = await self._choose_language(person, citizen, Language(rest.removeprefix("set:")))
        if payload == "safety:crisis":
            self._watch.say(answer, person, Finding(Danger.SUICIDE, "asked", citizen.language), citizen.now)
            return
        step = await flow.press(citizen, rest, person.states.get(name))
        if payload == "privacy:forget_yes":
            answer.forget, answer.trail = True, Trail(Deed.FORGET)
        answer.take(person, flow.name, step, citizen.now)

    async def _command(
        self, answer: Answer, person: Person, citizen: Citizen, name: str, argument: str, finding: Finding | None
    ) -> None:
        if name == "start" and not argument:
            answer.add("utter_greet")
        elif name in ("start", "link") and _LINK_CODE.fullmatch(argument):
            await self._press(answer, person, citizen, f"staff:link:{argument}")
        elif name == "start" and (payload := payload_of(argument)) is not None:
            await self._press(answer, person, citizen, payload)
        elif name == "cancel":
            await self._cancel(answer, person, citizen)
        elif name in COMMANDS:
            await self._press(answer, person, citizen, COMMANDS[name])
        else:
            # Somebody typed a slash by hand: these are words, not a command.
            await self._text(answer, person, citizen, f"{name} {argument}" if name != "start" else argument, False, finding)

    async def _cancel(self, answer: Answer, person: Person, citizen: Citizen) -> None:
        flow = self._under_way(person)
        if flow is not None:
            await self._press(answer, person, citizen, f"{flow.name}:cancel")
        elif "guide" in person.states:
            await self._press(answer, person, citizen, "guide:cancel")
        else:
            answer.add("utter_cancel")

    async def _media(self, answer: Answer, person: Person, citizen: Citizen, media: Media) -> None:
        flow = self._under_way(person)
        if flow is not None:
            step = await flow.media(citizen, media, person.states[flow.name])
            answer.take(person, flow.name, step, citizen.now)
            return
        # Not downloaded: an intimate image could come.
        answer.erase = is_better_gone(media)
        answer.add(refusal_of(media))

    def _without_store(self, incoming: Incoming) -> Turn:
        key = self._watch.text_for(incoming.content) or "utter_error"
        return self._rendered([Utterance(key)], self._hinted(incoming) or self._languages[0], self._clock())

    # Language

    async def _follow_language(self, person: Person, incoming: Incoming) -> None:
        if person.language is None:
            person.language = self._hinted(incoming)
        if not isinstance(incoming.content, Text) or person.memory.flow is not None or person.memory.chosen:
            return
        text = clean(incoming.content.text[:400])
        guessed = None if self._nonsense.hears(text) else self._guesser.guess(text)
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

    def _note_keyboard(self, person: Person, say: Sequence[Utterance], turn: Turn) -> None:
        """Remember what the shown buttons mean, so that typing their words presses them."""
        keyboard: dict[str, str] = {}
        for utterance, reply in zip(say, turn.replies, strict=True):
            for choice, button in zip(chain(*self._renderer.rows(utterance)), chain(*reply.buttons), strict=True):
                if choice.url:
                    continue
                keyboard[fold(button.label)] = choice.payload
                if choice.answers:
                    keyboard[f"={choice.answers}"] = choice.payload
        if keyboard:
            person.memory.keyboard = keyboard


__all__ = ["COMMANDS", "Answers", "Audience", "Conversation", "Dialogue"]
