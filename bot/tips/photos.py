"""Photos: read with limits, and drawn anew without anything but the picture. CPU work: call it in a thread."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass, field

from PIL import Image, ImageOps

from bot.errors import Invalid

MAX_BYTES = 20 * 1024 * 1024
"""Telegram's limit for files that a bot may fetch. Source: core.telegram.org/bots/api#getfile."""
_MAX_PIXELS = 50_000_000
_LONGEST_SIDE = 2560
_FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo in two forms: as it came, for evidence, and as it is shown, without metadata."""

    original: bytes = field(repr=False)
    view: bytes = field(repr=False)
    media_type: str
    sha256: str

    VIEW_TYPE = "image/jpeg"


def read_photo(data: bytes) -> Photo:
    """Check and re-encode. The view is a JPEG of at most 2,560 pixels a side; only its pixels come from the sender.

    Raises:
        Invalid: ``too_large``, ``too_many_pixels``, or ``unreadable`` (not JPEG, PNG or WebP, or broken).
    """
    if len(data) > MAX_BYTES:
        raise Invalid("photo", "too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow only warns of a decompression bomb below twice its limit.
            return _read(data)
    except Invalid:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid("photo", "too_many_pixels") from error
    except Exception as error:
        # Broken files make decoders raise almost anything; none of it may stop the conversation.
        raise Invalid("photo", "unreadable") from error


def _read(data: bytes) -> Photo:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        if image.width * image.height > _MAX_PIXELS:
            raise Invalid("photo", "too_many_pixels")
        media_type = Image.MIME[image.format or "JPEG"]
        image.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
        upright = ImageOps.exif_transpose(image)
        return Photo(data, _redrawn(upright), media_type, hashlib.sha256(data).hexdigest())


def _redrawn(image: Image.Image) -> bytes:
    """Only pixels: copied into a new picture, so that no profile, comment or thumbnail comes along."""
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    plain = Image.new("RGB", image.size, "white")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        plain.paste(layer, mask=layer.getchannel("A"))
    else:
        plain.paste(image.convert("RGB"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=85)
    return out.getvalue()
