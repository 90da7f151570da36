"""What texts mean, as vectors: who computes them, and the store that keeps those of passages.

A vector is little-endian float32 of length 1. Vectors may be compared when they come from the same encoder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy import delete, select

from bot.knowledge.tables import PassageVectorRow
from bot.storage import Database, insert_or_ignore

Matrix: TypeAlias = npt.NDArray[np.float32]
"""Vectors, one a row; or a single one."""

_AT_ONCE = 500


class Embedded(Protocol):
    """Vectors in the order of the texts, and the encoder they come from (its name and fingerprint)."""

    @property
    def encoder(self) -> str: ...

    @property
    def vectors(self) -> tuple[bytes, ...]: ...


class Embedder(Protocol):
    """Whoever can say what texts mean: the dialogue model's encoder."""

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """The vectors of a few dozen texts at most. Raises FaroError while nobody can."""


def as_array(vector: bytes) -> Matrix:
    """The numbers of a vector."""
    return np.frombuffer(vector, dtype="<f4").astype(np.float32)


def name_of(passage: str) -> str:
    """The name of a passage in the store."""
    return hashlib.sha256(passage.encode("utf-8", "replace")).hexdigest()


class PassageVectors:
    """The store of passages' vectors: a restart computes nothing twice."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, encoder: str) -> dict[str, bytes]:
        """Everything that this encoder has said, by the passages' names."""
        query = select(PassageVectorRow.hash, PassageVectorRow.vector).where(PassageVectorRow.encoder == encoder)
        async with self._database.read() as session:
            return {row.hash: row.vector for row in await session.execute(query)}

    async def save(self, encoder: str, vectors: Mapping[str, bytes]) -> None:
        """Keep some; what another process kept meanwhile is the same."""
        rows = [{"encoder": encoder, "hash": name, "vector": vector} for name, vector in vectors.items()]
        async with self._database.begin() as session:
            await session.execute(insert_or_ignore(session, PassageVectorRow), rows)

    async def forget(self, encoder: str, unused: Collection[str]) -> None:
        """Delete passages that no article has any more, and what other encoders said."""
        names = sorted(unused)
        async with self._database.begin() as session:
            await session.execute(delete(PassageVectorRow).where(PassageVectorRow.encoder != encoder))
            for start in range(0, len(names), _AT_ONCE):
                some = names[start : start + _AT_ONCE]
                await session.execute(
                    delete(PassageVectorRow).where(PassageVectorRow.encoder == encoder, PassageVectorRow.hash.in_(some))
                )
