"""Reading a form while it arrives: bounded, and in memory only. Nothing that a person sends touches the disk unsealed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import nullcontext
from dataclasses import dataclass, field

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from bot.errors import FaroError

MAX_FILE = 20 * 1024 * 1024
"""Largest file in bytes; the same as a Telegram bot can fetch."""
_MAX_WORDS = 2 * 1024 * 1024
"""Largest text field in bytes: room for 100,000 characters of any script, percent-encoded."""
_SECONDS = 120
_UPLOADS_AT_ONCE = 4
_SMALL = 1024 * 1024
"""Forms up to this size, in bytes, need not wait for their turn."""
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


class TooLarge(FaroError):
    """More was sent than this page takes."""


class Malformed(FaroError):
    """This is not what the page sends."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file, in memory. ``media_type`` and ``name`` are what the browser says."""

    data: bytes = field(repr=False)
    media_type: str
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, and its file if one was chosen."""

    fields: dict[str, str] = field(repr=False)
    upload: Upload | None = None

    @property
    def message_id(self) -> str:
        """The message's id, the same when a form is sent twice. Raises Malformed."""
        value = self.fields.get("id", "")
        if not _ID.fullmatch(value):
            raise Malformed()
        return value


class _MemoryParser(MultiPartParser):
    """Starlette's parser spools files over 1 MB to disk; this bound lies above everything that is let through."""

    spool_max_size = MAX_FILE + 2 * _MAX_WORDS


class FormReader:
    """Reads forms, few large ones at a time."""

    def __init__(self) -> None:
        self._uploads = asyncio.Semaphore(_UPLOADS_AT_ONCE)

    async def read(self, request: Request) -> Form:
        """The form of a request.

        Raises:
            TooLarge: a field or the file is over its bound; the rest is not read.
            Malformed: no form, broken off, or too slow.
        """
        is_multipart = request.headers.get("content-type", "").startswith("multipart/form-data")
        most = MAX_FILE + _MAX_WORDS if is_multipart else 3 * _MAX_WORDS
        try:
            # Without a declared length it may become large.
            declared = int(request.headers.get("content-length") or most)
            if declared > most:
                raise TooLarge()
            async with asyncio.timeout(_SECONDS), self._uploads if declared > _SMALL else nullcontext():
                return await self._parsed(request, is_multipart, most)
        except (MultiPartException, TimeoutError, ClientDisconnect, KeyError, ValueError) as error:
            raise (TooLarge if "exceeded maximum size" in str(error) else Malformed)() from None

    async def _parsed(self, request: Request, is_multipart: bool, most: int) -> Form:
        stream = _bounded(request, most)
        if is_multipart:
            parser = _MemoryParser(request.headers, stream, max_files=1, max_fields=10, max_part_size=_MAX_WORDS)
            data = await parser.parse()
        else:
            data = await FormParser(request.headers, stream, max_fields=10, max_part_size=_MAX_WORDS).parse()
        try:
            return Form({name: value for name, value in data.multi_items() if isinstance(value, str)}, await _upload(data))
        finally:
            await data.close()


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > most:
            raise TooLarge()
        yield chunk


async def _upload(data: FormData) -> Upload | None:
    upload = data.get("file")
    # A browser sends an empty, nameless file when none was chosen.
    if not isinstance(upload, UploadFile) or not (upload.filename or upload.size):
        return None
    if (upload.size or 0) > MAX_FILE:
        raise TooLarge()
    return Upload(await upload.read(), upload.content_type or "application/octet-stream", upload.filename or "")
