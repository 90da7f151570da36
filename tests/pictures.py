"""Pictures for tests."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image


def picture(width: int = 640, height: int = 420, kind: str = "JPEG", colour: str | tuple[int, ...] = "#6b7f8f", **saved: Any) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGBA" if isinstance(colour, tuple) and len(colour) == 4 else "RGB", (width, height), colour).save(out, kind, **saved)
    return out.getvalue()
