"""Coming back with a receipt: status, answers, adding, and closing again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import MediaUnavailable, StaleButton
from bot.messages import Address, Channel, Media, MediaKind
from bot.tips.draft import MAX_CHARACTERS
from bot.tips.locators import new_locator
from bot.tips.status import Status
from bot.tips.visit import OPEN_FOR
from bot.tips.waiting import MAX_PHOTOS
from tests.integration.tips.conftest import NOW, Person, Sent, World, photo


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Flows do the same on every store, so SQLite is enough here; the desks' tests run on both."""
    return sqlite_url



async def opened(world: World, sent: Sent, **changes: object) -> Person:
    visitor = world.visitor(**changes)
    await visitor.press_raw("start")
    await visitor.write(f"{sent.locator} {sent.words}")
    return visitor


async def test_the_receipt_opens_the_tip_from_any_account(world: World) -> None:
    visitor = await opened(world, await world.told(), address=Address(Channel.WEBCHAT, "another"))

    assert visitor.names() == ["receipt.open"] and "Your tip has arrived." in visitor.heard()
    assert visitor.last.erase and visitor.said("receipt.open").sensitive


async def test_the_receipt_may_come_in_several_messages_and_any_order(world: World) -> None:
    sent = await world.told()
    words = sent.words.split()
    visitor = world.visitor()
    await visitor.press_raw("start")
    await visitor.write(" ".join(words[:4]).upper())
    assert visitor.names() == ["receipt.more_words"] and "2 more words" in visitor.heard()
    await visitor.write(" ".join(words[4:]))
    assert visitor.names() == ["receipt.ask_locator"]
    await visitor.write(f"my number is {sent.locator.lower().replace('-', ' ')}")

    assert visitor.names() == ["receipt.open"]


async def test_the_number_may_come_first(world: World) -> None:
    sent = await world.told()
    visitor = world.visitor()
    await visitor.press_raw("start")
    await visitor.write(f"my number is {sent.locator}")
    assert visitor.names() == ["receipt.ask_words"]
    await visitor.write(sent.words)

    assert visitor.names() == ["receipt.open"]


async def test_every_typed_message_is_erased_from_the_chat(world: World) -> None:
    visitor = world.visitor()
    await visitor.press_raw("start")

    for text in ("hello", "K7QF-2M9D", "handheld parade"):
        assert (await visitor.write(text)).erase
    assert (await visitor.send_media(Media(MediaKind.PHOTO))).erase


async def test_wrong_words_and_an_unknown_locator_get_the_same_answer(world: World) -> None:
    sent, other = await world.told(), await world.told()
    visitor = world.visitor()
    await visitor.press_raw("start")
    await visitor.write(f"{sent.locator} {other.words}")
    wrong = visitor.heard()
    await visitor.write(f"{new_locator()} {sent.words}")

    assert visitor.names() == ["receipt.wrong"] and visitor.heard() == wrong


async def test_slips_are_pointed_out_without_costing_a_try(world: World) -> None:
    sent = await world.told()
    visitor = world.visitor()
    await visitor.press_raw("start")
    for _ in range(20):
        await visitor.write("zzqxv " + sent.words)
        assert visitor.names() == ["receipt.unknown_words"]
    await visitor.write(f"{sent.locator} {sent.words}")

    assert visitor.names() == ["receipt.open"]


async def test_guessing_has_to_wait_and_the_owner_does_not(world: World) -> None:
    sent, other = await world.told(), await world.told()
    guesser = world.visitor(address=Address(Channel.TELEGRAM, "guesser"))
    await guesser.press_raw("start")
    for _ in range(6):
        await guesser.write(f"{sent.locator} {other.words}")
    assert guesser.names() == ["receipt.wait"]

    assert (await opened(world, sent)).names() == ["receipt.open"]


async def test_a_moderators_answer_and_the_status_are_read(world: World) -> None:
    sent = await world.told()
    await world.tips.review.reply(world.moderator, sent.tip_id, "Which **street** was it?")
    await world.tips.review.change_status(world.moderator, sent.tip_id, Status.WAITING)
    visitor = await opened(world, sent)

    assert "Which \\*\\*street\\*\\* was it?" in visitor.heard() and "There is a question for you." in visitor.heard()
    assert "A man sells things." not in visitor.heard(), "what was told first is not shown again"


