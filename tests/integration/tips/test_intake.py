"""Telling a tip, from the first four lines to the receipt."""

from __future__ import annotations

import pytest

from bot.crypto import PrivateKey
from bot.errors import MediaUnavailable, NotAllowed, StaleButton
from bot.messages import Media, MediaKind
from bot.tips.draft import MAX_CHARACTERS, MAX_MESSAGES
from bot.tips.status import Status
from bot.tips.vault import Reader, ReaderKey
from bot.tips.waiting import MAX_PHOTOS
from tests.integration.tips.conftest import NOW, World, photo, reach_review, reach_story


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Flows do the same on every store, so SQLite is enough here; the desks' tests run on both."""
    return sqlite_url



async def test_the_first_thing_said_is_what_is_stored_who_reads_what_telegram_knows_and_how_long(world: World) -> None:
    person = world.tipster()
    await person.press_raw("start")

    heard = person.heard()
    assert all(word in heard for word in ("Stored:", "Read by:", "Telegram knows", "365 days", "112"))


async def test_a_whole_tip_reaches_the_moderator_as_it_was_told(world: World) -> None:
    person = world.tipster()
    await person.press_raw("start")
    await person.press("begin")
    await person.press("about:drugs")
    assert "1 of 3" in person.heard()
    await person.write("Behind the station")
    await person.write("last night around ten")
    await person.press("right")
    assert "3 of 3" in person.heard()
    await person.write("A man sells things.")
    await person.write("He has a red jacket.")
    await person.press("done")
    heard = person.heard()
    assert all(part in heard for part in ("Behind the station", "last night around ten", "A man sells things.", "red jacket", "Drugs"))
    await person.press("send")

    [summary] = await world.tips.review.queue()
    view = await world.tips.review.open(world.moderator, summary.id)
    assert (view.where, view.when, view.when_code, view.language) == ("Behind the station", "last night around ten", None, "en")
    assert [entry.text for entry in view.entries] == ["A man sells things.\n\nHe has a red jacket."]
    assert (summary.category, summary.district, summary.status, summary.urgent) == ("drugs", None, Status.NEW, False)


async def test_the_receipt_is_shown_with_six_words_and_marked_sensitive(world: World) -> None:
    person = world.tipster()
    await reach_review(person)
    await person.press("send")
    receipt = person.said("tip.receipt")

    assert receipt.sensitive and len(receipt.params["words"].split()) == 6
    [tip] = await world.tips.review.queue()
    assert tip.locator == receipt.params["locator"]


async def test_the_emergency_number_comes_before_the_next_question_when_a_life_may_be_in_danger(world: World) -> None:
    person = world.tipster()
    await person.press_raw("start")
    await person.press("begin")
    await person.press("about:weapon")

    assert person.names() == ["tip.urgent", "tip.ask.where"] and "112" in person.heard()
    await person.press("skip")
    await person.press("skip")
    await person.write("A boy showed a knife.")
    await person.press("done")
    await person.press("send")
    assert (await world.tips.review.queue())[0].urgent


async def test_of_a_place_on_the_map_only_the_district_is_kept(world: World) -> None:
    person = world.tipster()
    await person.press_raw("start")
    await person.press("begin")
    await person.press("about:drugs")
    step = await person.send_media(Media(MediaKind.LOCATION, latitude=48.1234567, longitude=2.7654321))

    assert step.erase and "Old Port" in person.heard()
    assert person.state is not None and person.state["district"] == "old_port"
    assert "48.12" not in str(person.state) and "2.76" not in str(person.state)


async def test_a_place_outside_the_city_is_not_kept(world: World) -> None:
    person = world.tipster()
    await person.press_raw("start")
    await person.press("begin")
    await person.press("about:drugs")
    await person.send_media(Media(MediaKind.LOCATION, latitude=1.0, longitude=2.0))

    assert person.names() == ["tip.location_outside", "tip.ask.where"]


async def test_names_of_topics_and_districts_can_be_typed(world: World) -> None:
    person = world.tipster()
    await person.press_raw("start")
    await person.press("begin")
    await person.write("dangerous PLACE")
    await person.write("old port")

    assert person.state is not None
    assert (person.state["category"], person.state["district"], person.state["question"]) == ("dangerous_place", "old_port", "when")


