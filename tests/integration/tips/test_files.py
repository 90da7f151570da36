"""Recordings, videos and documents: asked about, limited, sealed, and found again as they came."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import NotFound, StaleButton
from bot.messages import Media, MediaKind
from bot.tips import taking
from bot.tips.waiting import MAX_FILES
from tests.integration.tips.conftest import Category, Person, World, photo, reach_story
from tests.integration.tips.test_canary import searched
from tests.unit.tips.samples import damaged, docx, mp4, pdf

MEGABYTE = 1024 * 1024
VOICE = b"OggS" + bytes(200)
TAKEN = ("tip.added", "tip.file.check")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is not about rows is shown on one store."""
    return sqlite_url


@pytest.fixture(autouse=True)
def filed(world: World) -> None:
    """A category that takes everything."""
    world.city.tip_categories = (Category("raid", photos=True, files=True), *world.city.tip_categories)


async def telling(world: World, category: str = "raid") -> Person:
    person = world.tipster()
    await reach_story(person, category)
    return person


async def told_with(world: World, data: bytes, kind: MediaKind, **more: str) -> tuple[str, str]:
    """A tip with one file that was sent; the ids of both."""
    person = await telling(world)
    await person.send_media(photo(data, kind=kind, **more))
    if "tip.file.check" in person.names():
        await person.press("agree")
    await person.press("done")
    await person.press("send")
    [tip] = await world.tips.review.queue()
    [entry] = (await world.tips.review.open(world.moderator, tip.id)).entries
    return tip.id, entry.files[0].id


@pytest.mark.parametrize(
    ("kind", "data", "warning", "line"),
    [
        (MediaKind.VOICE, VOICE, "voice can show who you are", "1 recording"),
        (MediaKind.AUDIO, mp4(b"M4A "), "voice can show who you are", "1 recording"),
        (MediaKind.VIDEO, mp4(), "A face", "1 video"),
        (MediaKind.DOCUMENT, pdf(), "A document can hold a name", "1 document"),
        (MediaKind.DOCUMENT, mp4(), "A face", "1 video"),
    ],
)
async def test_what_a_file_may_give_away_is_said_and_the_person_decides(
    world: World, kind: MediaKind, data: bytes, warning: str, line: str
) -> None:
    person = await telling(world)
    assert person.names() == ["tip.ask.what_files"] and "20 MB" in person.heard() and "A voice or a face" in person.heard()
    await person.send_media(photo(data, kind=kind))
    assert person.names() == ["tip.file.check"] and warning in person.heard()
    await person.press("leave")
    assert person.names() == ["tip.file.left", "tip.ask.what_files"] and not list((world.data / "drafts").iterdir())
    await person.send_media(photo(data, kind=kind, caption="That is it"))
    await person.press("agree")
    await person.press("done")
    assert line in person.heard() and "That is it" in person.heard()


async def test_nothing_is_sent_with_a_file_that_was_not_decided_about(world: World) -> None:
    person = await telling(world)
    await person.write("words")
    await person.send_media(photo(VOICE, kind=MediaKind.VOICE))
    await person.write("more words")
    assert person.names() == ["tip.file.check"]
    nonce = (person.state or {})["nonce"]
    await person.press_raw(f"{nonce}:done")
    assert person.names() == ["tip.file.check"]
    await person.press("agree")
    with pytest.raises(StaleButton):
        await person.press_raw(f"{nonce}:agree")
    await person.press("done")
    await person.press("edit:what")
    await person.send_media(photo(VOICE, kind=MediaKind.VOICE))
    await person.press("back")
    assert person.names() == ["tip.file.check"], "no way round it through a correction"


@pytest.mark.parametrize("kind", [MediaKind.VOICE, MediaKind.AUDIO, MediaKind.VIDEO, MediaKind.DOCUMENT])
@pytest.mark.parametrize("category", ["drugs", "dangerous_place"])
async def test_no_file_is_fetched_where_none_is_taken(world: World, kind: MediaKind, category: str) -> None:
    async def fetch() -> bytes:
        raise AssertionError("downloaded")

    person = await telling(world, category)
    step = await person.send_media(Media(kind, fetch=fetch))
    assert step.erase and person.names()[0] in ("tip.photo.not_here", "tip.photo.not_a_photo", "tip.media_refused")


