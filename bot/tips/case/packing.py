"""Puts a case package together, in memory: nothing of it is ever written to disk here."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.crypto import SigningKey
from bot.errors import Invalid
from bot.tips.case.manifest import MANIFEST, SIGNATURE, Item, Kind, Manifest
from bot.tips.case.signing import sign
from bot.tips.tables import coarse

MAX_BYTES = 64 * 1024 * 1024
"""Of all files together. Making a package needs about three times that of memory, and one is made at a time."""


@dataclass(frozen=True, slots=True)
class Package:
    """A finished package. ``digest``: the manifest's SHA-256, which stands for all of it."""

    name: str
    data: bytes = field(repr=False)
    digest: str
    files: int


class Packer:
    """Collects files, then closes them with a signed manifest.

    Args:
        now: names the hour that every file of the ZIP is dated with; equal input gives equal bytes.
    """

    def __init__(self, now: datetime) -> None:
        self._date = coarse(now.astimezone(UTC)).timetuple()[:6]
        self._buffer = io.BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w", zipfile.ZIP_STORED)
        self._size = 0
        self.items: list[Item] = []

    def add(self, name: str, data: bytes, kind: Kind, sha256_original: str = "") -> None:
        """Add a file.

        Raises:
            Invalid: ``files``, ``too_large``: together they are larger than :data:`MAX_BYTES`.
        """
        self._size += len(data)
        if self._size > MAX_BYTES:
            raise Invalid("files", "too_large")
        self._write(name, data)
        self.items.append(Item(name, len(data), hashlib.sha256(data).hexdigest(), kind.value, sha256_original))

    def close(self, manifest: Manifest, key: SigningKey) -> Package:
        """Add the manifest and its signature; nothing can be added afterwards."""
        encoded = manifest.encode()
        self._write(MANIFEST, encoded)
        self._write(SIGNATURE, sign(key, encoded))
        self._zip.close()
        name = f"faro-case-{manifest.locator.lower()}-{manifest.exported_at[:10]}.zip"
        return Package(name, self._buffer.getvalue(), hashlib.sha256(encoded).hexdigest(), len(self.items))

    def _write(self, name: str, data: bytes) -> None:
        entry = zipfile.ZipInfo(name, self._date)
        entry.external_attr = 0o600 << 16
        entry.create_system = 3  # Unix, wherever it is made
        self._zip.writestr(entry, data)
