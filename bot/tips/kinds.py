"""What kind of file something is, by its own bytes: neither its name nor what the sender's program says counts. Pure; nothing is unpacked.

Only kinds that people send as proof are known. Programs, web pages and packed folders are refused: nobody could say what is in them
without opening them. A file that is visibly not whole is refused as well, while the person can still send it again.
Sources: RFC 3533 (Ogg), RFC 9559 (Matroska, EBML), ISO/IEC 14496-12 (MP4 boxes), PKWARE's APPNOTE.TXT (ZIP), ISO 32000 (PDF).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from bot.errors import Invalid

_SAMPLE = 4096
"""Bytes at the beginning that are looked at where a mark may stand a little further on."""
_TAIL = 70_000
"""Bytes at the end of a ZIP within which its directory's end must stand: its comment has 65,535 at most."""
_PDF_TAIL = 2048
_SOUND_BRANDS = (b"M4A ", b"M4B ")
_STILL_BRANDS = (b"heic", b"heix", b"mif1", b"avif")
"""Pictures in a video's clothes, which cannot be drawn anew here."""
_BOXES = 10_000
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OFFICE = ((b"word/document.xml", "docx"), (b"xl/workbook.", "xlsx"), (b"ppt/presentation.xml", "pptx"))
_OPEN = ((b"opendocument.text", "odt"), (b"opendocument.spreadsheet", "ods"), (b"opendocument.presentation", "odp"))


class FileKind(StrEnum):
    """What an attachment is to people."""

    PHOTO = "photo"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"


class Sniffed(NamedTuple):
    """What a file is, and the ending that its name gets when it is saved."""

    kind: FileKind
    suffix: str


def sniff(data: bytes, *, heard: bool = False) -> Sniffed:
    """What kind of file this is.

    Args:
        heard: the channel says that it is sound. Believed only where a container may hold sound or moving pictures.

    Raises:
        Invalid: ``unknown``, no kind that is taken; ``broken``, visibly not whole.
    """
    found = _picture(data) or _sound(data) or _container(data, heard=heard) or _document(data)
    if found is None:
        raise Invalid("file", "unknown")
    return found


def _picture(data: bytes) -> Sniffed | None:
    webp = data[8:12] if data[:4] == b"RIFF" else b""
    marks = ((webp == b"WEBP", "webp"), (data.startswith(b"\xff\xd8\xff"), "jpg"), (data.startswith(b"\x89PNG\r\n\x1a\n"), "png"))
    return next((Sniffed(FileKind.PHOTO, suffix) for fits, suffix in marks if fits), None)


def _sound(data: bytes) -> Sniffed | None:
    wave = data[:4] == b"RIFF" and data[8:12] == b"WAVE"
    # MPEG audio without a tag: eleven bits of sync, then a layer that is not the reserved one.
    mpeg = len(data) > 3 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and data[1] & 0x06 != 0
    mp3, flac, amr = mpeg or data.startswith(b"ID3"), data.startswith(b"fLaC"), data.startswith(b"#!AMR")
    marks = ((wave, "wav"), (mp3, "mp3"), (flac, "flac"), (amr, "amr"))
    return next((Sniffed(FileKind.AUDIO, suffix) for fits, suffix in marks if fits), None)


def _container(data: bytes, *, heard: bool) -> Sniffed | None:
    kind = FileKind.AUDIO if heard else FileKind.VIDEO
    if data.startswith(b"OggS"):
        moving = b"\x80theora" in data[:_SAMPLE]
        return Sniffed(FileKind.VIDEO, "ogv") if moving else Sniffed(FileKind.AUDIO, "ogg")
    if data[:4] == b"RIFF" and data[8:12] == b"AVI ":
        return Sniffed(FileKind.VIDEO, "avi")
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return Sniffed(kind, "webm" if b"webm" in data[:_SAMPLE] else "mkv")
    if data[4:8] == b"ftyp" and data[8:12] not in _STILL_BRANDS:
        _check_boxes(data)
        return Sniffed(FileKind.AUDIO, "m4a") if heard or data[8:12] in _SOUND_BRANDS else Sniffed(kind, "mp4")
    return None


def _check_boxes(data: bytes) -> None:
    """An MP4 file is a row of boxes, each with its length; without ``moov`` no program can play it."""
    names = set(_boxes(data))
    if not names & {b"moov", b"moof"}:
        raise Invalid("file", "broken")


def _boxes(data: bytes) -> Iterator[bytes]:
    at, count = 0, 0
    while at < len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        elif size == 0:
            size = len(data) - at
        count += 1
        if size < 8 or at + size > len(data) or count > _BOXES:
            raise Invalid("file", "broken")
        yield name
        at += size


def _document(data: bytes) -> Sniffed | None:
    suffix, whole = None, True
    if data.startswith(b"%PDF-"):
        suffix, whole = "pdf", b"%%EOF" in data[-_PDF_TAIL:]
    elif data.startswith(b"PK\x03\x04"):
        suffix, whole = _office(data), _zip_is_whole(data)
    elif data.startswith(_OLE):
        suffix = "doc"
    elif data.startswith(b"{\\rtf"):
        suffix = "rtf"
    elif _is_plain_text(data):
        suffix = "txt"
    if not whole:
        raise Invalid("file", "broken")
    return Sniffed(FileKind.DOCUMENT, suffix) if suffix else None


def _office(data: bytes) -> str | None:
    """Letters, tables and slides are ZIP files that name themselves; None: any other ZIP, a packed folder."""
    known = _OPEN if data[30:38] == b"mimetype" else _OFFICE if b"[Content_Types].xml" in data else ()
    return next((suffix for mark, suffix in known if mark in data), None)


def _zip_is_whole(data: bytes) -> bool:
    """Whether the directory stands where the end of the file says."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - _TAIL))
    if end < 0 or end + 22 > len(data):
        return False
    start = int.from_bytes(data[end + 16 : end + 20], "little")
    return data[start : start + 4] == b"PK\x01\x02" and start < end


def _is_plain_text(data: bytes) -> bool:
    """Words in UTF-8 that are no web page and no script."""
    if not data.strip() or b"\0" in data or data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<", b"#!")):
        return False
    try:
        words = data.decode()
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x01-\x08\x0e-\x1f]", words[:_SAMPLE])