@pytest.mark.parametrize("stop_at", ["category", "review"])
async def test_words_typed_where_a_button_is_needed_are_answered_kindly(world: World, stop_at: str) -> None:
    person = world.tipster()
    if stop_at == "category":
        await person.press_raw("start")
        await person.press("begin")
    else:
        await reach_review(person)
    await person.write("what now?")

    assert person.names()[0] == "tip.use_buttons" and person.buttons()


async def test_back_skip_and_changing_one_answer(world: World) -> None:
    person = world.tipster()
    await reach_story(person)
    await person.press("back")
    assert person.names() == ["tip.ask.when"]
    await person.press("skip")
    await person.write("Told.")
    await person.press("done")
    assert "not said" in person.heard()
    await person.press("edit:where")
    await person.write("At the bridge")

    assert person.names() == ["tip.review"] and "At the bridge" in person.heard()


async def test_back_while_changing_an_answer_leads_to_the_review(world: World) -> None:
    person = world.tipster()
    await reach_review(person)
    await person.press("edit:when")
    await person.press("back")

    assert person.names() == ["tip.review"]


async def test_the_last_message_can_be_taken_out_and_all_can_be_rewritten(world: World) -> None:
    person = world.tipster()
    await reach_story(person)
    await person.write("first")
    await person.write("second")
    await person.press("undo")
    assert person.state is not None and person.state["texts"] == ["first"]
    await person.press("wipe")
    assert person.state["texts"] == []


async def test_an_empty_tip_cannot_be_finished(world: World) -> None:
    person = world.tipster()
    await reach_story(person)
    await person.write("x")
    await person.press("undo")
    assert not any(choice.payload.endswith(":done") for choice in person.buttons())
    nonce = person.state["nonce"] if person.state else ""
    await person.press_raw(f"{nonce}:done")

    assert person.names()[0] == "tip.empty"


async def test_a_rest_keeps_the_draft_and_adds_nothing_to_it(world: World) -> None:
    person = world.tipster()
    await reach_story(person)
    await person.write("first")
    await person.press("pause")
    await person.write("talking to somebody else")
    assert person.names() == ["tip.paused"]
    await person.press("resume")

    assert person.state is not None and person.state["texts"] == ["first"]


async def test_starting_again_offers_the_draft(world: World) -> None:
    person = world.tipster()
    await reach_story(person)
    await person.write("first")
    await person.press_raw("start")
    assert person.names() == ["tip.resume"]
    await person.press("resume")

    assert person.state is not None and person.state["texts"] == ["first"]


async def test_stopping_asks_first_and_then_deletes_photos_too(world: World) -> None:
    person = world.tipster()
    await reach_story(person, "dangerous_place")
    await person.send_media(photo())
    assert len(list((world.data / "drafts").iterdir())) == 1
    await person.press_raw("cancel")
    assert person.names() == ["tip.cancel"] and person.state
    await person.press("drop")

    assert person.state is None and not list((world.data / "drafts").iterdir())
    assert await world.tips.review.queue() == []


async def test_a_button_of_an_earlier_question_is_stale(world: World) -> None:
    person = world.tipster()
    await person.press_raw("start")
    await person.press("begin")
    old = next(choice.payload for choice in person.buttons() if ":about:drugs" in choice.payload).partition(":")[2]
    await person.press("about:weapon")

    nonce = (person.state or {})["nonce"]
    for rest in (old, "x:send", "send", "", "start:1", f"{nonce}:send", f"{nonce}:in:nowhere"):
        with pytest.raises(StaleButton):
            await person.press_raw(rest)


async def test_the_same_button_of_another_draft_is_stale(world: World) -> None:
    person = world.tipster()
    await person.press_raw("start")
    old = (person.state or {})["nonce"]
    await person.press_raw("start")

    with pytest.raises(StaleButton):
        await person.press_raw(f"{old}:begin")


async def test_a_button_without_any_draft_is_stale(world: World) -> None:
    with pytest.raises(StaleButton):
        await world.tipster().press_raw("abc:send")


async def test_a_draft_of_another_version_is_stale_rather_than_a_crash(world: World) -> None:
    person = world.tipster(state={"stage": "review", "unheard_of": 1})

    with pytest.raises(StaleButton):
        await person.press_raw("x:send")


async def test_pressing_send_twice_sends_once_and_shows_the_same_receipt(world: World) -> None:
    person = world.tipster()
    await reach_review(person)
    nonce = (person.state or {})["nonce"]
    await person.press("send")
    first = person.said("tip.receipt").params
    await person.press_raw(f"{nonce}:send")

    assert person.said("tip.receipt").params == first
    assert len(await world.tips.review.queue()) == 1


