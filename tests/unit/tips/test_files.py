"""Sealed files: whole or not there, private, and silent about the minute they came."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import SealBroken
from bot.tips.files import SealedFiles

NOW = datetime(2026, 11, 21, 22, 41, 7, tzinfo=UTC)
NAME = "0" * 32 + ".view"


@pytest.fixture
def files(tmp_path: Path) -> SealedFiles:
    return SealedFiles(tmp_path / "tips")


def test_what_is_written_is_read(files: SealedFiles) -> None:
    files.write(NAME, [b"sealed"], NOW)

    assert files.read(NAME) == b"sealed"


def test_only_the_owner_may_read_and_the_time_is_cut_to_the_hour(files: SealedFiles, tmp_path: Path) -> None:
    files.write(NAME, [b"sealed"], NOW)
    found = (tmp_path / "tips" / NAME).stat()

    assert stat.S_IMODE(found.st_mode) == 0o600
    assert datetime.fromtimestamp(found.st_mtime, UTC) == NOW.replace(minute=0, second=0)


@pytest.mark.parametrize("name", ["../secret.view", "x.view", "0" * 32, "0" * 32 + ".v/w", "0" * 31 + "G.view"])
def test_a_name_never_leaves_the_folder(files: SealedFiles, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        files.write(name, [b""], NOW)


def test_a_missing_file_counts_as_broken(files: SealedFiles) -> None:
    with pytest.raises(SealBroken):
        files.read(NAME)


def test_purging_spares_what_is_known_or_young(files: SealedFiles) -> None:
    known, old, young = ("1" * 32, "2" * 32, "3" * 32)
    files.write(f"{known}.view", [b""], NOW - timedelta(days=9))
    files.write(f"{old}.view", [b""], NOW - timedelta(days=9))
    files.write(f"{young}.view", [b""], NOW)

    assert files.purge(NOW - timedelta(days=1), frozenset({known})) == 1
    files.read(f"{known}.view"), files.read(f"{young}.view")


def test_purging_a_folder_that_never_was_is_nothing(files: SealedFiles) -> None:
    assert files.purge(NOW) == 0