async def test_an_answer_is_confirmed_then_added_and_wakes_the_tip(world: World) -> None:
    sent = await world.told()
    await world.tips.review.change_status(world.moderator, sent.tip_id, Status.WAITING)
    visitor = await opened(world, sent)
    await visitor.write("It was the harbour street.")
    assert visitor.names() == ["receipt.confirm"]
    await visitor.press("add")
    assert visitor.names() == ["receipt.added", "receipt.open"]

    view = await world.tips.review.open(world.moderator, sent.tip_id)
    assert [(entry.author, entry.text) for entry in view.entries][1:] == [("tipster", "It was the harbour street.")]
    assert view.summary.status is Status.IN_REVIEW


async def test_pressing_add_again_after_a_crash_adds_once(world: World) -> None:
    sent = await world.told()
    visitor = await opened(world, sent)
    await visitor.write("More.")
    before = visitor.state
    await visitor.press("add")
    visitor.state = before
    await visitor.press_raw(f"{(before or {})['nonce']}:add")

    assert len((await world.tips.review.open(world.moderator, sent.tip_id)).entries) == 2


async def test_an_answer_can_be_discarded_and_is_warned_about(world: World) -> None:
    sent = await world.told()
    visitor = await opened(world, sent)
    await visitor.write("Ask my brother")
    assert visitor.names() == ["receipt.identity", "receipt.confirm"]
    await visitor.press("discard")

    assert len((await world.tips.review.open(world.moderator, sent.tip_id)).entries) == 1


async def test_several_messages_are_added_as_one(world: World) -> None:
    sent = await world.told()
    visitor = await opened(world, sent)
    await visitor.write("It was red.")
    await visitor.write("And loud.")
    assert "It was red." in visitor.heard() and "And loud." in visitor.heard()
    await visitor.press("add")

    view = await world.tips.review.open(world.moderator, sent.tip_id)
    assert [entry.text for entry in view.entries][1:] == ["It was red.\n\nAnd loud."]


async def test_what_is_too_much_at_once_is_said_and_what_was_there_stays(world: World) -> None:
    visitor = await opened(world, await world.told())
    await visitor.write("first")
    await visitor.write("x" * MAX_CHARACTERS)

    assert visitor.names() == ["receipt.full", "receipt.confirm"] and (visitor.state or {})["pending"] == "first"


async def test_what_may_show_the_writer_is_taken_out_of_an_answer(world: World) -> None:
    sent = await world.told()
    visitor = await opened(world, sent)
    await visitor.write("Ask my brother about it")
    await visitor.press("strike")
    assert visitor.names() == ["receipt.confirm"]
    await visitor.press("add")

    assert (await world.tips.review.open(world.moderator, sent.tip_id)).entries[1].text == "Ask […] about it"


async def test_photos_are_added_where_the_topic_takes_photos(world: World) -> None:
    sent = await world.told(category="dangerous_place")
    visitor = await opened(world, sent)
    step = await visitor.send_media(photo(caption="Here it is"))
    assert step.erase and visitor.names() == ["receipt.confirm"] and "With 1 photo." in visitor.heard()
    await visitor.send_media(photo())
    await visitor.press("add")
    assert visitor.names() == ["receipt.added", "receipt.open"] and "With 2 photos." in visitor.heard()

    entry = (await world.tips.review.open(world.moderator, sent.tip_id)).entries[1]
    assert entry.text == "Here it is" and len(entry.attachments) == 2
    for attachment in entry.attachments:
        shown = await world.tips.review.attachment(world.moderator, sent.tip_id, attachment)
        assert shown.data.startswith(b"\xff\xd8")
    assert not list((world.data / "drafts").iterdir())


async def test_adding_photos_again_after_a_crash_adds_them_once(world: World) -> None:
    sent = await world.told(category="dangerous_place")
    visitor = await opened(world, sent)
    await visitor.send_media(photo())
    before = visitor.state
    await visitor.press("add")
    visitor.state = before
    await visitor.press_raw(f"{(before or {})['nonce']}:add")

    assert visitor.names() == ["receipt.added", "receipt.open"]
    assert len((await world.tips.review.open(world.moderator, sent.tip_id)).entries) == 2


