"""Rehearsals: a campaign sent to its officer's own chat, exactly as others will get it, marked as a test. Not in the ledger."""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.campaigns.city import CityFacts
from bot.campaigns.composing import Compose
from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.plans import Campaign
from bot.campaigns.quiz import Asked
from bot.errors import DeliveryError, NotFound, TooManyAttempts, Unreachable
from bot.messages import Address, Channel, Clock, Language, Messenger, Reply

MOST_TESTS = 12
WINDOW = timedelta(hours=1)
"""The time in which a member of staff may send themselves :data:`MOST_TESTS`, in each process."""

AddressOf = Callable[[str], Awaitable[Address | None]]
"""The own chat of a member of staff, by their id; None: none is linked."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What became of a test: messages sent, and those that failed. ``unreachable``: the chat is gone, or has blocked the bot."""

    sent: int
    failed: int
    unreachable: bool = False


class Rehearsals:
    """Sends tests.

    Args:
        mark: the words above a test, in a language: that it is one, and that nobody else gets it.
        key: marks the buttons of a test, so that only the chat that got it is answered.
    """

    def __init__(
        self,
        address_of: AddressOf,
        messengers: Mapping[Channel, Messenger],
        compose: Compose,
        mark: Callable[[Language], str],
        key: bytes,
        city: CityFacts,
        clock: Clock,
    ) -> None:
        self._address_of = address_of
        self._messengers = messengers
        self._compose = compose
        self._mark = mark
        self._key = key
        self._city = city
        self._clock = clock
        self._sent: dict[str, deque[datetime]] = defaultdict(deque)

    async def is_possible(self, staff_id: str) -> bool:
        """Whether a chat is linked, on a channel that is there."""
        address = await self._address_of(staff_id)
        return address is not None and address.channel in self._messengers

    async def send(self, staff_id: str, campaign: Campaign) -> Rehearsed:
        """Send the message in every language in which it is written.

        Raises:
            NotFound: no chat is linked, or not on a channel that is there.
            TooManyAttempts: there were :data:`MOST_TESTS` within :data:`WINDOW`.
        """
        address = await self._address_of(staff_id)
        if address is None or address.channel not in self._messengers:
            raise NotFound
        self._count(staff_id)
        outcomes = [await self._delivered(address, reply) for reply in self._messages(address, campaign.id, campaign.draft)]
        failed = [fault for fault in outcomes if fault is not None]
        return Rehearsed(len(outcomes) - len(failed), len(failed), any(isinstance(fault, Unreachable) for fault in failed))

    def _count(self, staff_id: str) -> None:
        now, before = self._clock(), self._sent[staff_id]
        while before and now - before[0] >= WINDOW:
            before.popleft()
        if len(before) >= MOST_TESTS:
            raise TooManyAttempts(retry_after=(before[0] + WINDOW - now).total_seconds())
        before.append(now)

    async def _delivered(self, address: Address, reply: Reply) -> DeliveryError | None:
        try:
            await self._messengers[address.channel].send(address, reply)
        except DeliveryError as fault:
            return fault
        return None

    def _messages(self, address: Address, campaign_id: int, draft: CampaignDraft) -> Iterator[Reply]:
        if draft.topic not in self._city.topics:
            return
        for language in self._city.languages:
            text = draft.quiz.texts.get(language) if draft.quiz else None
            bodies, picture = _bodies(draft, language), draft.pictures.get(language)
            for body in bodies or ([""] if text or picture else []):
                buttons = f"test:{campaign_id}:{language}:{button_mark(self._key, campaign_id, language, address)}"
                reply = self._compose(body, language, draft.topic, Asked(0, text, buttons) if text else None, picture)
                yield replace(reply, text=f"{self._mark(language)}\n\n{reply.text}")


def _bodies(draft: CampaignDraft, language: Language) -> list[str]:
    """What is written in a language: one text, or both of a trial."""
    written = (draft.texts.get(language), draft.trial.texts.get(language) if draft.trial else None)
    return [body for body in written if body]


def button_mark(key: bytes, campaign_id: int, language: str, address: Address) -> str:
    """What the buttons of a test carry: 64 bits that nobody can make for a chat that did not get it."""
    message = f"rehearsal:{campaign_id}:{language}:{address.channel.value}:{address.id}"
    return hmac.digest(key, message.encode(), hashlib.sha256).hex()[:16]
