"""Several encoders as one. Imports no Rasa."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class _Encoder(Protocol):
    fingerprint: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> np.ndarray: ...


class Joined:
    """Vectors side by side, made one long again: the cosine of two is the mean of the encoders' cosines."""

    def __init__(self, *encoders: _Encoder) -> None:
        self._encoders = encoders
        self.fingerprint = "+".join(encoder.fingerprint for encoder in encoders)
        self.dimensions = sum(encoder.dimensions for encoder in encoders)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """As :class:`~rasa_side.encoders.registry.Encoder` promises."""
        joined: np.ndarray = np.concatenate([encoder.encode(texts) for encoder in self._encoders], axis=1)
        return joined / np.sqrt(np.float32(len(self._encoders)))
