"""What each kind of update becomes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.inbox import Stored, chat_of, identity_of, update_id_of
from bot.channels.telegram.replies import FORGET
from bot.channels.telegram.updates import Me, Reader, Received
from bot.messages import Address, Channel, Command, Media, MediaKind, Membership, Press, Text

NOW = datetime(2026, 1, 2, tzinfo=UTC)
PERSON = {"id": 5, "is_bot": False, "first_name": "Person", "language_code": "fr-CA"}
PRIVATE = {"id": 5, "type": "private", "first_name": "Person"}
GROUP = {"id": -7, "type": "supergroup", "title": "Group"}
BOT = {"id": 42, "is_bot": True, "first_name": "Faro", "username": "faro_bot"}
FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 9}


async def _fetch(file_id: str, size: int | None) -> bytes:
    return f"{file_id} {size}".encode()


READER = Reader(Me(42, "faro_bot"), _fetch, lambda: NOW)


def read(kind: str, body: dict[str, Any]) -> Received | None:
    return READER.read(Stored(1, b"m" * 16, "chat", {"update_id": 1, kind: body}))


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 3, "date": 1_700_000_000, "chat": PRIVATE, "from": PERSON} | fields


def content(kind: str = "message", **fields: Any) -> Any:
    received = read(kind, message(**fields))
    assert received is not None and received.incoming is not None
    return received.incoming.content


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello", Text("hello")),
        ("/start", Command("start")),
        ("/start tip-7 x", Command("start", "tip-7 x")),
        ("/Help@Faro_Bot", Command("help")),
        ("/help@other_bot", Text("/help@other_bot")),
        ('/intent{"x":"y"}', Text('/intent{"x":"y"}')),
        ("/", Text("/")),
        ("//start", Text("//start")),
        ("", Text("")),
    ],
)
def test_words_and_commands(text: str, expected: Text | Command) -> None:
    assert content(text=text) == expected


def test_an_edited_message_is_words_even_when_it_looks_like_a_command() -> None:
    assert content("edited_message", text="/start") == Text("/start", edited=True)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"photo": [FILE | {"width": 1, "height": 1}, FILE | {"file_id": "large", "width": 9, "height": 9}]}, MediaKind.PHOTO),
        ({"video": FILE | {"duration": 1, "width": 1, "height": 1}}, MediaKind.VIDEO),
        ({"video_note": FILE | {"duration": 1, "length": 1}}, MediaKind.VIDEO),
        ({"animation": FILE | {"duration": 1, "width": 1, "height": 1}, "document": FILE}, MediaKind.VIDEO),
        ({"voice": FILE | {"duration": 1}}, MediaKind.VOICE),
        ({"audio": FILE | {"duration": 1}}, MediaKind.AUDIO),
        ({"document": FILE | {"mime_type": "image/png"}}, MediaKind.DOCUMENT),
        ({"contact": {"phone_number": "+0", "first_name": "x"}}, MediaKind.CONTACT),
        ({"location": {"latitude": 1.5, "longitude": 2.5}}, MediaKind.LOCATION),
        ({"dice": {"emoji": "x", "value": 1}}, MediaKind.OTHER),
        ({"story": {"chat": PRIVATE, "id": 1}}, MediaKind.OTHER),
        ({"something_new": {"of": "a later Bot API"}}, MediaKind.OTHER),
    ],
)
def test_media(fields: dict[str, Any], kind: MediaKind) -> None:
    media = content(**fields, caption="words")
    assert isinstance(media, Media)
    assert media.kind is kind


async def test_the_largest_size_of_a_photo_is_fetched_and_only_when_awaited() -> None:
    media = content(photo=[FILE | {"width": 1, "height": 1}, FILE | {"file_id": "large", "width": 9, "height": 9}])
    assert await media.fetch() == b"large 9"


def test_a_files_own_name_comes_along_and_stays_out_of_what_is_printed() -> None:
    media = content(document=FILE | {"file_name": "nobody.pdf"})
    assert media.name == "nobody.pdf" and "nobody" not in repr(media)
    assert content(voice=FILE | {"duration": 1}).name == ""


def test_a_location_carries_its_coordinates() -> None:
    media = content(location={"latitude": 1.5, "longitude": 2.5})
    assert (media.latitude, media.longitude) == (1.5, 2.5)


def test_a_live_location_that_moves_on_says_nothing_and_a_changed_caption_is_words() -> None:
    assert read("edited_message", message(location={"latitude": 1.0, "longitude": 2.0})) is None
    assert content("edited_message", caption="now with words") == Text("now with words", edited=True)


def test_a_photo_put_in_place_of_another_is_still_a_photo() -> None:
    assert content("edited_message", photo=[FILE | {"width": 1, "height": 1}]).kind is MediaKind.PHOTO


def test_service_notes_say_nothing() -> None:
    assert read("message", message(pinned_message=message(text="x"))) is None
    assert read("message", message(message_auto_delete_timer_changed={"message_auto_delete_time": 60})) is None


def test_who_where_when_and_which_language() -> None:
    received = read("message", message(text="x"))
    assert received is not None and received.incoming is not None
    incoming = received.incoming
    assert incoming.address == Address(Channel.TELEGRAM, "5")
    assert incoming.id.startswith("42:1:")
    assert incoming.sent_at == datetime.fromtimestamp(1_700_000_000, UTC)
    assert (incoming.language_hint, incoming.group, received.message_id) == ("fr-CA", False, 3)


@pytest.mark.parametrize(
    "under",
    [
        {"message": message(text="x")},
        {"message": {"chat": PRIVATE, "message_id": 3, "date": 0}},
        {},
    ],
)
def test_a_press_counts_wherever_its_message_went(under: dict[str, Any]) -> None:
    received = read("callback_query", {"id": "q", "from": PERSON, "chat_instance": "1", "data": "tip:start"} | under)
    assert received is not None and received.incoming is not None
    assert (received.incoming.content, received.target.chat) == (Press("tip:start"), 5)


def test_the_button_that_deletes_is_no_matter_of_the_conversation() -> None:
    received = read("callback_query", {"id": "q", "from": PERSON, "chat_instance": "1", "data": FORGET, "message": message(text="x")})
    assert received is not None
    assert (received.incoming, received.forget, received.message_id) == (None, True, 3)


def change(chat: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    until = {"until_date": 0}
    members = {"old_chat_member": {"user": BOT, "status": old} | until, "new_chat_member": {"user": BOT, "status": new} | until}
    return {"chat": chat, "from": PERSON, "date": 1_700_000_000} | members


def test_blocking_and_coming_back() -> None:
    for old, new, reachable in (("member", "kicked", False), ("kicked", "member", True)):
        received = read("my_chat_member", change(PRIVATE, old, new))
        assert received is not None and received.incoming is not None
        assert received.incoming.content == Membership(reachable)


def test_a_group_is_greeted_once_and_only_by_being_added() -> None:
    received = read("my_chat_member", change(GROUP, "left", "member"))
    assert received is not None and received.incoming is not None
    assert received.incoming.group
    assert read("my_chat_member", change(GROUP, "member", "restricted")) is None
    assert read("my_chat_member", change(GROUP, "member", "left")) is None


@pytest.mark.parametrize(
    ("fields", "answered"),
    [
        ({"text": "we talk"}, False),
        ({"text": "/start@other_bot"}, False),
        ({"text": "/start"}, True),
        ({"text": "ask @FARO_BOT"}, True),
        ({"text": "yes", "reply_to_message": message(text="hi", chat=GROUP) | {"from": BOT}}, True),
        ({"new_chat_members": [BOT]}, False),
        ({"photo": [FILE | {"width": 1, "height": 1}]}, False),
    ],
)
def test_in_a_group_only_who_speaks_to_the_bot_is_answered(fields: dict[str, Any], answered: bool) -> None:
    received = read("message", message(chat=GROUP, **fields))
    assert (received is not None) is answered
    if received is not None and received.incoming is not None:
        assert (received.incoming.group, received.incoming.address.id) == (True, "-7")


def test_the_answer_goes_to_the_topic_of_the_group() -> None:
    received = read("message", message(chat=GROUP, text="/start", is_topic_message=True, message_thread_id=11))
    assert received is not None
    assert received.target.arguments() == {"chat_id": -7, "message_thread_id": 11}


def test_updates_without_a_person_say_nothing() -> None:
    assert read("poll", {"id": "1", "question": "?", "options": []}) is None
    assert read("never_heard_of", {"x": 1}) is None


def test_a_message_that_cannot_be_read_still_comes_from_somebody() -> None:
    received = read("message", {"chat": PRIVATE, "text": 1})
    assert received is not None and received.incoming is not None
    assert received.incoming.content == Media(MediaKind.OTHER)


names = st.sampled_from(["id", "chat", "from", "message", "date", "text", "x"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner),
    max_leaves=8,
)


@given(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "poll_answer", "odd"]), json_values)
def test_no_update_breaks_the_sorting(kind: str, body: Any) -> None:
    raw = {"update_id": 1, kind: body}
    assert isinstance(chat_of(raw), int)
    assert isinstance(identity_of(raw), str)


@pytest.mark.parametrize("raw", [{}, {"update_id": "1"}, {"update_id": True}, {"update_id": -1}, {"update_id": 1 << 63}])
def test_something_without_a_number_is_no_update(raw: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="number"):
        update_id_of(raw)


def test_a_repeated_update_is_the_same_and_another_one_with_its_number_is_not() -> None:
    first = {"update_id": 1, "message": message(text="x")}
    assert identity_of(first) == identity_of({"update_id": 1, "message": message(text="x", has_media_spoiler=True)})
    assert identity_of(first) != identity_of({"update_id": 1, "message": message(text="x", date=1_700_000_001)})
