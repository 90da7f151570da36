"""The flow ``receipt``: locator and six words in, the status and the moderators' answers out, and a way to answer.

The typed receipt never leaves this flow, and the channel is asked to delete it from the chat. The unlocked key stands in
the flow's sealed state for minutes only. Payloads: ``receipt:start``, ``receipt:cancel``, ``receipt:<nonce>:<action>``.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.errors import NotFound, SealBroken, StaleButton, TooManyAttempts
from bot.markup import escape
from bot.messages import Choice, Citizen, Media, MediaKind, Step, Utterance
from bot.tips.book import Entry, TipBook
from bot.tips.identity import clues
from bot.tips.receipts import ReceiptDesk
from bot.tips.sealing import Author
from bot.tips.vault import TipKey
from bot.tips.words import WORDS_IN_RECEIPT, Receipt, Typed, WordLists

OPEN_FOR = timedelta(minutes=10)
"""How long an opened tip stays open after the last message."""


@dataclass(slots=True)
class Visit:
    """Somebody at the desk: still typing the receipt (no key), or with the tip open."""

    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(4))
    locator: str | None = field(default=None, repr=False)
    words: list[str] = field(default_factory=list, repr=False)
    tip_id: str = ""
    key: str = field(default="", repr=False)
    until: float = 0.0
    pending: str = field(default="", repr=False)
    """An answer that waits for "add it", under an id chosen beforehand: pressing twice adds it once."""
    entry_id: str = ""


_Handler = Callable[[Citizen, Visit, TipKey, str], Awaitable[Step]]


class ReceiptFlow:
    """Lets a tipster come back."""

    name = "receipt"

    def __init__(self, words: WordLists, desk: ReceiptDesk, book: TipBook) -> None:
        self._words = words
        self._desk = desk
        self._book = book
        self._actions: Mapping[str, _Handler] = {
            "refresh": self._show,
            "notify": self._toggle_news,
            "add": self._add,
            "discard": self._discard,
        }

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """Answer a button. Raises StaleButton for one of an earlier visit."""
        if rest == "start":
            return _asking(Visit(), Utterance("receipt.ask"))
        visit = _visit(state)
        nonce, _, action = rest.partition(":")
        if rest == "cancel" or (visit is not None and nonce == visit.nonce and action == "close"):
            return Step((Utterance("receipt.closed", {}, _elsewhere()),))
        if visit is None or nonce != visit.nonce or action not in self._actions:
            raise StaleButton()
        return await self._with_key(citizen, visit, self._actions[action])

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """A receipt, or a part of one; or, once the tip is open, an answer to it. Always erased from the chat."""
        visit = _visit(state) or Visit()
        if not visit.key:
            step = await self._typed_receipt(citizen, visit, text)
        else:
            visit.pending, visit.entry_id = text.strip(), secrets.token_hex(16)
            step = await self._with_key(citizen, visit, self._confirm)
        return replace(step, erase=True)

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """Not taken here, and not downloaded."""
        pictures = media.kind in (MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.DOCUMENT)
        return Step((Utterance("media.image" if pictures else "receipt.no_media"),), state, erase=True, keep_for=OPEN_FOR)

    # Typing the receipt

    async def _typed_receipt(self, citizen: Citizen, visit: Visit, text: str) -> Step:
        typed = self._words.read(text)
        if typed.mistyped:
            return _asking(visit, Utterance("receipt.locator_mistyped"))
        visit.locator = typed.locator or visit.locator
        problem = _take_words(visit, typed)
        if problem is not None:
            return _asking(visit, problem)
        if visit.locator is None:
            return _asking(visit, Utterance("receipt.ask_locator"))
        return await self._try(citizen, visit, Receipt(visit.locator, tuple(visit.words)))

    async def _try(self, citizen: Citizen, visit: Visit, receipt: Receipt) -> Step:
        try:
            key = await self._desk.open(receipt, citizen)
        except TooManyAttempts as error:
            return _asking(Visit(), Utterance("receipt.wait", {"seconds": max(1, round(error.retry_after))}))
        except SealBroken:
            return _asking(Visit(), Utterance("receipt.wrong"))
        visit = Visit(tip_id=key.tip_id, key=key.secret.hex(), until=(citizen.now + OPEN_FOR).timestamp())
        return await self._with_key(citizen, visit, self._show)

    # With the tip open

    async def _with_key(self, citizen: Citizen, visit: Visit, then: _Handler) -> Step:
        if not visit.key or citizen.now.timestamp() > visit.until:
            return _asking(Visit(), Utterance("receipt.timed_out"))
        try:
            key, status = await self._desk.reopen(visit.tip_id, bytes.fromhex(visit.key))
            visit.until = (citizen.now + OPEN_FOR).timestamp()
            return await then(citizen, visit, key, status)
        except NotFound:
            return Step((Utterance("receipt.deleted", {}, _elsewhere()),))

    async def _show(self, citizen: Citizen, visit: Visit, key: TipKey, status: str) -> Step:
        entries = [_entry(entry) for entry in await self._book.entries(key) if entry.number > 1]
        told = await self._desk.wants_news(visit.tip_id)
        rows = (
            (_button(visit, "refresh"), _button(visit, "close")),
            (_button(visit, "notify", "receipt.button.notify_off" if told else "receipt.button.notify_on"),),
        )
        params = {"status": Utterance(f"receipt.status.{status}"), "entries": entries or Utterance("receipt.no_answer")}
        return Step((Utterance("receipt.open", params, rows, sensitive=True),), asdict(visit), keep_for=OPEN_FOR)

    async def _toggle_news(self, citizen: Citizen, visit: Visit, key: TipKey, status: str) -> Step:
        wanted = not await self._desk.wants_news(visit.tip_id)
        await self._desk.want_news(visit.tip_id, citizen, wanted)
        step = await self._show(citizen, visit, key, status)
        return replace(step, say=(Utterance("receipt.news_on" if wanted else "receipt.news_off"), *step.say))

    async def _confirm(self, citizen: Citizen, visit: Visit, key: TipKey, status: str) -> Step:
        lines = [Utterance(f"tip.clue.{found.clue.value}", {"excerpt": escape(found.excerpt)}) for found in clues(visit.pending)]
        warning = (Utterance("receipt.identity", {"clues": lines}),) if lines else ()
        rows = ((_button(visit, "add"), _button(visit, "discard")),)
        question = Utterance("receipt.confirm", {"text": escape(visit.pending)}, rows, sensitive=True)
        return Step((*warning, question), asdict(visit), keep_for=OPEN_FOR)

    async def _add(self, citizen: Citizen, visit: Visit, key: TipKey, status: str) -> Step:
        if visit.pending:
            await self._book.add(key, Author.TIPSTER, visit.pending, citizen.now, visit.entry_id)
            visit.pending = ""
        _, status = await self._desk.reopen(visit.tip_id, key.secret)
        step = await self._show(citizen, visit, key, status)
        return replace(step, say=(Utterance("receipt.added"), *step.say))

    async def _discard(self, citizen: Citizen, visit: Visit, key: TipKey, status: str) -> Step:
        visit.pending, visit.entry_id = "", ""
        step = await self._show(citizen, visit, key, status)
        return replace(step, say=(Utterance("receipt.discarded"), *step.say))


def _visit(state: dict[str, Any] | None) -> Visit | None:
    try:
        return Visit(**state) if state else None
    except TypeError:
        return None


def _take_words(visit: Visit, typed: Typed) -> Utterance | None:
    """Add the typed words to the visit; None when there are six, else what to say."""
    if typed.locator is not None and len(typed.words) < WORDS_IN_RECEIPT:
        # "My number is …": what stands around a locator alone is no part of the receipt.
        return None if len(visit.words) == WORDS_IN_RECEIPT else Utterance("receipt.ask_words")
    if typed.unknown:
        visit.words = []
        lines = [
            Utterance("receipt.unknown_word_like" if near else "receipt.unknown_word", {"word": escape(word[:20]), "near": near})
            for word, near in typed.unknown
        ]
        return Utterance("receipt.unknown_words", {"words": lines})
    visit.words = [*visit.words, *typed.words][-WORDS_IN_RECEIPT:]
    missing = WORDS_IN_RECEIPT - len(visit.words)
    return Utterance("receipt.more_words", {"count": missing}) if missing else None


def _asking(visit: Visit, say: Utterance) -> Step:
    return Step((Utterance(say.key, say.params, ((_button(visit, "close", "receipt.button.stop"),),)),), asdict(visit), keep_for=OPEN_FOR)


def _entry(entry: Entry) -> Utterance:
    return Utterance(f"receipt.entry.{entry.author.value}", {"text": escape(entry.text), "day": entry.at.date()})


def _button(visit: Visit, action: str, label: str = "") -> Choice:
    return Choice(f"receipt:{visit.nonce}:{action}", label or f"receipt.button.{action}")


def _elsewhere() -> tuple[tuple[Choice, ...], ...]:
    return ((Choice("receipt:start"), Choice("menu:open")),)
