"""Each error of the Bot API has one meaning for the message that met it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.channels.telegram.faults import fault_of
from bot.errors import DeliveryError, Moved, Muted, NotSent, Refused, Uncertain, Unreachable
from bot.http_client import NoAnswer, NotConnected


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Unreachable),
        (BadRequest("Chat not found"), Unreachable),
        (BadRequest("Message is too long"), Refused),
        (ChatMigrated(-100), Moved),
        (Forbidden("Forbidden: bot is not a member of the channel chat"), Unreachable),
        (BadRequest("Not enough rights to send text messages to the chat"), Muted),
        (BadRequest("Need administrator rights in the channel chat"), Muted),
        (BadRequest("CHAT_WRITE_FORBIDDEN"), Muted),
        (RetryAfter(timedelta(seconds=3)), NotSent),
        (InvalidToken(), NotSent),
        (Conflict("two"), NotSent),
        (caused(NetworkError("x"), NotConnected()), NotSent),
        (caused(NetworkError("x"), NoAnswer()), Uncertain),
        (TimedOut(), Uncertain),
        (NetworkError("Bad Gateway"), Uncertain),
        (TelegramError("unreadable"), Uncertain),
    ],
)
def test_meaning(error: TelegramError, meaning: type[DeliveryError]) -> None:
    assert type(fault_of(error)) is meaning


def test_the_wait_is_told_and_the_servers_words_are_not() -> None:
    fault = fault_of(RetryAfter(timedelta(seconds=3)))
    assert isinstance(fault, NotSent)
    assert fault.retry_after == 3.0
    assert "secret" not in str(fault_of(BadRequest("can't parse: secret words")))
