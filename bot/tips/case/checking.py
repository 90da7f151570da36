"""Checks a case package. Believes nothing but the public key: the signature comes first, then only what it covers is read.

Nothing is unpacked to disk. Sizes are bounded before anything is read: the list of files by the ZIP's last record, each file by
what the signed manifest says of it.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from bot.crypto import VerifyKey
from bot.errors import Invalid
from bot.tips.case.manifest import MANIFEST, MAX_FILES, SIGNATURE, Item, Manifest, is_safe
from bot.tips.case.signing import SIGNATURE_BYTES, fits, short_name

MAX_PACKAGE = 512 * 1024 * 1024
MAX_MANIFEST = 1024 * 1024
_END = b"PK\x05\x06"
_END_BYTES = 22
_MAX_LIST = 256 * (MAX_FILES + 2)
_BLOCK = 1024 * 1024


class Fault(StrEnum):
    """What can be wrong. The value is said to whoever checks, after the file's name."""

    NOT_A_PACKAGE = "is not a case package of Faro"
    TOO_LARGE = "is larger than a case package can be"
    UNSAFE_NAME = "has a name that could lead out of the folder it is unpacked to"
    TWICE = "is in it twice"
    ENCRYPTED = "is encrypted; a case package never is"
    NO_MANIFEST = "is missing, or larger than a manifest can be"
    NO_SIGNATURE = "is missing, or no signature"
    NOT_SIGNED = "was not signed with this key, or was changed since"
    NO_FORMAT = "is of a format that this version does not know"
    MISSING = "is missing"
    ADDITIONAL = "is not listed in the manifest"
    CHANGED = "was changed: it does not have the size and hash of the manifest"
    UNREADABLE = "cannot be read"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault and the file that has it; ``file`` may be the package itself."""

    file: str
    fault: Fault

    def __str__(self) -> str:
        return f"{self.file}: {self.fault.value}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome. ``manifest`` and ``digest`` (its SHA-256) are given only when the signature fits."""

    findings: tuple[Finding, ...]
    manifest: Manifest | None = None
    digest: str = ""

    @property
    def good(self) -> bool:
        """Signed with this key, complete, unchanged, and nothing beside it."""
        return self.manifest is not None and not self.findings


def check(path: Path, public: VerifyKey) -> Verdict:
    """Check a package against a public key; names everything that is wrong.

    Raises:
        OSError: the file cannot be opened.
    """
    with path.open("rb") as file:
        if fault := _outer_fault(file):
            return Verdict((Finding(path.name, fault),))
        try:
            with zipfile.ZipFile(file) as package:
                return _checked(package, public)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, RuntimeError, EOFError):
            return Verdict((Finding(path.name, Fault.NOT_A_PACKAGE),))


def _outer_fault(file: BinaryIO) -> Fault | None:
    """The ZIP's last record says how long the list of files is, before any of it is read. Packages have no comment."""
    size = file.seek(0, os.SEEK_END)
    if size > MAX_PACKAGE:
        return Fault.TOO_LARGE
    if size < _END_BYTES:
        return Fault.NOT_A_PACKAGE
    file.seek(-_END_BYTES, os.SEEK_END)
    end = file.read(_END_BYTES)
    count, length, start = (int.from_bytes(end[a:b], "little") for a, b in ((10, 12), (12, 16), (16, 20)))
    if end[:4] != _END or end[-2:] != b"\0\0" or start + length + _END_BYTES != size:
        return Fault.NOT_A_PACKAGE
    return Fault.TOO_LARGE if count > MAX_FILES + 2 or length > _MAX_LIST else None


def _checked(package: zipfile.ZipFile, public: VerifyKey) -> Verdict:
    if findings := _bad_entries(package.infolist()):
        return Verdict(tuple(findings))
    encoded, signature = _read(package, MANIFEST, MAX_MANIFEST), _read(package, SIGNATURE, SIGNATURE_BYTES)
    if encoded is None:
        return Verdict((Finding(MANIFEST, Fault.NO_MANIFEST),))
    if signature is None or len(signature) != SIGNATURE_BYTES:
        return Verdict((Finding(SIGNATURE, Fault.NO_SIGNATURE),))
    if not fits(public, encoded, signature):
        return Verdict((Finding(MANIFEST, Fault.NOT_SIGNED),))
    try:
        manifest = Manifest.decode(encoded)
    except Invalid:
        return Verdict((Finding(MANIFEST, Fault.NO_FORMAT),))
    findings = _compared(package, manifest)
    if manifest.key != short_name(public):
        findings.append(Finding(MANIFEST, Fault.NOT_SIGNED))
    return Verdict(tuple(findings), manifest, hashlib.sha256(encoded).hexdigest())


def _bad_entries(entries: list[zipfile.ZipInfo]) -> list[Finding]:
    counted = Counter(entry.filename for entry in entries)
    found = [Finding(_shown(name), Fault.TWICE) for name, times in counted.items() if times > 1]
    found += [Finding(_shown(name), Fault.UNSAFE_NAME) for name in counted if not is_safe(name)]
    return found + [Finding(entry.filename, Fault.ENCRYPTED) for entry in entries if entry.flag_bits & 1]


def _compared(package: zipfile.ZipFile, manifest: Manifest) -> list[Finding]:
    present = set(package.namelist()) - {MANIFEST, SIGNATURE}
    listed = {item.name: item for item in manifest.files}
    found = [Finding(name, Fault.MISSING) for name in sorted(listed.keys() - present)]
    found += [Finding(name, Fault.ADDITIONAL) for name in sorted(present - listed.keys())]
    for name in sorted(present & listed.keys()):
        if fault := _file_fault(package, listed[name]):
            found.append(Finding(name, fault))
    return found


def _file_fault(package: zipfile.ZipFile, item: Item) -> Fault | None:
    """Reads one byte more than the manifest allows and no further, whatever the ZIP says of the size."""
    digest, left = hashlib.sha256(), item.bytes + 1
    try:
        with package.open(item.name) as file:
            while left and (block := file.read(min(_BLOCK, left))):
                digest.update(block)
                left -= len(block)
    except Exception:  # broken compression makes decoders raise almost anything
        return Fault.UNREADABLE
    return None if left == 1 and digest.hexdigest() == item.sha256 else Fault.CHANGED


def _read(package: zipfile.ZipFile, name: str, limit: int) -> bytes | None:
    """A small file; None when it is missing, too large or broken."""
    try:
        with package.open(name) as file:
            data = file.read(limit + 1)
    except Exception:  # see _file_fault
        return None
    return data if len(data) <= limit else None


def _shown(name: str) -> str:
    """A name that may hold anything, as it can be printed."""
    return ascii(name)[1:-1][:120]