async def test_number_and_size_have_limits_that_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await telling(world)
    await person.send_media(Media(MediaKind.VIDEO, size=21 * MEGABYTE, fetch=photo().fetch))
    assert person.names()[0] == "tip.file.too_large" and "at most 20 MB" in person.heard()
    for _ in range(MAX_FILES):
        await person.send_media(photo(VOICE, kind=MediaKind.VOICE))
    await person.send_media(photo(VOICE, kind=MediaKind.VOICE))
    assert person.names()[0] == "tip.file.enough"
    await person.send_media(photo())
    assert person.names() == ["tip.file.check"], "photos are counted apart"
    assert len(list((world.data / "drafts").iterdir())) == MAX_FILES + 1


async def test_together_they_may_not_grow_too_large(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "MAX_TOTAL", 1000)
    person = await telling(world)
    await person.send_media(photo(VOICE, kind=MediaKind.VOICE))
    await person.send_media(photo(b"OggS" + bytes(900), kind=MediaKind.VOICE))
    assert person.names()[0] == "tip.file.too_much"
    await person.send_media(replace(photo(b"OggS" + bytes(900), kind=MediaKind.VOICE), size=None))
    assert person.names()[0] == "tip.file.too_much" and len(list((world.data / "drafts").iterdir())) == 1


async def test_files_go_when_the_topic_changes_to_one_that_takes_photos_only(world: World) -> None:
    person = await telling(world)
    await person.send_media(photo())
    await person.send_media(photo(pdf(), kind=MediaKind.DOCUMENT))
    await person.press("agree")
    await person.press("done")
    await person.press("edit:category")
    await person.press("about:dangerous_place")

    assert person.names() == ["tip.file.dropped", "tip.review"] and len(list((world.data / "drafts").iterdir())) == 1


async def test_a_document_reaches_the_moderator_as_it_came_and_is_never_a_view(world: World) -> None:
    tip_id, file_id = await told_with(world, pdf(), MediaKind.DOCUMENT, name="/home/nobody/Letter.pdf")
    found = await world.tips.moderation.attachments.download(world.moderator, tip_id, file_id)

    assert found.data == pdf() and found.about.name == "Letter.pdf" and found.about.suffix == "pdf"
    assert not list((world.data / "drafts").iterdir())
    with pytest.raises(NotFound):
        await world.tips.review.attachment(world.moderator, tip_id, file_id)


async def test_files_are_added_with_the_receipt_after_the_same_warning(world: World) -> None:
    sent = await world.told(category="raid")
    visitor = world.visitor()
    await visitor.press_raw("start")
    await visitor.write(f"{sent.locator} {sent.words}")
    step = await visitor.send_media(photo(VOICE, kind=MediaKind.VOICE))
    assert step.erase and visitor.names() == ["tip.file.warn.audio", "receipt.confirm"]
    await visitor.press("discard")
    assert not list((world.data / "drafts").iterdir())
    await visitor.send_media(photo(docx(), kind=MediaKind.DOCUMENT))
    await visitor.press("add")
    assert "1 document" in visitor.heard()
    entry = (await world.tips.review.open(world.moderator, sent.tip_id)).entries[-1]
    found = await world.tips.moderation.attachments.download(world.moderator, sent.tip_id, entry.files[0].id)
    assert found.data == docx()


async def test_a_hundred_malformed_files_each_get_an_answer_and_leave_nothing(world: World) -> None:
    """Pictures, PDFs, ZIPs and videos, cut or changed: refused with a reason or kept as they are; never an error."""
    person = await telling(world)
    for number, data in enumerate(damaged(100)):
        kind = (MediaKind.DOCUMENT, MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.VOICE)[number // 8 % 4]
        await person.send_media(photo(data, kind=kind))
        [answer] = person.names()[:1]
        assert answer in TAKEN or answer.startswith(("tip.file.", "tip.photo.")), answer
        if answer in TAKEN:
            await person.press_raw(f"{(person.state or {})['nonce']}:wipe")
        assert not (world.data / "drafts").exists() or not list((world.data / "drafts").iterdir())


async def test_neither_name_nor_hidden_details_of_a_file_are_found_anywhere(world: World) -> None:
    data = pdf(b"zanzibarquokka")
    tip_id, file_id = await told_with(world, data, MediaKind.DOCUMENT, name="CanaryCamera.pdf")
    await world.tips.moderation.attachments.download(world.moderator, tip_id, file_id)
    assert searched(world.data) == {}
    await world.tips.moderation.attachments.seal_off(world.moderator, tip_id, file_id)
    assert searched(world.data) == {}