@pytest.mark.parametrize("ending", ["discard", "close"])
async def test_photos_that_are_not_added_are_deleted(world: World, ending: str) -> None:
    visitor = await opened(world, await world.told(category="dangerous_place"))
    await visitor.send_media(photo())
    nonce = (visitor.state or {})["nonce"]
    await visitor.press_raw(f"{nonce}:{ending}")

    assert not list((world.data / "drafts").iterdir())


async def test_photos_lost_from_disk_are_told_before_anything_is_added(world: World) -> None:
    sent = await world.told(category="dangerous_place")
    visitor = await opened(world, sent)
    await visitor.send_media(photo(caption="words"))
    for path in (world.data / "drafts").iterdir():
        path.unlink()
    await visitor.press("add")

    assert visitor.names() == ["tip.photo.lost", "receipt.confirm"]
    assert len((await world.tips.review.open(world.moderator, sent.tip_id)).entries) == 1


async def test_no_photo_is_fetched_for_a_topic_without_photos_or_before_the_tip_is_open(world: World) -> None:
    async def fetch() -> bytes:
        raise AssertionError("downloaded")

    visitor = await opened(world, await world.told(category="drugs"))
    step = await visitor.send_media(Media(MediaKind.PHOTO, fetch=fetch))
    assert step.erase and visitor.names() == ["tip.photo.not_here", "receipt.open"]
    closed = world.visitor()
    await closed.press_raw("start")
    await closed.send_media(Media(MediaKind.PHOTO, fetch=fetch))

    assert closed.names() == ["media.image"]


async def test_photos_that_cannot_be_added_are_refused_with_the_reason(world: World) -> None:
    async def gone() -> bytes:
        raise MediaUnavailable()

    visitor = await opened(world, await world.told(category="dangerous_place"))
    for media, key in (
        (photo(b"not an image"), "tip.photo.unreadable"),
        (Media(MediaKind.PHOTO, size=30 * 1024 * 1024, fetch=gone), "tip.photo.too_large"),
        (Media(MediaKind.PHOTO, fetch=gone), "tip.photo.unavailable"),
        (Media(MediaKind.VIDEO, fetch=gone), "tip.photo.not_a_photo"),
    ):
        await visitor.send_media(media)
        assert visitor.names() == [key, "receipt.open"]
    for _ in range(MAX_PHOTOS):
        await visitor.send_media(photo())
    await visitor.send_media(photo())
    assert visitor.names() == ["tip.photo.enough", "receipt.confirm"]


async def test_an_open_tip_closes_by_itself_and_its_key_is_gone(world: World) -> None:
    visitor = await opened(world, await world.told())
    assert (visitor.state or {})["key"]
    visitor.now = NOW + OPEN_FOR + timedelta(seconds=1)
    await visitor.press("refresh")

    assert visitor.names() == ["receipt.timed_out"] and (visitor.state or {})["key"] == ""


async def test_closing_forgets_everything(world: World) -> None:
    visitor = await opened(world, await world.told())
    await visitor.press("close")
    assert visitor.state is None

    visitor = world.visitor()
    await visitor.press_raw("start")
    await visitor.press_raw("cancel")
    assert visitor.state is None


async def test_buttons_of_an_earlier_visit_are_stale(world: World) -> None:
    visitor = await opened(world, await world.told())
    old = (visitor.state or {})["nonce"]
    await visitor.press_raw("start")

    for rest in (f"{old}:refresh", "x:add", "", "add"):
        with pytest.raises(StaleButton):
            await visitor.press_raw(rest)


async def test_a_deleted_tip_is_told_as_such(world: World) -> None:
    visitor = await opened(world, await world.told())
    visitor.now = NOW + timedelta(minutes=5)
    await world.tips.retention.purge(NOW + timedelta(days=400))
    await visitor.press("refresh")

    assert visitor.names() == ["receipt.deleted"] and visitor.state is None
