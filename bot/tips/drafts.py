"""Files of tips that are not sent yet: sealed on disk, under keys that stand only in the draft's own (sealed) state."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.crypto import SymmetricKey
from bot.errors import Invalid, MediaUnavailable, SealBroken
from bot.messages import Media, MediaKind
from bot.streams import open_stream, seal_stream
from bot.tips.files import SealedFiles
from bot.tips.kinds import FileKind, Sniffed, sniff
from bot.tips.photos import MAX_BYTES, read_photo
from bot.tips.waiting import Waiting

ORIGINAL = "attachment:original"
"""Context of a sealed file as it came. Its key opens this one file only, so no name needs to stand here."""
VIEW = "attachment:view"

MAX_NAME = 80
_LIFE = timedelta(hours=48)
"""Longer than any draft lives in the conversation."""
_AT_ONCE = 3
"""Files that are fetched, checked and sealed at the same time: each needs its size in memory, and a photo its pixels."""
_SOUND = (MediaKind.VOICE, MediaKind.AUDIO)


class DraftFiles:
    """Keeps files until the tip is sent or dropped.

    Args:
        folder: where the sealed files lie, apart from those of tips.
    """

    def __init__(self, folder: Path) -> None:
        self.files = SealedFiles(folder)
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def keep(self, media: Media, allowed: Sequence[FileKind], now: datetime) -> Waiting:
        """Fetch a file, find out what it is, and store it sealed.

        Raises:
            MediaUnavailable: the channel does not give it.
            Invalid: ``unknown``, ``broken``, ``too_large`` or ``not_allowed`` (it is another kind than ``allowed``); of
                field ``photo``, what :func:`bot.tips.photos.read_photo` says.
        """
        if media.fetch is None:
            raise MediaUnavailable()
        async with self._turns:
            data = await media.fetch()
            return await asyncio.to_thread(self._keep, data, media, allowed, now)

    def read(self, file: Waiting) -> bytes:
        """The bytes as they came. Blocking. Raises SealBroken when the file is gone or does not open."""
        with self.files.open(_name_of(file)) as sealed:
            data = b"".join(open_stream(SymmetricKey(bytes.fromhex(file["key"])), sealed, ORIGINAL))
        if hashlib.sha256(data).hexdigest() != file["sha256"]:
            raise SealBroken("another file stands in its place")
        return data

    def hand_over(self, file: Waiting, files: SealedFiles, name: str, now: datetime) -> None:
        """Give the sealed file, as it is, a second name among those of tips. Blocking."""
        files.adopt(self.files, _name_of(file), name, now)

    async def drop(self, waiting: Sequence[Waiting]) -> None:
        """Delete the files of a draft."""
        await asyncio.to_thread(self.files.delete, *map(_name_of, waiting))

    async def purge(self, now: datetime) -> int:
        """Delete what belongs to no living draft any more; returns the number of files."""
        return await asyncio.to_thread(self.files.purge, now - _LIFE)

    def _keep(self, data: bytes, media: Media, allowed: Sequence[FileKind], now: datetime) -> Waiting:
        kind, suffix = _checked(data, media, allowed)
        key = SymmetricKey.generate()
        file = Waiting(
            id=secrets.token_hex(16),
            key=key.secret.hex(),
            kind=kind.value,
            suffix=suffix,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            name=clean_name(media.name),
            agreed=kind is FileKind.PHOTO,
        )
        self.files.write(_name_of(file), seal_stream(key, data, ORIGINAL), now)
        return file


def _checked(data: bytes, media: Media, allowed: Sequence[FileKind]) -> Sniffed:
    if len(data) > MAX_BYTES:
        raise Invalid("file", "too_large")
    # What was sent as a photo and cannot be drawn anew is refused as a photo, whatever else its bytes may be.
    if media.kind is MediaKind.PHOTO:
        read_photo(data)
    found = sniff(data, heard=media.kind in _SOUND or (media.media_type or "").startswith("audio/"))
    if found.kind not in allowed:
        raise Invalid("file", "not_allowed")
    if found.kind is FileKind.PHOTO and media.kind is not MediaKind.PHOTO:
        read_photo(data)
    return found


def clean_name(name: str) -> str:
    """A file's name to be shown: no path, no control or direction marks, at most 80 characters."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] not in ("C", "Z") or sign == " ")
    return plain.strip(" .")[-MAX_NAME:]


def _name_of(file: Waiting) -> str:
    return f"{file['id']}.draft"
