"""Uploads are checked, and drawn anew with nothing but their pixels."""

from __future__ import annotations

import hashlib
import io
import zlib

import pytest
from PIL import Image

from bot.campaigns.pictures import LONGEST_SIDE, MAX_BYTES, MOST_LENGTHWAYS, SHORTEST_SIDE, draw
from bot.errors import Invalid
from tests.pictures import picture


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_a_jpeg_known_by_its_bytes(kind: str) -> None:
    drawn = draw(picture(kind=kind))
    assert (opened(drawn.data).format, drawn.width, drawn.height) == ("JPEG", 640, 420)
    assert drawn.digest == hashlib.sha256(drawn.data).hexdigest()


def test_place_camera_and_comments_stay_behind() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "A camera", {1: "N", 2: (43.0, 17.0, 47.0)}
    drawn = draw(picture(exif=exif, comment=b"taken at home", icc_profile=b"a profile"))
    assert not opened(drawn.data).getexif() and not {"comment", "icc_profile", "exif"} & set(opened(drawn.data).info)
    assert b"camera" not in drawn.data and b"home" not in drawn.data


def test_it_stands_upright_as_the_camera_said() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    drawn = draw(picture(640, 420, exif=exif))
    assert (drawn.width, drawn.height) == (420, 640)


def test_a_large_picture_is_made_smaller_in_proportion() -> None:
    drawn = draw(picture(4000, 2000))
    assert (drawn.width, drawn.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_what_one_can_see_through_becomes_white() -> None:
    drawn = draw(picture(kind="PNG", colour=(0, 0, 0, 0)))
    assert opened(drawn.data).getpixel((5, 5)) == (255, 255, 255)


def _bomb() -> bytes:
    """A PNG of a few bytes that says it is 60,000 by 60,000."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = (60_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (b"\0" * (MAX_BYTES + 1), "picture_too_large"),
        (picture(SHORTEST_SIDE - 1, 600), "picture_too_small"),
        (picture(SHORTEST_SIDE, SHORTEST_SIDE * MOST_LENGTHWAYS + 1), "picture_too_long"),
        (b"", "picture_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_unreadable"),
        (picture(kind="GIF"), "picture_unreadable"),
        (picture()[:400], "picture_unreadable"),
        (_bomb(), "picture_unreadable"),
    ],
    ids=["large", "small", "strip", "nothing", "svg", "gif", "broken", "bomb"],
)
def test_what_is_no_good_picture_is_refused_with_the_reason(upload: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        draw(upload)
    assert refused.value.code == code


def test_the_smallest_and_the_longest_picture_are_good() -> None:
    assert draw(picture(SHORTEST_SIDE, SHORTEST_SIDE * MOST_LENGTHWAYS)).width == SHORTEST_SIDE