async def test_a_crash_between_storing_and_answering_still_gives_the_receipt(world: World) -> None:
    """The process dies after the tip's commit: the conversation still holds the state from before "send"."""
    person = world.tipster()
    await reach_story(person, "dangerous_place")
    await person.write("A hole in the road.")
    await person.send_media(photo())
    await person.press("done")
    before = person.state
    await person.press("send")
    first = person.said("tip.receipt").params
    person.state = before
    await person.press_raw(f"{(before or {})['nonce']}:send")

    assert person.said("tip.receipt").params == first
    [tip] = await world.tips.review.queue()
    view = await world.tips.review.open(world.moderator, tip.id)
    assert len(view.entries) == 1 and len(view.entries[0].attachments) == 1
    visitor = world.visitor()
    await visitor.press_raw("start")
    await visitor.write(f"{first['locator']} {first['words']}")
    assert "receipt.open" in visitor.names()


async def test_the_receipt_can_be_seen_again_until_it_is_noted(world: World) -> None:
    person = world.tipster()
    await reach_review(person)
    await person.press("send")
    await person.write("sorry, what?")
    assert "tip.receipt" in person.names()
    assert person.state is not None and person.state["texts"] == [] and person.state["category"] is None
    await person.press("noted")

    assert person.state is None


async def test_the_receipt_is_forgotten_after_its_time(world: World) -> None:
    person = world.tipster()
    await reach_review(person)
    await person.press("send")
    person.now = NOW.replace(hour=23, minute=59)
    await person.write("hello")

    assert person.names() == ["tip.receipt_gone"] and person.state is None


async def test_without_anybody_to_read_nothing_is_stored_and_the_draft_stays(world: World) -> None:
    world.readers.clear()
    person = world.tipster()
    await reach_review(person)
    await person.press("send")

    assert person.names() == ["tip.nobody_to_read", "tip.review"] and await world.tips.review.queue() == []
    world.readers.append(ReaderKey("s1", world.moderator.private_key.public_key))
    await person.press("send")
    assert len(await world.tips.review.queue()) == 1


async def test_what_may_show_the_writer_is_pointed_out_once_and_can_be_kept(world: World) -> None:
    person = world.tipster()
    await reach_story(person)
    await person.write("My brother told me, call 06 12 34 56 78")
    await person.press("done")
    assert person.names() == ["tip.identity"] and "My brother" in person.heard() and "06 12 34 56 78" in person.heard()
    await person.press("keep")
    assert person.names() == ["tip.review"]
    await person.press("edit:when")
    await person.write("some time ago")
    assert person.names() == ["tip.review"]
    await person.press("edit:where")
    await person.write("at our school")
    assert person.names() == ["tip.identity"] and "My brother" not in person.heard() and "our school" in person.heard()


async def test_what_may_show_the_writer_can_be_rewritten(world: World) -> None:
    person = world.tipster()
    await reach_story(person)
    await person.write("My brother told me")
    await person.press("done")
    await person.press("rewrite")
    await person.press("back")
    assert person.names() == ["tip.empty", "tip.ask.what"], "going back does not lead past an empty tip"
    await person.write("Somebody told me")
    await person.press("done")

    assert person.names() == ["tip.review"] and "My brother" not in person.heard()


async def test_caps_are_told_in_clear_words_and_nothing_before_is_lost(world: World) -> None:
    person = world.tipster()
    await reach_story(person)
    for _ in range(MAX_MESSAGES):
        await person.write("word")
    await person.write("one too many")
    assert person.names() == ["tip.full"] and len((person.state or {})["texts"]) == MAX_MESSAGES

    other = world.tipster()
    await reach_story(other)
    await other.write("x" * (MAX_CHARACTERS + 1))
    assert other.names() == ["tip.full"]
    await other.press_raw(f"{(other.state or {})['nonce']}:back")
    await other.write("y" * 301)
    assert other.names() == ["tip.too_long", "tip.ask.when"]


async def test_markup_that_a_person_types_stays_literal(world: World) -> None:
    person = world.tipster()
    await reach_review(person, story="**bold** [click](https://example.org)")

    assert "\\*\\*bold" in person.heard() and "](https" not in person.heard().replace("\\](", "")


