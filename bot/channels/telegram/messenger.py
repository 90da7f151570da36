"""Messages that nobody just asked for: campaigns, news about a tip. At most once, and behind every reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telegram.error import TelegramError

from bot.channels.telegram.api import BotApi
from bot.channels.telegram.faults import fault_of
from bot.channels.telegram.pacing import Lane
from bot.channels.telegram.photos import Photos
from bot.channels.telegram.replies import Piece, keyboard, pieces, sendable
from bot.errors import DeliveryError, NotSent, Refused, Uncertain
from bot.messages import Address, Channel, Confirm, Picture, Reply

_DELETED = "message to delete not found"


class TelegramMessenger:
    """Implements :class:`bot.messages.Messenger`.

    Nothing is tried again here: the Bot API cannot recognise a repeated message, so only the sender's books can decide.

    Args:
        signed_in: gives the client and the bot's number once the bot is signed in, else None.
    """

    def __init__(self, signed_in: Callable[[], tuple[BotApi, int] | None], photos: Photos) -> None:
        self._signed_in = signed_in
        self._photos = photos

    async def send(self, address: Address, reply: Reply, confirm: Confirm | None = None) -> None:
        """As :meth:`deliver`, for whoever does not need to know what was sent."""
        await self.deliver(address, reply, confirm)

    async def deliver(self, address: Address, reply: Reply, confirm: Confirm | None = None) -> list[Any]:
        """Deliver once; returns the messages as Telegram tells them.

        ``confirm`` is asked once: a long message whose first part went out is sent to its end.

        Raises:
            Unreachable: the person blocked the bot or the chat is gone.
            Refused: Telegram will never take this message, or its picture is gone.
            NotSent: surely not delivered; may be tried again after ``retry_after`` seconds.
            Uncertain: Telegram's answer is missing, or only the first part of a long message went out.
        """
        api, bot = self._connected(address)
        if reply.picture is not None:
            photo = Piece(sendable(reply.text), keyboard(reply.buttons))
            return [await self._send_photo(api, bot, int(address.id), reply.picture, photo, confirm)]
        return await self._send_words(api, int(address.id), reply, confirm)

    async def delete(self, address: Address, message: int) -> None:
        """Delete a message that was sent; one that is gone already counts as deleted.

        Raises:
            Refused: Telegram does not delete it (any more).
            Unreachable, NotSent, Uncertain: as for :meth:`deliver`.
        """
        api, _ = self._connected(address)
        try:
            await api.call("deleteMessage", chat_id=int(address.id), message_id=message)
        except TelegramError as error:
            if _DELETED not in str(error).lower():
                raise fault_of(error) from None

    def _connected(self, address: Address) -> tuple[BotApi, int]:
        if address.channel is not Channel.TELEGRAM or not address.id.lstrip("-").isdigit():
            raise Refused("not an address of Telegram")
        signed_in = self._signed_in()
        if signed_in is None:
            raise NotSent("Telegram is not connected", retry_after=10.0)
        return signed_in

    async def _send_words(self, api: BotApi, chat: int, reply: Reply, confirm: Confirm | None) -> list[Any]:
        sent: list[Any] = []
        lane = Lane.REPLY if reply.urgent else Lane.EMERGENCY if reply.emergency else Lane.BROADCAST
        silent = {"disable_notification": True} if reply.quiet else {}
        for number, piece in enumerate(pieces(reply)):
            try:
                asked = confirm if number == 0 else None
                told = await api.call("sendMessage", lane, confirm=asked, chat_id=chat, **piece.arguments(), **silent)
            except TelegramError as error:
                raise _judged(fault_of(error), begun=number > 0) from None
            sent.append(told)
        return sent

    async def _send_photo(self, api: BotApi, bot: int, chat: int, picture: Picture, piece: Piece, confirm: Confirm | None) -> Any:
        try:
            return await self._photos.send(api, bot, chat, picture, piece, confirm)
        except TelegramError as error:
            raise fault_of(error) from None


def _judged(fault: DeliveryError, *, begun: bool) -> DeliveryError:
    return Uncertain() if begun and isinstance(fault, NotSent | Refused) else fault
