"""What an error of the Bot API means for the message that met it, in Faro's four words."""

from __future__ import annotations

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.pacer import seconds_of
from bot.errors import DeliveryError, Moved, Muted, NotSent, Refused, Uncertain, Unreachable
from bot.http_client import NotConnected

_GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "bot was kicked", "user not found", "group chat was deactivated",
         "bot is not a member")  # fmt: skip
_NO_RIGHT = ("not enough rights", "need administrator rights", "have no rights to send", "chat_write_forbidden", "topic_closed",
             "chat_restricted", "chat_send_")  # fmt: skip
"""What Telegram says where the bot is in a group or channel and may not write."""


def fault_of(error: TelegramError) -> DeliveryError:
    """Translate. The result carries no text of the server's: that may repeat the message.

    - 403, or 400 that says the chat is gone: Unreachable.
    - 400 that says the bot may not write there: Muted. A group that moved: Moved. Both are kinds of Refused.
    - another 400: Refused.
    - 429, a refused token, no connection: NotSent.
    - a time-out after sending, a broken connection, 5xx, an unreadable answer: Uncertain.
    """
    match error:
        case Forbidden():
            return Unreachable()
        case BadRequest() if any(sign in str(error).lower() for sign in _GONE):
            return Unreachable()
        case BadRequest() if any(sign in str(error).lower() for sign in _NO_RIGHT):
            return Muted()
        case ChatMigrated():
            return Moved(to=str(error.new_chat_id))
        case BadRequest():
            return Refused()
        case RetryAfter():
            return NotSent("Telegram asks to wait", retry_after=seconds_of(error))
        case InvalidToken() | Conflict():
            return NotSent("Telegram does not accept the bot's token", retry_after=60.0)
        case NetworkError() if isinstance(error.__cause__, NotConnected):
            return NotSent("Telegram cannot be reached", retry_after=5.0)
        case _:
            return Uncertain()
