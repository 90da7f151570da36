"""Sealed files on disk, named at random. Blocking: call these in a thread.

Their times are cut to the hour, like all times of tips. (The file system's own change time cannot be set; see the ADR.)
"""

from __future__ import annotations

import os
import re
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path

from bot.errors import SealBroken
from bot.tips.tables import coarse

_NAME = re.compile(r"[0-9a-f]{32}\.[a-z]{1,10}")


class SealedFiles:
    """A folder of files that hold sealed bytes only.

    Args:
        folder: made on first use, readable by its user only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, sealed: bytes, now: datetime) -> None:
        """Store under ``<32 hex digits>.<kind>``: complete or not at all, also through a power cut."""
        path = self._path(name)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_suffix(".partial")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        hour = coarse(now).timestamp()
        os.utime(partial, (hour, hour))
        partial.replace(path)
        _sync_folder(self._folder)

    def read(self, name: str) -> bytes:
        """The sealed bytes. Raises SealBroken when the file is gone."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise SealBroken("the sealed file is missing") from error

    def delete(self, *names: str) -> None:
        """Remove those that are there."""
        for name in names:
            self._path(name).unlink(missing_ok=True)

    def purge(self, older_than: datetime, keep: AbstractSet[str] = frozenset()) -> int:
        """Remove files written before a moment whose id (the name before the dot) is not in ``keep``; returns how many."""
        gone = 0
        for path in self._folder.iterdir() if self._folder.exists() else ():
            if path.stem not in keep and path.stat().st_mtime < older_than.timestamp():
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("not the name of a sealed file")
        return self._folder / name


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
