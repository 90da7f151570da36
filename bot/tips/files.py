"""Sealed files on disk, named at random. Blocking: call these in a thread.

Their times are cut to the hour, like all times of tips. (The file system's own change time cannot be set; see the ADR.)
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

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

    def write(self, name: str, sealed: Iterable[bytes], now: datetime) -> None:
        """Store sealed pieces under ``<32 hex digits>.<kind>``: complete or not at all, also through a power cut."""
        path = self._path(name)
        partial = path.with_suffix(".partial")
        try:
            self._write(partial, sealed)
            self._settle(partial, path, now)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise

    def adopt(self, other: SealedFiles, name: str, new_name: str, now: datetime) -> None:
        """Give a file of another folder a name here, too, without copying it where the disk can do that.

        Raises:
            SealBroken: it is gone.
        """
        path = self._path(new_name)
        partial = path.with_suffix(".partial")
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.link(other._path(name), partial)
        except FileNotFoundError as error:
            raise SealBroken("the sealed file is missing") from error
        except OSError:  # another disk, or one without links
            with other.open(name) as file:
                self.write(new_name, _pieces(file), now)
            return
        self._settle(partial, path, now)

    def open(self, name: str) -> BinaryIO:
        """The sealed file, to be read. Raises SealBroken when it is gone."""
        try:
            return self._path(name).open("rb")
        except FileNotFoundError as error:
            raise SealBroken("the sealed file is missing") from error

    def read(self, name: str) -> bytes:
        """The sealed bytes. Raises SealBroken when the file is gone."""
        with self.open(name) as file:
            return file.read()

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

    def _write(self, path: Path, sealed: Iterable[bytes]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.writelines(sealed)
            file.flush()
            os.fsync(file.fileno())

    def _settle(self, partial: Path, path: Path, now: datetime) -> None:
        hour = coarse(now).timestamp()
        os.utime(partial, (hour, hour))
        partial.replace(path)
        _sync_folder(self._folder)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("not the name of a sealed file")
        return self._folder / name


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(1024 * 1024):
        yield piece


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
