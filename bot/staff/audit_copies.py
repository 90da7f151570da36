"""Heads of the audit trail, kept in a file elsewhere: a line each, only ever added. ``FARO_AUDIT_HEAD_FILE`` names it.

Whoever can rewrite the whole database can rebuild the chain, but not what was written to another machine's disk meanwhile.
"""

from __future__ import annotations

import re
from pathlib import Path

from bot.errors import SettingsError
from bot.staff.audit import AuditHead

_LINE = re.compile(r"(\d{1,18}) ([0-9a-f]{64})")


def keep(file: Path, head: AuditHead) -> None:
    """Add a head, unless it is the last one there.

    Raises:
        OSError: the file cannot be written.
    """
    line = f"{head.number} {head.hash}"
    if file.exists() and file.read_text().rstrip("\n").rpartition("\n")[2] == line:
        return
    with file.open("a") as lines:
        lines.write(f"{line}\n")


def read(file: Path) -> list[AuditHead]:
    """The heads that were kept.

    Raises:
        SettingsError: the file cannot be read, or a line is none.
    """
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{file} cannot be read") from None
    found = [_LINE.fullmatch(line) for line in lines]
    if wrong := next((number for number, match in enumerate(found, 1) if match is None), None):
        raise SettingsError(f"{file}: line {wrong} is no head; it should read like: 1204 9f86d0…")
    return [AuditHead(int(match[1]), match[2]) for match in found if match]
