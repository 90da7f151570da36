"""The flow ``receipt``: locator and six words in, the status and the moderators' answers out; answering, adding, withdrawing.

The typed receipt never leaves this flow, and the channel is asked to delete it from the chat. The unlocked key stands in
the flow's sealed state for minutes only. Payloads: ``receipt:start``, ``receipt:cancel``, ``receipt:<nonce>:<action>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.errors import NotFound, SealBroken, StaleButton, TooManyAttempts
from bot.markup import escape
from bot.messages import Citizen, Media, MediaKind, Step, Utterance
from bot.tips.additions import Additions
from bot.tips.attachments import Attachments
from bot.tips.book import Entry, TipBook
from bot.tips.city import TipCity
from bot.tips.receipts import OpenTip, ReceiptDesk
from bot.tips.submission import Hear
from bot.tips.taking import PICTURED
from bot.tips.traces import ALL, clear_button, noted, swept
from bot.tips.visit import OPEN_FOR, Visit, VisitHandler, elsewhere, staying, visit_button
from bot.tips.waiting import counted
from bot.tips.words import WORDS_IN_RECEIPT, Receipt, Typed, WordLists

_FILES = (*PICTURED, MediaKind.VOICE, MediaKind.AUDIO)


class ReceiptFlow:
    """Lets a tipster come back."""

    name = "receipt"

    def __init__(
        self, city: TipCity, words: WordLists, desk: ReceiptDesk, book: TipBook, attachments: Attachments, hear: Hear = lambda words: False
    ) -> None:
        self._words = words
        self._desk = desk
        self._book = book
        self._additions = Additions(city, book, attachments, self._show, hear)
        self._actions: Mapping[str, VisitHandler] = {
            "refresh": self._show,
            "notify": self._toggle_news,
            "add": self._additions.add,
            "discard": self._additions.discard,
            "strike": self._additions.strike,
            "withdraw": self._ask_to_withdraw,
            "withdraw_yes": self._withdraw,
            "withdraw_no": self._stay,
        }

    @noted
    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """Answer a button. Raises StaleButton for one of an earlier visit."""
        visit = Visit.of(state)
        nonce, _, action = rest.partition(":")
        if rest == "start":
            await self._leave(visit)
            return _asking(Visit(), Utterance("receipt.ask"))
        if rest == "cancel" or (visit is not None and nonce == visit.nonce and action == "close"):
            await self._leave(visit)
            return Step((Utterance("receipt.closed", {}, elsewhere()),))
        if visit is None or nonce != visit.nonce or action not in self._actions:
            raise StaleButton()
        return await self._with_key(citizen, visit, self._actions[action])

    @noted
    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """A receipt, or a part of one; or, once the tip is open, an answer to it. Always erased from the chat."""
        visit = Visit.of(state) or Visit()
        if not visit.key:
            return replace(await self._typed_receipt(citizen, visit, text), erase=True)

        async def typed(citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
            return await self._additions.typed(visit, text)

        return replace(await self._with_key(citizen, visit, typed), erase=True)

    @noted
    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """A photo or a file to add, once the tip is open and where its category takes them. Else not taken, and not downloaded."""
        visit = Visit.of(state) or Visit()
        if not visit.key or media.kind not in _FILES:
            key = "media.image" if media.kind in PICTURED else "receipt.no_media"
            return replace(staying(visit, Utterance(key)), erase=True)

        async def sent(citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
            return await self._additions.sent(citizen, visit, tip, media)

        return replace(await self._with_key(citizen, visit, sent), erase=True)

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
            return _asking(Visit(trail=visit.trail), Utterance("receipt.wait", {"seconds": max(1, round(error.retry_after))}))
        except SealBroken:
            return _asking(Visit(trail=visit.trail), Utterance("receipt.wrong"))
        visit = Visit(tip_id=key.tip_id, key=key.secret.hex(), until=(citizen.now + OPEN_FOR).timestamp(), trail=visit.trail)
        return await self._with_key(citizen, visit, self._show)

    # With the tip open

    async def _with_key(self, citizen: Citizen, visit: Visit, then: VisitHandler) -> Step:
        if not visit.is_open(citizen.now):
            await self._leave(visit)
            return _asking(Visit(trail=visit.trail), Utterance("receipt.timed_out"))
        try:
            tip = await self._desk.reopen(visit.tip_id, bytes.fromhex(visit.key))
            visit.until = (citizen.now + OPEN_FOR).timestamp()
            return await then(citizen, visit, tip)
        except NotFound:
            return Step((Utterance("receipt.deleted", {}, elsewhere()),))

    async def _leave(self, visit: Visit | None) -> None:
        if visit is not None:
            await self._additions.forget(visit)

    async def _show(self, citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
        visit.leaving = 0
        tip = await self._desk.reopen(visit.tip_id, tip.key.secret)  # An answer just added may have changed the status.
        entries = [_entry(entry) for entry in await self._book.entries(tip.key) if entry.number > 1]
        told = await self._desk.wants_news(visit.tip_id)
        rows = (
            (visit_button(visit, "refresh"), visit_button(visit, "close")),
            (visit_button(visit, "notify", "receipt.button.notify_off" if told else "receipt.button.notify_on"),),
            (visit_button(visit, "withdraw"),),
        )
        params = {"status": Utterance(f"receipt.status.{tip.status}"), "entries": entries or Utterance("receipt.no_answer")}
        return staying(visit, Utterance("receipt.open", params, rows, sensitive=True))

    async def _toggle_news(self, citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
        wanted = not await self._desk.wants_news(visit.tip_id)
        await self._desk.want_news(visit.tip_id, citizen, wanted)
        step = await self._show(citizen, visit, tip)
        return replace(step, say=(Utterance("receipt.news_on" if wanted else "receipt.news_off"), *step.say))

    # Withdrawing

    async def _ask_to_withdraw(self, citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
        visit.leaving = 1
        return staying(visit, _asks(visit, "receipt.withdraw"))

    async def _withdraw(self, citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
        """Asked twice, since nothing brings a tip back."""
        if not visit.leaving:
            raise StaleButton()
        if visit.leaving == 1:
            visit.leaving = 2
            return staying(visit, _asks(visit, "receipt.withdraw_really"))
        await self._leave(visit)
        await self._desk.withdraw(visit.tip_id, citizen.now)
        rows = ((clear_button(ALL, "tip.button.clear_all"),), *elsewhere())
        # Nothing says which tip of this chat it was, so what else was told here goes only when the person asks for it.
        return swept(Step((Utterance("receipt.withdrawn", {}, rows),)), visit.trail)

    async def _stay(self, citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
        return await self._show(citizen, visit, tip)


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
    return staying(visit, replace(say, choices=((visit_button(visit, "close", "receipt.button.stop"),),)))


def _asks(visit: Visit, key: str) -> Utterance:
    return Utterance(key, {}, ((visit_button(visit, "withdraw_no"),), (visit_button(visit, "withdraw_yes", f"{key}_yes"),)))


def _entry(entry: Entry) -> Utterance:
    parts = [*([escape(entry.text)] if entry.text else []), *counted([file.kind for file in entry.files])]
    return Utterance(f"receipt.entry.{entry.author.value}", {"text": parts, "day": entry.at.date()})
