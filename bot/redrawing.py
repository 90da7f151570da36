"""Pictures drawn anew: only the pixels of what somebody sent come along, no place, profile, comment or thumbnail."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
"""What is read at all; every further decoder is a further way in."""
MOST_PIXELS = 50_000_000
"""A larger picture is refused before it is unpacked."""


def redrawn(image: Image.Image, longest_side: int, *, for_the_web: bool = False) -> tuple[bytes, tuple[int, int]]:
    """An opened picture, upright, as a JPEG of at most ``longest_side`` pixels a side, and its size. What is transparent becomes white.

    Args:
        for_the_web: smaller, and shown coarse to fine while it loads; takes longer to make.
    """
    image.draft("RGB", (longest_side, longest_side))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((longest_side, longest_side))
    plain = Image.new("RGB", upright.size, "white")
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        plain.paste(layer, mask=layer.getchannel("A"))
    else:
        plain.paste(upright.convert("RGB"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=85, optimize=for_the_web, progressive=for_the_web)
    return out.getvalue(), plain.size
