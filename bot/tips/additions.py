"""Adding to a tip that was sent: words and files are shown once more, with what may identify the writer, then stored."""

from __future__ import annotations

import secrets
from dataclasses import replace

from bot.errors import SealBroken
from bot.markup import escape
from bot.messages import Citizen, Media, Step, Utterance
from bot.tips.attachments import Attachments
from bot.tips.book import TipBook
from bot.tips.city import TipCity, category_of
from bot.tips.draft import MAX_CHARACTERS
from bot.tips.identity import clues, without
from bot.tips.overview import clue_lines
from bot.tips.receipts import OpenTip
from bot.tips.sealing import Author
from bot.tips.submission import Hear
from bot.tips.taking import NotTaken, Taking
from bot.tips.urgency import Reason, who_reads
from bot.tips.visit import Visit, VisitHandler, staying, visit_button
from bot.tips.waiting import LIMITS, listed, unagreed, warnings


class Additions:
    """Collects what a tipster wants to add.

    Args:
        show: shows the tip afterwards.
        hear: whether words tell of danger to a life (the safety net).
    """

    def __init__(self, city: TipCity, book: TipBook, attachments: Attachments, show: VisitHandler, hear: Hear) -> None:
        self._city = city
        self._book = book
        self._attachments = attachments
        self._taking = Taking(attachments.drafts)
        self._show = show
        self._hear = hear

    async def typed(self, visit: Visit, text: str) -> Step:
        """One more message; nothing is stored before "add it"."""
        together = "\n\n".join(filter(None, (visit.pending, text.strip())))
        if len(together) > MAX_CHARACTERS:
            return staying(visit, Utterance("receipt.full"), *self._question(visit))
        visit.pending = together
        return self._confirm(visit)

    async def sent(self, citizen: Citizen, visit: Visit, tip: OpenTip, media: Media) -> Step:
        """A photo or a file, where the tip's category takes them. Everything else is refused, not downloaded, and why is said."""
        try:
            visit.files.append(await self._taking.take(category_of(self._city, tip.category), visit.files, media, citizen.now))
        except NotTaken as error:
            return await self._refused(citizen, visit, tip, error.key)
        return await self.typed(visit, media.caption)

    async def _refused(self, citizen: Citizen, visit: Visit, tip: OpenTip, key: str) -> Step:
        refusal = Utterance(key, LIMITS)
        if visit.pending or visit.files:
            return staying(visit, refusal, *self._question(visit))
        step = await self._show(citizen, visit, tip)
        return replace(step, say=(refusal, *step.say))

    async def add(self, citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
        """Store it, once. Words of danger to a life call the people on duty, as those of a new tip do."""
        reasons = (Reason.SAFETY_NET,) if self._hear(visit.pending) else ()
        if (visit.pending or visit.files) and not await self._book.has(visit.entry_id):
            try:
                attached = await self._attachments.seal(visit.files, citizen.now)
            except SealBroken:
                visit.files = []
                return staying(visit, Utterance("tip.photo.lost"), *self._question(visit))
            await self._book.add(tip.key, Author.TIPSTER, visit.pending, citizen.now, visit.entry_id, attached, reasons)
        await self.forget(visit)
        danger = (Utterance("tip.urgent", {"reads": who_reads(self._city, citizen)}),) if reasons else ()
        return await self._shown(citizen, visit, tip, *danger, Utterance("receipt.added"))

    async def discard(self, citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
        """Do not add it."""
        await self.forget(visit)
        return await self._shown(citizen, visit, tip, Utterance("receipt.discarded"))

    async def strike(self, citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
        """Take out what may identify the writer."""
        visit.pending = without(visit.pending, clues(visit.pending))
        return self._confirm(visit)

    async def forget(self, visit: Visit) -> None:
        """Nothing waits any more."""
        await self._attachments.drafts.drop(visit.files)
        visit.pending, visit.files, visit.entry_id = "", [], ""

    async def _shown(self, citizen: Citizen, visit: Visit, tip: OpenTip, *before: Utterance) -> Step:
        step = await self._show(citizen, visit, tip)
        return replace(step, say=(*before, *step.say))

    def _confirm(self, visit: Visit) -> Step:
        visit.entry_id = visit.entry_id or secrets.token_hex(16)
        return staying(visit, *self._question(visit))

    @staticmethod
    def _question(visit: Visit) -> tuple[Utterance, ...]:
        lines = clue_lines(clues(visit.pending))
        warning = (Utterance("receipt.identity", {"clues": lines}),) if lines else ()
        told = tuple(warnings(unagreed(visit.files)))
        strike = ((visit_button(visit, "strike", "tip.button.strike"),),) if lines else ()
        parts = [*([escape(visit.pending)] if visit.pending else []), *listed(visit.files)]
        rows = ((visit_button(visit, "add"), visit_button(visit, "discard")), *strike)
        return (*warning, *told, Utterance("receipt.confirm", {"text": parts}, rows, sensitive=True))
