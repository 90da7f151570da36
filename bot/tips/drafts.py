"""Photos of tips that are not sent yet: sealed files whose keys stand only in the draft's own (sealed) state."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.crypto import SymmetricKey
from bot.tips.files import SealedFiles
from bot.tips.photos import Photo, read_photo

_LIFE = timedelta(hours=48)
"""Longer than any draft lives in the conversation."""


class DraftPhotos:
    """Keeps photos until the tip is sent or dropped.

    Args:
        folder: where the sealed files lie, apart from those of tips.
    """

    def __init__(self, folder: Path) -> None:
        self._files = SealedFiles(folder)

    async def keep(self, data: bytes, now: datetime) -> list[str]:
        """Check a photo and store it sealed; returns its id and key for the draft. Raises Invalid."""
        return await asyncio.to_thread(self._keep, data, now)

    async def take(self, photos: Sequence[Sequence[str]]) -> list[Photo]:
        """Open the photos of a draft. Raises SealBroken when one is gone or does not open."""
        return await asyncio.to_thread(lambda: [self._take(*photo) for photo in photos])

    async def drop(self, photos: Sequence[Sequence[str]]) -> None:
        """Delete the photos of a draft."""
        await asyncio.to_thread(self._files.delete, *(f"{photo[0]}.draft" for photo in photos))

    async def purge(self, now: datetime) -> int:
        """Delete what belongs to no living draft any more; returns the number of files."""
        return await asyncio.to_thread(self._files.purge, now - _LIFE)

    def _keep(self, data: bytes, now: datetime) -> list[str]:
        photo = read_photo(data)
        photo_id, key = secrets.token_hex(16), SymmetricKey.generate()
        self._files.write(f"{photo_id}.draft", key.seal(photo.original, f"draft:{photo_id}"), now)
        return [photo_id, key.secret.hex()]

    def _take(self, photo_id: str, key: str) -> Photo:
        sealed = self._files.read(f"{photo_id}.draft")
        return read_photo(SymmetricKey(bytes.fromhex(key)).open(sealed, f"draft:{photo_id}"))
