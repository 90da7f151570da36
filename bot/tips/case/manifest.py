"""The manifest: what is in a case package, with the hash of each file. Its exact bytes are what is signed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.errors import Invalid

FORMAT = "faro-case/1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
MAX_FILES = 200
"""Files that one package may list."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,80}(?:/[a-z0-9][a-z0-9._-]{0,80})?")
_HASH = re.compile(r"[0-9a-f]{64}")


class Purpose(StrEnum):
    """Why a tip is handed on, or masked words are looked at. The audit trail keeps this, never the words beside it."""

    DANGER = "danger"
    POLICE = "police"
    COURT = "court"
    PARTNER = "partner"
    CHECK = "check"


class Kind(StrEnum):
    """What a file of the package is."""

    DOCUMENT = "document"
    COPY = "copy"
    """A picture drawn anew, without metadata."""
    ORIGINAL = "original"
    """The bytes as they came."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file. ``sha256_original``: of the bytes as they came, for a copy of them; else empty."""

    name: str
    bytes: int
    sha256: str
    kind: str
    sha256_original: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is known about a package. It names the tip's locator, which opens nothing, and never the receipt.

    ``exported_by``: name of the member of staff; ``reason``: their words. ``key``: the signing key's short name.
    """

    locator: str
    city: str
    exported_at: str
    exported_by: str
    purpose: str
    reason: str = field(repr=False)
    language: str
    faro: str
    key: str
    files: tuple[Item, ...]
    format: str = FORMAT

    def encode(self) -> bytes:
        """The file: JSON in UTF-8 that people can read, keys in alphabetical order."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8", "replace")

    @classmethod
    def decode(cls, data: bytes) -> Manifest:
        """Read a manifest whose signature was checked.

        Raises:
            Invalid: ``manifest``: it is not one of this format, or a name in it leads out of the package.
        """
        try:
            value = json.loads(data)
            files = tuple(Item(**item) for item in value.pop("files"))
            manifest = cls(**value, files=files)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise Invalid("manifest", "manifest", "the manifest cannot be read") from error
        if manifest.format != FORMAT or len(files) > MAX_FILES or not all(map(_is_sound, files)):
            raise Invalid("manifest", "manifest", "the manifest is of another format, or names what must not be in it")
        return manifest


def is_safe(name: str) -> bool:
    """Whether a name stays inside the folder it is unpacked to: small letters, digits, one folder at most."""
    return bool(_NAME.fullmatch(name)) and ".." not in name


def _is_sound(item: Item) -> bool:
    sizes = isinstance(item.bytes, int) and item.bytes >= 0
    words: Sequence[Any] = (item.name, item.sha256, item.kind, item.sha256_original)
    if not sizes or not all(isinstance(word, str) for word in words):
        return False
    return is_safe(item.name) and item.name not in (MANIFEST, SIGNATURE) and bool(_HASH.fullmatch(item.sha256))


def moment(now: datetime) -> str:
    """As it stands in a manifest: UTC, to the second."""
    return now.isoformat(timespec="seconds").replace("+00:00", "Z")
