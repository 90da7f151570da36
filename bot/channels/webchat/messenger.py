"""Messages that nobody just asked for: campaigns, news about a tip."""

from __future__ import annotations

import secrets

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.webchat.entries import Entry
from bot.channels.webchat.pulse import Pulse
from bot.channels.webchat.store import Chats, SessionEnded
from bot.errors import NotSent, Refused, Unreachable
from bot.messages import Address, Channel, Clock, Confirm, Reply


class WebchatMessenger:
    """Puts a message on the page of an open session, sealed. Delivered means: kept until the page shows it."""

    def __init__(self, chats: Chats, pulse: Pulse, clock: Clock) -> None:
        self._chats = chats
        self._pulse = pulse
        self._clock = clock

    async def send(self, address: Address, reply: Reply, confirm: Confirm | None = None) -> None:
        """Deliver once.

        Raises:
            Refused: the address is of another channel.
            Unreachable: the session has ended.
            NotSent: the store failed; nothing was kept.
        """
        if address.channel is not Channel.WEBCHAT:
            raise Refused("not an address of the web chat")
        if confirm is not None:
            await confirm()
        try:
            await self._chats.push(address.id, f"push:{secrets.token_hex(16)}", Entry.from_reply(reply), self._clock())
        except SessionEnded as error:
            raise Unreachable() from error
        except SQLAlchemyError as error:
            raise NotSent(f"the store failed: {type(error).__name__}") from None
        self._pulse.beat(address.id)
