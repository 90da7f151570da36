"""From a draft's photos to those of a tip: opened, sealed under the tip's key, written to disk. Rows come after the files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.tips.drafts import DraftPhotos
from bot.tips.files import SealedFiles
from bot.tips.sealing import SealedPhoto, seal_photo
from bot.tips.vault import TipKey


class Attachments:
    """Stores the files of a tip's photos.

    Args:
        files: sealed files of tips.
        photos: sealed photos of what is not sent yet.
    """

    def __init__(self, files: SealedFiles, photos: DraftPhotos) -> None:
        self._files = files
        self.photos = photos

    async def seal(self, key: TipKey, photos: Sequence[Sequence[str]], now: datetime) -> list[SealedPhoto]:
        """Write the files: one without a row is purged later, a row without its file would be a loss.

        Raises:
            SealBroken: a photo is gone or does not open.
        """
        taken = await self.photos.take(photos)

        def seal_and_write() -> list[SealedPhoto]:
            sealed = [seal_photo(key, photo) for photo in taken]
            for name, data in ((name, data) for photo in sealed for name, data in photo.files.items()):
                self._files.write(name, data, now)
            return sealed

        return await asyncio.to_thread(seal_and_write)
