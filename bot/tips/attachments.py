"""Files of a tip: from a draft's to those of a tip, and opening them again. Rows come after the files.

Each file has a key of its own, which stands only in the sealed details of its row. So a file is sealed once, when it arrives, and only
gets another name when the tip is sent; and taking the key out of the row closes the file to everybody (``attachment_desk.py``).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from bot.crypto import SymmetricKey
from bot.errors import NotAllowed, NotFound
from bot.streams import open_stream, seal_stream
from bot.tips.drafts import ORIGINAL, VIEW, DraftFiles
from bot.tips.files import SealedFiles
from bot.tips.kinds import FileKind
from bot.tips.photos import read_photo
from bot.tips.sealing import SealedAttachment
from bot.tips.tables import TipAttachmentRow
from bot.tips.vault import TipKey
from bot.tips.waiting import Waiting

_TOLD = ("kind", "suffix", "key", "sha256", "name")
"""What the row's details say just as the waiting file did."""
_PICTURES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


class Attachments:
    """Stores the files of a tip.

    Args:
        files: sealed files of tips.
        drafts: sealed files of what is not sent yet.
    """

    def __init__(self, files: SealedFiles, drafts: DraftFiles) -> None:
        self._files = files
        self.drafts = drafts

    async def seal(self, waiting: Sequence[Waiting], now: datetime) -> list[SealedAttachment]:
        """Write the files: one without a row is purged later, a row without its file would be a loss.

        Raises:
            SealBroken: a file is gone or does not open.
        """
        return await asyncio.to_thread(lambda: [self._seal(file, now) for file in waiting])

    def _seal(self, file: Waiting, now: datetime) -> SealedAttachment:
        """One at a time, so that only one lies in memory."""
        attachment_id, data = secrets.token_hex(16), self.drafts.read(file)
        if file["kind"] == FileKind.PHOTO:
            view = seal_stream(SymmetricKey(bytes.fromhex(file["key"])), read_photo(data).view, VIEW)
            self._files.write(f"{attachment_id}.view", view, now)
        self.drafts.hand_over(file, self._files, f"{attachment_id}.original", now)
        details = {name: value for name, value in file.items() if name in _TOLD} | {"bytes": file["size"]}
        return SealedAttachment(attachment_id, details)


@dataclass(frozen=True, slots=True)
class Attached:
    """What the row of an attachment says. ``name``: as the tipster's device called it, cleaned; ``key`` None: see :meth:`read`."""

    id: str
    kind: FileKind
    suffix: str
    size: int
    sha256: str
    name: str = field(repr=False)
    sealed_off: bool
    key: bytes | None = field(repr=False)

    @property
    def media_type(self) -> str:
        """Of the file as it came. Only pictures get one of their own: nothing else is ever shown."""
        return _PICTURES.get(self.suffix, "application/octet-stream") if self.kind is FileKind.PHOTO else "application/octet-stream"

    def read(self, tip: TipKey, files: SealedFiles, *, original: bool) -> bytes:
        """The file as it came, or a photo drawn anew. Blocking.

        Raises:
            NotAllowed: it was sealed off. NotFound: only photos have a view. SealBroken: it was tampered with or is gone.
        """
        if self.sealed_off:
            raise NotAllowed("it was sealed off")
        if not original and self.kind is not FileKind.PHOTO:
            raise NotFound()
        return self.read_anyway(tip, files, original=original)

    def read_anyway(self, tip: TipKey, files: SealedFiles, *, original: bool) -> bytes:
        """The same, whether it was sealed off or not: for handing it over to the police."""
        form = "original" if original else "view"
        if self.key is None:
            # Files of versions that sealed them under the tip's own key, as a whole.
            return tip.open_file(files.read(f"{self.id}.{form}"), "attachment", self.id, form)
        return read_sealed(files, self.id, self.key, original=original)


def read_sealed(files: SealedFiles, attachment_id: str, key: bytes, *, original: bool = True) -> bytes:
    """The bytes of a file whose key is known. Blocking. Raises SealBroken."""
    form, context = ("original", ORIGINAL) if original else ("view", VIEW)
    with files.open(f"{attachment_id}.{form}") as sealed:
        return b"".join(open_stream(SymmetricKey(key), sealed, context))


def open_attachment(key: TipKey, row: TipAttachmentRow) -> Attached:
    """What a row says. Raises SealBroken."""
    details = cast(dict[str, Any], key.open(row.details, "attachment", row.id, row.entry, row.number))
    file_key = details.get("key")
    return Attached(
        id=row.id,
        kind=FileKind(details.get("kind", FileKind.PHOTO)),
        suffix=details.get("suffix") or details["media_type"].removeprefix("image/"),
        size=details["bytes"],
        sha256=details["sha256"],
        name=details.get("name", ""),
        sealed_off=bool(details.get("sealed_off", False)),
        key=bytes.fromhex(file_key) if file_key else None,
    )
