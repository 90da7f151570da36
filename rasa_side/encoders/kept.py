"""Where encoders keep what they make of their wheels' files, so that they make it once."""

from __future__ import annotations

import os
from pathlib import Path

CACHE = Path(".rasa") / "encoders"
"""Below the working directory, beside what Rasa keeps from earlier trainings."""


def writable(folder: Path) -> Path | None:
    """The folder, or None (the system's own for temporary files) where it cannot be made or written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None
