"""Reading a form with files: bounded, and in memory only."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from bot.console.forms import MAXIMUM_BYTES, MAXIMUM_FIELDS, Form

MAXIMUM_UPLOAD = 32 * 1024 * 1024
"""Bytes of a form with all its files."""
_MOST_FILES = 40


class _MemoryParser(MultiPartParser):
    """Starlette's parser spools files over 1 MB to disk; this bound lies above everything that is let through."""

    spool_max_size = MAXIMUM_UPLOAD


class _WordsParser(_MemoryParser):
    """Drops what stands in files and keeps that there were some."""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Starlette calls this with each piece of a part."""
        if self._current_part.file is None:
            super().on_part_data(data, start, end)


async def read_words(request: Request) -> Form:
    """The multipart body of somebody who is not let in: its fields; of each file only that it was chosen.

    Raises:
        HTTPException: as :func:`read_upload`.
    """
    return await _read(request, _WordsParser)


async def read_upload(request: Request) -> Form:
    """The multipart body: its fields, and the files that were chosen.

    Raises:
        HTTPException: 415 for another encoding, 413 for too much, 400 for what cannot be read.
    """
    return await _read(request, _MemoryParser)


async def _read(request: Request, parser: type[_MemoryParser]) -> Form:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415)
    limits = {"max_files": _MOST_FILES, "max_fields": MAXIMUM_FIELDS, "max_part_size": MAXIMUM_BYTES}
    try:
        data = await parser(request.headers, _bounded(request), **limits).parse()
    except (MultiPartException, ClientDisconnect, KeyError, ValueError):
        raise HTTPException(400) from None
    try:
        pairs = [(name, value.replace("\x00", "")) for name, value in data.multi_items() if isinstance(value, str)]
        # A browser sends an empty, nameless file when none was chosen.
        files = {name: await value.read() for name, value in data.items() if isinstance(value, UploadFile) and value.filename}
        return Form(pairs, files)
    finally:
        await data.close()


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > MAXIMUM_UPLOAD:
            raise HTTPException(413)
        yield chunk
