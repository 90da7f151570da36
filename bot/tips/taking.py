"""Whether something that is not text may be added, and taking it: the same rules in the intake and at the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.errors import FaroError, Invalid, MediaUnavailable
from bot.messages import Media, MediaKind
from bot.tips.city import Category
from bot.tips.drafts import DraftFiles
from bot.tips.kinds import FileKind
from bot.tips.photos import MAX_BYTES
from bot.tips.waiting import MAX_FILES, MAX_PHOTOS, MAX_TOTAL, Waiting, photos_of

PICTURED = (MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.DOCUMENT)
"""What may show somebody; so what is deleted from the chat when it is refused."""
_HEARD = (MediaKind.VOICE, MediaKind.AUDIO)


class NotTaken(FaroError):
    """It was not taken. ``key`` names the text that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Taking:
    """Fetches what may be added, after everything that can be known without fetching was looked at.

    Args:
        drafts: keeps it sealed until it is sent.
    """

    def __init__(self, drafts: DraftFiles) -> None:
        self._drafts = drafts

    async def take(self, category: Category | None, waiting: Sequence[Waiting], media: Media, now: datetime) -> Waiting:
        """The file, sealed. Raises NotTaken."""
        allowed = allowed_in(category)
        _check(allowed, waiting, media)
        try:
            file = await self._drafts.keep(media, allowed, now)
        except MediaUnavailable:
            raise NotTaken(f"tip.{_of(media)}.unavailable") from None
        except Invalid as error:
            raise NotTaken(_reason(error, allowed, media)) from None
        # Its kind, and often its size, are known only now.
        if problem := _too_much(waiting, FileKind(file["kind"]), file["size"]):
            await self._drafts.drop([file])
            raise NotTaken(problem)
        return file


def allowed_in(category: Category | None) -> tuple[FileKind, ...]:
    """What may be sent in a category: nothing where an intimate picture is to be expected."""
    if category is None or not category.photos:
        return ()
    return tuple(FileKind) if category.files else (FileKind.PHOTO,)


def _check(allowed: Sequence[FileKind], waiting: Sequence[Waiting], media: Media) -> None:
    if media.kind not in (*PICTURED, *_HEARD) or (media.kind in _HEARD and FileKind.AUDIO not in allowed):
        raise NotTaken("tip.media_refused")
    if not allowed:
        raise NotTaken("tip.photo.not_here")
    if FileKind.DOCUMENT not in allowed and not _says_photo(media):
        raise NotTaken("tip.photo.not_a_photo")
    if media.fetch is None or (media.size or 0) > MAX_BYTES:
        raise NotTaken(f"tip.{_of(media)}.too_large")
    likely = FileKind.PHOTO if _says_photo(media) else FileKind.DOCUMENT
    if problem := _too_much(waiting, likely, media.size or 0):
        raise NotTaken(problem)


def _too_much(waiting: Sequence[Waiting], kind: FileKind, size: int) -> str | None:
    """Why one more file of that kind and size does not fit; None: it does."""
    photos = len(photos_of(waiting))
    if kind is FileKind.PHOTO and photos >= MAX_PHOTOS:
        return "tip.photo.enough"
    if kind is not FileKind.PHOTO and len(waiting) - photos >= MAX_FILES:
        return "tip.file.enough"
    return "tip.file.too_much" if sum(file["size"] for file in waiting) + size > MAX_TOTAL else None


def _reason(error: Invalid, allowed: Sequence[FileKind], media: Media) -> str:
    if error.field == "photo":
        return f"tip.photo.{error.code}"
    if error.code == "unknown" and _says_photo(media):
        return "tip.photo.unreadable"
    if error.code == "too_large":
        return f"tip.{_of(media)}.too_large"
    return f"tip.file.{error.code}" if FileKind.DOCUMENT in allowed else "tip.photo.not_a_photo"


def _says_photo(media: Media) -> bool:
    """Whether it says that it is a picture. Its bytes are looked at later."""
    return media.kind is MediaKind.PHOTO or (media.kind is MediaKind.DOCUMENT and (media.media_type or "").startswith("image/"))


def _of(media: Media) -> str:
    return "photo" if _says_photo(media) else "file"
