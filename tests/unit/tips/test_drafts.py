"""Files that wait: sealed at once, under their own key, and named harmlessly."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import Invalid, MediaUnavailable, SealBroken
from bot.messages import Media, MediaKind
from bot.tips.drafts import DraftFiles, clean_name
from bot.tips.files import SealedFiles
from bot.tips.kinds import FileKind
from tests.unit.tips.samples import jpeg, pdf

NOW = datetime(2026, 11, 21, 22, 41, 7, tzinfo=UTC)
EVERYTHING = tuple(FileKind)


def sent(data: bytes, kind: MediaKind = MediaKind.DOCUMENT, name: str = "") -> Media:
    async def fetch() -> bytes:
        return data

    return Media(kind, fetch=fetch, name=name)


@pytest.fixture
def drafts(tmp_path: Path) -> DraftFiles:
    return DraftFiles(tmp_path / "drafts")


async def test_a_file_is_sealed_when_it_comes_and_opens_with_its_key_only(drafts: DraftFiles, tmp_path: Path) -> None:
    file = await drafts.keep(sent(pdf(b"canaryauthor"), name="canaryname.pdf"), EVERYTHING, NOW)
    [path] = (tmp_path / "drafts").iterdir()

    assert b"canary" not in path.read_bytes() and b"%PDF" not in path.read_bytes() and "canary" not in path.name
    assert drafts.read(file) == pdf(b"canaryauthor")
    with pytest.raises(SealBroken):
        drafts.read({**file, "key": "00" * 32})


async def test_one_sealed_file_does_not_pass_for_another(drafts: DraftFiles, tmp_path: Path) -> None:
    one, other = [await drafts.keep(sent(pdf(words)), EVERYTHING, NOW) for words in (b"1", b"2")]
    (tmp_path / "drafts" / f"{one['id']}.draft").write_bytes((tmp_path / "drafts" / f"{other['id']}.draft").read_bytes())

    with pytest.raises(SealBroken):
        drafts.read(one)


async def test_a_handed_over_file_stays_when_the_draft_is_dropped_and_is_not_copied(drafts: DraftFiles, tmp_path: Path) -> None:
    file = await drafts.keep(sent(pdf()), EVERYTHING, NOW)
    tips, name = SealedFiles(tmp_path / "tips"), "0" * 32 + ".original"
    drafts.hand_over(file, tips, name, NOW)
    assert (tmp_path / "tips" / name).stat().st_nlink == 2
    await drafts.drop([file])

    assert tips.read(name) and not list((tmp_path / "drafts").iterdir())


async def test_a_picture_sent_as_a_file_is_a_photo_where_only_photos_are_taken(drafts: DraftFiles) -> None:
    assert (await drafts.keep(sent(jpeg()), (FileKind.PHOTO,), NOW))["kind"] == "photo"
    with pytest.raises(Invalid, match="not_allowed"):
        await drafts.keep(sent(pdf()), (FileKind.PHOTO,), NOW)


async def test_what_says_that_it_is_a_photo_must_be_one(drafts: DraftFiles, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="unreadable"):
        await drafts.keep(sent(pdf(), MediaKind.PHOTO), EVERYTHING, NOW)
    assert not (tmp_path / "drafts").exists()


async def test_a_file_that_says_no_size_and_is_too_large_is_refused(drafts: DraftFiles) -> None:
    with pytest.raises(Invalid, match="too_large"):
        await drafts.keep(sent(bytes(20 * 1024 * 1024 + 1)), EVERYTHING, NOW)
    with pytest.raises(MediaUnavailable):
        await drafts.keep(Media(MediaKind.DOCUMENT), EVERYTHING, NOW)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("letter.pdf", "letter.pdf"),
        ("/home/nobody/letter.pdf", "letter.pdf"),
        ("C:\\Users\\nobody\\letter.pdf", "letter.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ('a"\r\nSet-Cookie: b', 'a"Set-Cookie: b'),
        ("..", ""),
        ("x" * 200 + ".pdf", "x" * 76 + ".pdf"),
    ],
)
def test_a_name_is_shown_without_path_or_tricks(name: str, clean: str) -> None:
    assert clean_name(name) == clean
