"""Files that wait in a draft, or at the receipt, until they are sent: plain JSON in the sealed state, and how many there may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypedDict

from bot.messages import Utterance
from bot.tips.kinds import FileKind
from bot.tips.photos import MAX_BYTES

MAX_PHOTOS = 5
MAX_FILES = 5
"""Recordings, videos and documents together."""
MAX_TOTAL = 60 * 1024 * 1024
"""Bytes of everything that waits in one tip."""
MEGABYTE = 1024 * 1024

LIMITS = {"limit": MAX_PHOTOS, "files": MAX_FILES, "megabytes": MAX_BYTES // MEGABYTE, "total": MAX_TOTAL // MEGABYTE}
"""For the texts that say what may be sent."""


class Waiting(TypedDict):
    """One file. ``id`` names its sealed file, ``key`` (hex) opens it. ``suffix``: see :class:`bot.tips.kinds.Sniffed`.

    ``agreed``: the person knows what it may give away, and wants it in.
    """

    id: str
    key: str
    kind: str
    suffix: str
    size: int
    sha256: str
    name: str
    agreed: bool


def photos_of(files: Sequence[Waiting]) -> list[Waiting]:
    """Those of which a copy without hidden data can be made."""
    return [file for file in files if file["kind"] == FileKind.PHOTO]


def unagreed(files: Sequence[Waiting]) -> list[str]:
    """Kinds of the files about which the person has not decided yet, each once, in one order."""
    open_kinds = {file["kind"] for file in files if not file["agreed"]}
    return [kind.value for kind in FileKind if kind.value in open_kinds]


def listed(files: Sequence[Waiting]) -> list[Utterance]:
    """A line for each kind that there is."""
    return counted([file["kind"] for file in files])


def counted(kinds: Sequence[str]) -> list[Utterance]:
    """A line for each kind that there is, with how many there are."""
    count = Counter(kinds)
    key = {FileKind.PHOTO: "tip.photos"}
    return [Utterance(key.get(kind, f"tip.files.{kind.value}"), {"count": count[kind]}) for kind in FileKind if count[kind]]


def warnings(kinds: Sequence[str]) -> list[Utterance]:
    """What files of these kinds may give away about the person; photos are drawn anew, so nothing."""
    return [Utterance(f"tip.file.warn.{kind}") for kind in kinds if kind != FileKind.PHOTO]
