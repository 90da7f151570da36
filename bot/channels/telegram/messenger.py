"""Messages that nobody just asked for: campaigns, news about a tip. At most once, and behind every reply."""

from __future__ import annotations

from collections.abc import Callable

from telegram.error import TelegramError

from bot.channels.telegram.api import BotApi
from bot.channels.telegram.faults import fault_of
from bot.channels.telegram.pacing import Lane
from bot.channels.telegram.photos import Photos
from bot.channels.telegram.replies import Piece, keyboard, pieces, sendable
from bot.errors import DeliveryError, NotSent, Refused, Uncertain
from bot.messages import Address, Channel, Confirm, Picture, Reply


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
        """Deliver once. ``confirm`` is asked once: a long message whose first part went out is sent to its end.

        Raises:
            Unreachable: the person blocked the bot or the chat is gone.
            Refused: Telegram will never take this message, or its picture is gone.
            NotSent: surely not delivered; may be tried again after ``retry_after`` seconds.
            Uncertain: Telegram's answer is missing, or only the first part of a long message went out.
        """
        if address.channel is not Channel.TELEGRAM or not address.id.lstrip("-").isdigit():
            raise Refused("not an address of Telegram")
        signed_in = self._signed_in()
        if signed_in is None:
            raise NotSent("Telegram is not connected", retry_after=10.0)
        api, bot = signed_in
        if reply.picture is not None:
            photo = Piece(sendable(reply.text), keyboard(reply.buttons))
            await self._send_photo(api, bot, int(address.id), reply.picture, photo, confirm)
        else:
            await self._send_words(api, int(address.id), reply, confirm)

    async def _send_words(self, api: BotApi, chat: int, reply: Reply, confirm: Confirm | None) -> None:
        lane = Lane.REPLY if reply.urgent else Lane.EMERGENCY if reply.emergency else Lane.BROADCAST
        silent = {"disable_notification": True} if reply.quiet else {}
        for number, piece in enumerate(pieces(reply)):
            try:
                asked = confirm if number == 0 else None
                await api.call("sendMessage", lane, confirm=asked, chat_id=chat, **piece.arguments(), **silent)
            except TelegramError as error:
                raise _judged(fault_of(error), begun=number > 0) from None

    async def _send_photo(self, api: BotApi, bot: int, chat: int, picture: Picture, piece: Piece, confirm: Confirm | None) -> None:
        try:
            await self._photos.send(api, bot, chat, picture, piece, confirm)
        except TelegramError as error:
            raise fault_of(error) from None


def _judged(fault: DeliveryError, *, begun: bool) -> DeliveryError:
    return Uncertain() if begun and isinstance(fault, NotSent | Refused) else fault
