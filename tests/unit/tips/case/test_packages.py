"""Making a case package, and finding every way in which one can be wrong."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.crypto import SigningKey
from bot.errors import Invalid
from bot.tips.case import checking, packing
from bot.tips.case.checking import Fault, check
from bot.tips.case.manifest import MANIFEST, SIGNATURE, Item, Kind, Manifest, is_safe
from bot.tips.case.packing import Package, Packer
from bot.tips.case.signing import short_name, sign, written

KEY = SigningKey(bytes(range(32)))
NOW = datetime(2026, 11, 22, 14, 37, 9, tzinfo=UTC)
FORM = Manifest(
    locator="A2B3-C4D5",
    city="Portclair",
    exported_at="2026-11-22T14:37:09Z",
    exported_by="Ana",
    purpose="police",
    reason="Asked by the police: file 17.",
    language="en",
    faro="0.1.0",
    key=short_name(KEY.verify_key),
    files=(),
)
FILES = {"attachments/message-1-1.jpg": b"\xff\xd8 picture", "case.pdf": b"%PDF words"}


def packed(files: dict[str, bytes] = FILES, key: SigningKey = KEY) -> Package:
    packer = Packer(NOW)
    for name, data in files.items():
        packer.add(name, data, Kind.COPY, "ab" * 32)
    return packer.close(replace(FORM, files=tuple(packer.items)), key)


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in entries.items():
            package.writestr(name, data)
    return out.getvalue()


def entries_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "case.zip"
    path.write_bytes(data)
    return path


def test_a_package_holds_what_it_lists_and_fits_its_key(tmp_path: Path) -> None:
    package = packed()
    verdict = check(saved(tmp_path, package.data), KEY.verify_key)
    assert verdict.good and verdict.digest == package.digest and package.files == 2
    assert verdict.manifest is not None and [item.name for item in verdict.manifest.files] == list(FILES)
    assert package.name == "faro-case-a2b3-c4d5-2026-11-22.zip"


def test_equal_input_gives_equal_bytes_dated_to_the_hour() -> None:
    assert packed().data == packed().data
    with zipfile.ZipFile(io.BytesIO(packed().data)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(2026, 11, 22, 14, 0, 0)}


def test_the_manifest_reads_back_as_it_was_and_people_can_read_it() -> None:
    encoded = replace(FORM, city="Città", files=(Item("case.pdf", 1, "ab" * 32, "document"),)).encode()
    assert Manifest.decode(encoded).encode() == encoded
    assert "Città" in encoded.decode() and json.loads(encoded)["format"] == "faro-case/1"


def test_too_much_is_refused_while_it_is_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MAX_BYTES", 10)
    packer = Packer(NOW)
    packer.add("case.pdf", bytes(10), Kind.DOCUMENT)
    with pytest.raises(Invalid, match="too_large"):
        packer.add("more.pdf", b"1", Kind.DOCUMENT)


def _changed(entries: dict[str, bytes]) -> None:
    entries["case.pdf"] = b"%PDF wordS"


def _longer(entries: dict[str, bytes]) -> None:
    entries["case.pdf"] += b"x"


def _shorter(entries: dict[str, bytes]) -> None:
    entries["case.pdf"] = entries["case.pdf"][:-1]


def _missing(entries: dict[str, bytes]) -> None:
    del entries["case.pdf"]


def _additional(entries: dict[str, bytes]) -> None:
    entries["more.pdf"] = b""


def _unsafe(entries: dict[str, bytes]) -> None:
    entries["../../etc/passwd"] = b""


def _manifest_changed(entries: dict[str, bytes]) -> None:
    entries[MANIFEST] = entries[MANIFEST].replace(b"Ana", b"Eve")


def _no_manifest(entries: dict[str, bytes]) -> None:
    del entries[MANIFEST]


def _no_signature(entries: dict[str, bytes]) -> None:
    del entries[SIGNATURE]


def _short_signature(entries: dict[str, bytes]) -> None:
    entries[SIGNATURE] = entries[SIGNATURE][:-1]


def _signed_by_another(entries: dict[str, bytes]) -> None:
    entries[SIGNATURE] = sign(SigningKey(bytes(32)), entries[MANIFEST])


def _other_format(entries: dict[str, bytes]) -> None:
    entries[MANIFEST] = entries[MANIFEST].replace(b"faro-case/1", b"faro-case/9")
    entries[SIGNATURE] = sign(KEY, entries[MANIFEST])


def _signed_nonsense(entries: dict[str, bytes]) -> None:
    entries[MANIFEST] = b"[]"
    entries[SIGNATURE] = sign(KEY, b"[]")


def _huge_manifest(entries: dict[str, bytes]) -> None:
    entries[MANIFEST] = b" " * (checking.MAX_MANIFEST + 1)


TAMPERING: list[tuple[Callable[[dict[str, bytes]], None], str, Fault]] = [
    (_changed, "case.pdf", Fault.CHANGED),
    (_longer, "case.pdf", Fault.CHANGED),
    (_shorter, "case.pdf", Fault.CHANGED),
    (_missing, "case.pdf", Fault.MISSING),
    (_additional, "more.pdf", Fault.ADDITIONAL),
    (_unsafe, "../../etc/passwd", Fault.UNSAFE_NAME),
    (_manifest_changed, MANIFEST, Fault.NOT_SIGNED),
    (_no_manifest, MANIFEST, Fault.NO_MANIFEST),
    (_huge_manifest, MANIFEST, Fault.NO_MANIFEST),
    (_no_signature, SIGNATURE, Fault.NO_SIGNATURE),
    (_short_signature, SIGNATURE, Fault.NO_SIGNATURE),
    (_signed_by_another, MANIFEST, Fault.NOT_SIGNED),
    (_other_format, MANIFEST, Fault.NO_FORMAT),
    (_signed_nonsense, MANIFEST, Fault.NO_FORMAT),
]


@pytest.mark.parametrize(("tamper", "file", "fault"), TAMPERING, ids=[one[0].__name__ for one in TAMPERING])
def test_each_kind_of_tampering_is_named(tmp_path: Path, tamper: Callable[[dict[str, bytes]], None], file: str, fault: Fault) -> None:
    entries = entries_of(packed().data)
    tamper(entries)
    verdict = check(saved(tmp_path, zipped(entries)), KEY.verify_key)
    assert not verdict.good
    assert [(found.file, found.fault) for found in verdict.findings] == [(file, fault)]


def test_a_package_packed_again_by_another_tool_is_still_good(tmp_path: Path) -> None:
    assert check(saved(tmp_path, zipped(entries_of(packed().data), zipfile.ZIP_DEFLATED)), KEY.verify_key).good


def test_several_faults_are_all_named(tmp_path: Path) -> None:
    entries = entries_of(packed().data)
    _changed(entries)
    _additional(entries)
    del entries["attachments/message-1-1.jpg"]
    faults = {found.fault for found in check(saved(tmp_path, zipped(entries)), KEY.verify_key).findings}
    assert faults == {Fault.CHANGED, Fault.ADDITIONAL, Fault.MISSING}


def test_a_name_that_is_there_twice_is_found(tmp_path: Path) -> None:
    out = io.BytesIO(packed().data)
    with zipfile.ZipFile(out, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr("case.pdf", b"other words")
    assert Fault.TWICE in {found.fault for found in check(saved(tmp_path, out.getvalue()), KEY.verify_key).findings}


def test_a_zip_bomb_is_read_no_further_than_the_manifest_allows(tmp_path: Path) -> None:
    entries = {**entries_of(packed().data), "case.pdf": bytes(64 * 1024 * 1024)}
    bomb = saved(tmp_path, zipped(entries, zipfile.ZIP_DEFLATED))
    assert bomb.stat().st_size < 1024 * 1024
    assert [found.fault for found in check(bomb, KEY.verify_key).findings] == [Fault.CHANGED]


def test_a_list_of_very_many_files_is_not_even_read(tmp_path: Path) -> None:
    many = zipped({f"file-{number}": b"" for number in range(5_000)})
    assert [found.fault for found in check(saved(tmp_path, many), KEY.verify_key).findings] == [Fault.TOO_LARGE]


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x05\x06", b"%PDF-1.4 no zip at all", packed().data[:-1], b"in front" + packed().data, packed().data + b"behind"],
)
def test_what_is_no_plain_zip_is_no_package(tmp_path: Path, data: bytes) -> None:
    assert [found.fault for found in check(saved(tmp_path, data), KEY.verify_key).findings] == [Fault.NOT_A_PACKAGE]


def test_every_broken_byte_is_noticed(tmp_path: Path) -> None:
    """One bit turned anywhere: never good, never a crash. (Times and permissions in the ZIP are nobody's promise.)"""
    whole = packed().data
    promised = entries_of(whole)
    for place in range(0, len(whole), 3):
        broken = bytearray(whole)
        broken[place] ^= 0x10
        path = saved(tmp_path, bytes(broken))
        if check(path, KEY.verify_key).good:
            assert entries_of(bytes(broken)) == promised


@pytest.mark.parametrize("name", ["/etc/passwd", "..", "a/../b", "a\\b", "a/b/c", "A.pdf", "", "a/", ".hidden", "con:", "x\n", "é"])
def test_names_that_lead_elsewhere_are_unsafe(name: str) -> None:
    assert not is_safe(name)


@pytest.mark.parametrize("name", [MANIFEST, "../x", "case.pdf/"])
def test_a_signed_manifest_may_not_name_what_must_not_be_in_it(name: str) -> None:
    with pytest.raises(Invalid, match="must not"):
        Manifest.decode(replace(FORM, files=(Item(name, 1, "ab" * 32, "copy"),)).encode())


def test_the_command_says_what_is_wrong_and_ends_with_one(tmp_path: Path) -> None:
    good = saved(tmp_path, packed().data)
    run = CliRunner().invoke(app, ["case", "verify", str(good), "--key", written(KEY.verify_key)])
    assert run.exit_code == 0 and "2 files, complete and unchanged" in run.output and "A2B3-C4D5" in run.output
    entries = entries_of(packed().data)
    _changed(entries)
    bad = saved(tmp_path, zipped(entries))
    run = CliRunner().invoke(app, ["case", "verify", str(bad), "--key", written(KEY.verify_key)])
    assert run.exit_code == 1 and "case.pdf: was changed" in run.output
