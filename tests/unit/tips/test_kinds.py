"""Kinds of files are told by their bytes; what is no proof, or not whole, is refused with a reason."""

from __future__ import annotations

import io
import zipfile

import pytest

from bot.errors import Invalid
from bot.tips.kinds import FileKind, sniff
from tests.unit.tips.samples import docx, mp4, odt, pdf, zipped


def reason(data: bytes) -> str:
    with pytest.raises(Invalid) as raised:
        sniff(data)
    assert raised.value.field == "file"
    return raised.value.code


@pytest.mark.parametrize(
    ("data", "kind", "suffix"),
    [
        (b"\xff\xd8\xff\xe0", FileKind.PHOTO, "jpg"),
        (b"\x89PNG\r\n\x1a\n", FileKind.PHOTO, "png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", FileKind.PHOTO, "webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", FileKind.AUDIO, "wav"),
        (b"ID3\x04", FileKind.AUDIO, "mp3"),
        (b"\xff\xfb\x90\x00", FileKind.AUDIO, "mp3"),
        (b"fLaC", FileKind.AUDIO, "flac"),
        (b"#!AMR\n", FileKind.AUDIO, "amr"),
        (b"OggS\0OpusHead", FileKind.AUDIO, "ogg"),
        (b"OggS\0\x80theora", FileKind.VIDEO, "ogv"),
        (b"RIFF\0\0\0\0AVI LIST", FileKind.VIDEO, "avi"),
        (b"\x1a\x45\xdf\xa3\x42\x82\x84webm", FileKind.VIDEO, "webm"),
        (mp4(), FileKind.VIDEO, "mp4"),
        (mp4(b"M4A "), FileKind.AUDIO, "m4a"),
        (pdf(), FileKind.DOCUMENT, "pdf"),
        (docx(), FileKind.DOCUMENT, "docx"),
        (odt(), FileKind.DOCUMENT, "odt"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), FileKind.DOCUMENT, "doc"),
        (b"{\\rtf1 words}", FileKind.DOCUMENT, "rtf"),
        ("Où étais-tu ?\n".encode(), FileKind.DOCUMENT, "txt"),
    ],
)
def test_what_people_send_as_proof_is_known(data: bytes, kind: FileKind, suffix: str) -> None:
    assert sniff(data) == (kind, suffix)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02",
        b"#!/bin/sh\nrm",
        b"<html><script>",
        b"\xef\xbb\xbf <svg onload=x>",
        b"GIF89a\0",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
        zipped({"holiday.jpg": b"x"}),
        b"\x1b]0;title\x07",
        b"caf\xe9",
    ],
)
def test_programs_pages_and_packed_folders_are_refused(data: bytes) -> None:
    assert reason(data) == "unknown"


@pytest.mark.parametrize("whole", [mp4(), pdf(), docx(), odt()])
def test_a_file_that_was_cut_short_is_refused_while_it_can_be_sent_again(whole: bytes) -> None:
    assert reason(whole[: len(whole) // 2]) == "broken"


def test_a_container_holds_sound_where_the_channel_says_so_and_nothing_else_is_believed() -> None:
    assert sniff(mp4(), heard=True) == (FileKind.AUDIO, "m4a")
    assert sniff(pdf(), heard=True).kind is FileKind.DOCUMENT


def test_a_zip_bomb_is_never_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"")
        archive.writestr("word/document.xml", bytes(50_000_000))

    assert len(out.getvalue()) < 100_000 and sniff(out.getvalue()).suffix == "docx"


def test_boxes_without_end_are_cut_off() -> None:
    assert reason(mp4() + (8).to_bytes(4, "big") + b"free" + b"\0\0\0\x08free" * 20_000) == "broken"
