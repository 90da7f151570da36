"""The emulator says no where Telegram says no: limits, markup, keyboards."""

from __future__ import annotations

import json

import pytest

from tests.emulator.errors import Refusal
from tests.emulator.limits import Rate, Rates, Traffic
from tests.emulator.markup import parse
from tests.emulator.methods import Methods
from tests.emulator.world import ChatRoom, World


class Clock:
    """Moves by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def methods(rates: Rates | None = None) -> Methods:
    world = World("42:x")
    world.rooms[5] = ChatRoom({"id": 5, "type": "private", "first_name": "Person"}, started=True)
    return Methods(world, Traffic(rates or Rates.none()))


def test_the_thirty_first_message_of_any_second_is_refused() -> None:
    clock = Clock()
    traffic = Traffic(Rates(), clock)
    for chat in range(1, 31):
        clock.now = chat * 0.02
        traffic.count(chat)
    clock.now = 1.0
    with pytest.raises(Refusal) as refused:
        traffic.count(99)
    assert (refused.value.code, refused.value.parameters) == (429, {"retry_after": 1})
    clock.now = 1.03
    traffic.count(99)


def test_a_strict_server_takes_one_message_a_second_in_a_chat() -> None:
    clock = Clock()
    traffic = Traffic(Rates.strict(), clock)
    traffic.count(5)
    clock.now = 0.99
    with pytest.raises(Refusal):
        traffic.count(5)
    clock.now = 1.0
    traffic.count(5)


def test_a_group_takes_twenty_a_minute() -> None:
    clock = Clock()
    traffic = Traffic(Rates(chat=Rate(1, 0.1)), clock)
    for number in range(20):
        clock.now = number
        traffic.count(-5)
    clock.now = 59.0
    with pytest.raises(Refusal) as refused:
        traffic.count(-5)
    assert refused.value.parameters == {"retry_after": 1}


@pytest.mark.parametrize("html", ["<b>x", "x</b>", "<b><a href='https://x.y'>x</b></a>", "<script>x</script>", "<br>"])
def test_tags_that_do_not_match_or_are_not_allowed_are_refused(html: str) -> None:
    with pytest.raises(Refusal, match="can't parse entities"):
        parse(html, "HTML")


def test_entities_are_counted_in_utf_16_units() -> None:
    text, entities = parse("🎲<b>a &amp; b</b>", "HTML")
    assert text == "🎲a & b"
    assert entities == [{"type": "bold", "offset": 2, "length": 5}]


def keyboard(**button: str) -> str:
    return json.dumps({"inline_keyboard": [[{"text": "x", **button}]]})


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"chat_id": 5, "text": " "}, "message text is empty"),
        ({"chat_id": 5, "text": "x" * 4097}, "message is too long"),
        ({"chat_id": 6, "text": "x"}, "chat not found"),
        ({"chat_id": 5, "text": "x", "reply_markup": keyboard(callback_data="x" * 65)}, "BUTTON_DATA"),
        ({"chat_id": 5, "text": "x", "reply_markup": keyboard(url="tel:112")}, "Wrong HTTP URL"),
    ],
)
def test_what_telegram_does_not_take(arguments: dict[str, object], why: str) -> None:
    with pytest.raises(Refusal, match=why):
        methods().sendMessage(arguments)


def test_an_edit_that_changes_nothing_is_refused() -> None:
    server = methods()
    message = server.sendMessage({"chat_id": 5, "text": "x"})
    with pytest.raises(Refusal, match="not modified"):
        server.editMessageText({"chat_id": 5, "message_id": message["message_id"], "text": "x"})
    assert server.editMessageText({"chat_id": "5", "message_id": str(message["message_id"]), "text": "y"})["text"] == "y"


def test_methods_are_found_without_case_and_unknown_ones_are_not() -> None:
    assert methods().find("SENDMESSAGE") is not None
    assert methods().find("take_updates") is None
    assert methods().find("_edit") is None
