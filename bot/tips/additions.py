"""Adding to a tip that was sent: words and photos are shown once more, with what may identify the writer, then stored."""

from __future__ import annotations

import secrets
from dataclasses import replace

from bot.errors import Invalid, MediaUnavailable, SealBroken
from bot.markup import escape
from bot.messages import Citizen, Media, Step, Utterance
from bot.tips.attachments import Attachments
from bot.tips.book import TipBook
from bot.tips.city import TipCity, category_of
from bot.tips.draft import MAX_CHARACTERS, MAX_PHOTOS
from bot.tips.identity import clues, without
from bot.tips.overview import clue_lines
from bot.tips.photos import MAX_BYTES
from bot.tips.receipts import OpenTip
from bot.tips.sealing import Author
from bot.tips.story import is_image
from bot.tips.visit import Visit, VisitHandler, staying, visit_button


class Additions:
    """Collects what a tipster wants to add.

    Args:
        show: shows the tip afterwards.
    """

    def __init__(self, city: TipCity, book: TipBook, attachments: Attachments, show: VisitHandler) -> None:
        self._city = city
        self._book = book
        self._attachments = attachments
        self._show = show

    async def typed(self, visit: Visit, text: str) -> Step:
        """One more message; nothing is stored before "add it"."""
        together = "\n\n".join(filter(None, (visit.pending, text.strip())))
        if len(together) > MAX_CHARACTERS:
            return staying(visit, Utterance("receipt.full"), *self._question(visit))
        visit.pending = together
        return self._confirm(visit)

    async def sent(self, citizen: Citizen, visit: Visit, tip: OpenTip, media: Media) -> Step:
        """A photo, where the tip's category takes photos. Everything else is refused, not downloaded, and why is said."""
        key = await self._taken(citizen, visit, tip, media)
        if key is None:
            return await self.typed(visit, media.caption)
        refusal = Utterance(key, {"limit": MAX_PHOTOS, "megabytes": MAX_BYTES // 1024 // 1024})
        if visit.pending or visit.photos:
            return staying(visit, refusal, *self._question(visit))
        step = await self._show(citizen, visit, tip)
        return replace(step, say=(refusal, *step.say))

    async def add(self, citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
        """Store it, once."""
        if (visit.pending or visit.photos) and not await self._book.has(visit.entry_id):
            try:
                photos = await self._attachments.seal(tip.key, visit.photos, citizen.now)
            except SealBroken:
                visit.photos = []
                return staying(visit, Utterance("tip.photo.lost"), *self._question(visit))
            await self._book.add(tip.key, Author.TIPSTER, visit.pending, citizen.now, visit.entry_id, photos)
        await self.forget(visit)
        return await self._shown(citizen, visit, tip, "receipt.added")

    async def discard(self, citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
        """Do not add it."""
        await self.forget(visit)
        return await self._shown(citizen, visit, tip, "receipt.discarded")

    async def strike(self, citizen: Citizen, visit: Visit, tip: OpenTip) -> Step:
        """Take out what may identify the writer."""
        visit.pending = without(visit.pending, clues(visit.pending))
        return self._confirm(visit)

    async def forget(self, visit: Visit) -> None:
        """Nothing waits any more."""
        await self._attachments.photos.drop(visit.photos)
        visit.pending, visit.photos, visit.entry_id = "", [], ""

    async def _taken(self, citizen: Citizen, visit: Visit, tip: OpenTip, media: Media) -> str | None:
        """Keep the photo, sealed; or why not."""
        category = category_of(self._city, tip.category)
        if category is None or not category.photos:
            return "tip.photo.not_here"
        if not is_image(media):
            return "tip.photo.not_a_photo"
        if len(visit.photos) >= MAX_PHOTOS:
            return "tip.photo.enough"
        if media.fetch is None or (media.size or 0) > MAX_BYTES:
            return "tip.photo.too_large"
        try:
            visit.photos.append(await self._attachments.photos.keep(await media.fetch(), citizen.now))
        except MediaUnavailable:
            return "tip.photo.unavailable"
        except Invalid as error:
            return f"tip.photo.{error.code}"
        return None

    async def _shown(self, citizen: Citizen, visit: Visit, tip: OpenTip, key: str) -> Step:
        step = await self._show(citizen, visit, tip)
        return replace(step, say=(Utterance(key), *step.say))

    def _confirm(self, visit: Visit) -> Step:
        visit.entry_id = visit.entry_id or secrets.token_hex(16)
        return staying(visit, *self._question(visit))

    @staticmethod
    def _question(visit: Visit) -> tuple[Utterance, ...]:
        lines = clue_lines(clues(visit.pending))
        warning = (Utterance("receipt.identity", {"clues": lines}),) if lines else ()
        strike = ((visit_button(visit, "strike", "tip.button.strike"),),) if lines else ()
        photos = [Utterance("tip.photos", {"count": len(visit.photos)})] if visit.photos else []
        parts = [*([escape(visit.pending)] if visit.pending else []), *photos]
        rows = ((visit_button(visit, "add"), visit_button(visit, "discard")), *strike)
        return (*warning, Utterance("receipt.confirm", {"text": parts}, rows, sensitive=True))
