"""Messages that nobody just asked for: campaigns, news about a tip. At most once, and behind every reply."""

from __future__ import annotations

from collections.abc import Callable

from telegram.error import TelegramError

from bot.channels.telegram.api import BotApi
from bot.channels.telegram.faults import fault_of
from bot.channels.telegram.pacing import Lane
from bot.channels.telegram.replies import pieces
from bot.errors import DeliveryError, NotSent, Refused, Uncertain
from bot.messages import Address, Channel, Confirm, Reply


class TelegramMessenger:
    """Implements :class:`bot.messages.Messenger`.

    Nothing is tried again here: the Bot API cannot recognise a repeated message, so only the sender's books can decide.

    Args:
        api: gives the client once the bot is signed in, else None.
    """

    def __init__(self, api: Callable[[], BotApi | None]) -> None:
        self._api = api

    async def send(self, address: Address, reply: Reply, confirm: Confirm | None = None) -> None:
        """Deliver once. ``confirm`` is asked once: a long message whose first part went out is sent to its end.

        Raises:
            Unreachable: the person blocked the bot or the chat is gone.
            Refused: Telegram will never take this message.
            NotSent: surely not delivered; may be tried again after ``retry_after`` seconds.
            Uncertain: Telegram's answer is missing, or only the first part of a long message went out.
        """
        if address.channel is not Channel.TELEGRAM or not address.id.lstrip("-").isdigit():
            raise Refused("not an address of Telegram")
        api = self._api()
        if api is None:
            raise NotSent("Telegram is not connected", retry_after=10.0)
        for number, piece in enumerate(pieces(reply)):
            try:
                asked = confirm if number == 0 else None
                await api.call("sendMessage", Lane.BROADCAST, confirm=asked, chat_id=int(address.id), **piece.arguments())
            except TelegramError as error:
                raise _judged(fault_of(error), begun=number > 0) from None


def _judged(fault: DeliveryError, *, begun: bool) -> DeliveryError:
    return Uncertain() if begun and isinstance(fault, NotSent | Refused) else fault
