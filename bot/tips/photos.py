"""Photos: read with limits, and drawn anew without anything but the picture. CPU work: call it in a thread."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass, field

from PIL import Image

from bot.errors import Invalid
from bot.redrawing import FORMATS, MOST_PIXELS, redrawn

MAX_BYTES = 20 * 1024 * 1024
"""Telegram's limit for files that a bot may fetch. Source: core.telegram.org/bots/api#getfile."""
_LONGEST_SIDE = 2560


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
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Invalid("photo", "too_many_pixels")
        media_type = Image.MIME[image.format or "JPEG"]
        view, _ = redrawn(image, _LONGEST_SIDE)
        return Photo(data, view, media_type, hashlib.sha256(data).hexdigest())