async def test_a_photo_is_kept_sealed_where_the_category_allows_it(world: World) -> None:
    person = world.tipster()
    await reach_story(person, "dangerous_place")
    await person.send_media(photo(caption="The hole"))
    await person.press("done")
    assert "1 photo" in person.heard()
    await person.press("send")

    [tip] = await world.tips.review.queue()
    view = await world.tips.review.open(world.moderator, tip.id)
    [photo_id] = view.entries[0].attachments
    shown = await world.tips.review.attachment(world.moderator, tip.id, photo_id)
    assert shown.media_type == "image/jpeg" and shown.data.startswith(b"\xff\xd8")
    assert view.entries[0].text == "The hole" and not list((world.data / "drafts").iterdir())


async def test_no_photo_is_fetched_where_an_intimate_one_could_come(world: World) -> None:
    async def fetch() -> bytes:
        raise AssertionError("downloaded")

    person = world.tipster()
    await person.press_raw("start")
    await person.press("begin")
    for category in ("drugs", None):
        if category:
            await person.press(f"about:{category}")
            await person.press("skip")
            await person.press("skip")
        for kind in (MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.DOCUMENT):
            step = await person.send_media(Media(kind, fetch=fetch))
            assert person.names()[0] == "tip.photo.not_here" and step.erase and "Take It Down" in person.heard()


@pytest.mark.parametrize("kind", [MediaKind.VOICE, MediaKind.AUDIO, MediaKind.STICKER, MediaKind.CONTACT, MediaKind.POLL, MediaKind.OTHER])
async def test_other_media_are_refused_with_the_question_repeated(world: World, kind: MediaKind) -> None:
    person = world.tipster()
    await reach_story(person, "dangerous_place")
    await person.send_media(Media(kind))

    assert person.names() == ["tip.media_refused", "tip.ask.what_photos"]


async def test_photos_that_cannot_be_taken_are_refused_with_the_reason(world: World) -> None:
    async def gone() -> bytes:
        raise MediaUnavailable()

    person = world.tipster()
    await reach_story(person, "dangerous_place")
    for media, key in (
        (photo(b"not an image"), "tip.photo.unreadable"),
        (Media(MediaKind.PHOTO, size=30 * 1024 * 1024, fetch=gone), "tip.photo.too_large"),
        (Media(MediaKind.PHOTO, fetch=gone), "tip.photo.unavailable"),
        (Media(MediaKind.DOCUMENT, media_type="application/pdf", fetch=gone), "tip.photo.not_a_photo"),
        (Media(MediaKind.PHOTO), "tip.photo.too_large"),
    ):
        await person.send_media(media)
        assert person.names()[0] == key
    for _ in range(MAX_PHOTOS):
        await person.send_media(photo(kind=MediaKind.DOCUMENT, media_type="image/png"))
    await person.send_media(photo())
    assert person.names()[0] == "tip.photo.enough"
    assert len(list((world.data / "drafts").iterdir())) == MAX_PHOTOS


async def test_photos_go_when_the_topic_changes_to_one_without(world: World) -> None:
    person = world.tipster()
    await reach_story(person, "dangerous_place")
    await person.send_media(photo())
    await person.write("text")
    await person.press("done")
    await person.press("edit:category")
    await person.press("about:drugs")

    assert person.names() == ["tip.photo.dropped", "tip.review"] and not list((world.data / "drafts").iterdir())


async def test_photos_lost_from_disk_are_told_before_anything_is_sent(world: World) -> None:
    person = world.tipster()
    await reach_story(person, "dangerous_place")
    await person.write("text")
    await person.send_media(photo())
    await person.press("done")
    for path in (world.data / "drafts").iterdir():
        path.unlink()
    await person.press("send")

    assert person.names() == ["tip.photo.lost", "tip.review"] and await world.tips.review.queue() == []


async def test_a_city_that_changed_its_lists_does_not_break_a_draft(world: World) -> None:
    person = world.tipster()
    await reach_review(person)
    world.city.tip_categories = world.city.tip_categories[1:]
    world.city.districts = world.city.districts[:1]
    await person.write("hello")

    assert person.names()[-1] == "tip.category"


async def test_another_moderator_added_later_cannot_read_earlier_tips(world: World) -> None:
    sent = await world.told()

    with pytest.raises(NotAllowed):
        await world.tips.review.open(Reader("s2", PrivateKey.generate()), sent.tip_id)
