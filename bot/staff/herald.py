"""Carries a message to a member of staff: to the linked chat, by e-mail, or both. Messages hold no content of tips."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from bot.errors import DeliveryError, NotSent, Refused, Unreachable
from bot.mail import Mailer
from bot.markup import to_plain
from bot.messages import Channel, Messenger, Reply
from bot.staff.links import Links
from bot.staff.reach import Reach

log = logging.getLogger("faro.staff.herald")


class Herald:
    """Knows every way to a member.

    Args:
        messengers: gives those of the channels that run.
        mailer: None where no mail server is set.
    """

    def __init__(self, links: Links, reach: Reach, messengers: Callable[[], Mapping[Channel, Messenger]], mailer: Mailer | None) -> None:
        self._links = links
        self._reach = reach
        self._messengers = messengers
        self._mailer = mailer

    @property
    def has_mail(self) -> bool:
        """Whether e-mail can be sent at all."""
        return self._mailer is not None

    async def reaches(self, member_id: str) -> bool:
        """Whether there is any way to the member."""
        if Channel.TELEGRAM in self._messengers() and await self._links.address_of(member_id) is not None:
            return True
        return self._mailer is not None and (await self._reach.wishes(member_id)).email is not None

    async def tell(self, member_id: str, message: Reply, *, everywhere: bool) -> bool:
        """Send a message, by every way or by the first that works; false: it surely did not arrive.

        One whose fate is unknown counts as arrived, and the other ways are used all the same.
        """
        chat = await self._by_chat(member_id, message)
        if chat and not everywhere:
            return True
        return await self._by_mail(member_id, message) or chat

    async def _by_chat(self, member_id: str, message: Reply) -> bool:
        address = await self._links.address_of(member_id)
        messenger = self._messengers().get(Channel.TELEGRAM)
        if address is None or messenger is None:
            return False
        try:
            await messenger.send(address, message)
        except Unreachable:
            await self._links.lost(member_id)
            return False
        except (NotSent, Refused):
            return False
        except DeliveryError:
            return True
        return True

    async def _by_mail(self, member_id: str, message: Reply) -> bool:
        email = (await self._reach.wishes(member_id)).email
        if email is None or self._mailer is None:
            return False
        text = to_plain(message.text)
        try:
            await self._mailer.send(email, text.splitlines()[0], text)
        except (NotSent, Refused) as error:
            log.error("an e-mail to a member of staff was not sent (%s)", type(error).__name__)
            return False
        except DeliveryError:
            return True
        return True
