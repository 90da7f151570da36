"""Photos: metadata stays behind, bombs and broken files are refused with a reason."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zlib

import pytest
from PIL import Image

from bot.errors import Invalid
from bot.tips.photos import MAX_BYTES, read_photo


def image(mode: str = "RGB", size: tuple[int, int] = (64, 48), kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 128 if mode in ("L", "P") else None).save(out, kind, **options)
    return out.getvalue()


def with_metadata() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "CanaryCamera"
    exif[0x0132] = "2026:11:12 22:30:00"
    exif[0x0112] = 6  # stored lying on its side
    return image(exif=exif, comment=b"CanaryComment", icc_profile=b"CanaryProfile" * 40)


def reason(data: bytes) -> str:
    with pytest.raises(Invalid) as raised:
        read_photo(data)
    return raised.value.code


def test_the_view_holds_nothing_but_the_picture() -> None:
    data = with_metadata()
    photo = read_photo(data)

    assert b"Canary" in data and b"Canary" not in photo.view and b"Exif" not in photo.view
    assert photo.original == data and photo.sha256 == hashlib.sha256(data).hexdigest()


def test_the_view_stands_upright() -> None:
    with Image.open(io.BytesIO(read_photo(with_metadata()).view)) as view:
        assert view.size == (48, 64)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P"])
def test_common_formats_are_taken(kind: str, mode: str) -> None:
    if kind == "JPEG" and mode in ("RGBA", "P"):
        mode = "CMYK"
    photo = read_photo(image(mode, kind=kind))

    assert photo.media_type == f"image/{kind.lower()}" and photo.view.startswith(b"\xff\xd8")


def test_a_large_photo_is_shown_smaller() -> None:
    with Image.open(io.BytesIO(read_photo(image(size=(5000, 300))).view)) as view:
        assert max(view.size) <= 2560


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM"])
def test_other_formats_are_refused(kind: str) -> None:
    assert reason(image("RGB", kind=kind)) == "unreadable"


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"PK\x03\x04" + bytes(50)])
def test_what_is_no_image_is_refused(data: bytes) -> None:
    assert reason(data) == "unreadable"


def test_a_cut_photo_is_refused() -> None:
    data = image(size=(400, 400), kind="PNG")

    assert reason(data[: len(data) // 2]) == "unreadable"


@pytest.mark.parametrize("side", [7_100, 60_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")

    assert reason(bomb) == "too_many_pixels"


def test_a_photo_over_the_channels_limit_is_refused() -> None:
    assert reason(bytes(MAX_BYTES + 1)) == "too_large"


def test_a_hundred_damaged_photos_each_get_an_answer() -> None:
    """Either refused with a reason, or drawn anew; never another exception."""
    chance = random.Random(7)
    for kind in ("JPEG", "PNG", "WEBP", "JPEG"):
        whole = image(size=(80, 80), kind=kind)
        for _ in range(25):
            damaged = bytearray(whole)
            for _ in range(chance.randint(1, 30)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            try:
                read_photo(bytes(damaged))
            except Invalid as error:
                assert error.code in ("unreadable", "too_many_pixels")
