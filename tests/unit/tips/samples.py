"""Small files of each kind, made here: none is stored."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator, Mapping

from PIL import Image


def mp4(brand: bytes = b"isom") -> bytes:
    """Three boxes that a player would find."""
    return _box(b"ftyp", brand + bytes(4)) + _box(b"mdat", bytes(200)) + _box(b"moov", bytes(100))


def _box(name: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + name + body


def pdf(words: bytes = b"") -> bytes:
    """A PDF as far as its frame goes. ``words`` stand where programs write who made it."""
    return b"%PDF-1.7\n1 0 obj<</Author(" + words + b")>>endobj\n" + bytes(3000) + b"\ntrailer\n%%EOF\n"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def docx() -> bytes:
    """A letter."""
    return zipped({"[Content_Types].xml": bytes(500), "word/document.xml": bytes(2000)})


def odt() -> bytes:
    """Another letter."""
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": bytes(2000)})


def jpeg() -> bytes:
    """A picture."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


def damaged(count: int, seed: int = 7) -> Iterator[bytes]:
    """So many files of all kinds that were cut, or in which bytes were changed; the same ones for the same seed."""
    chance = random.Random(seed)
    whole = [jpeg(), pdf(), docx(), odt(), zipped({"a.txt": b"x"}), mp4(), b"OggS" + bytes(100), b"\x1a\x45\xdf\xa3" + bytes(60)]
    for number in range(count):
        data = bytearray(whole[number % len(whole)])
        for _ in range(chance.randint(1, 30)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        yield bytes(data[: chance.randint(1, len(data))]) if chance.random() < 0.5 else bytes(data)
