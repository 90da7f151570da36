"""The sender: works the ledger off through the channels' messengers, at most once for each delivery.

Telegram has no way to ask whether a message arrived, so exactly once is impossible. Each delivery is marked as being
sent and committed before the channel gets it; a process that dies in between leaves a mark that is counted as
uncertain, and is not sent again unless the campaign accepts that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns import ledger, steering
from bot.campaigns.city import CityFacts
from bot.campaigns.composing import Compose
from bot.campaigns.courtesy import after_a_talk, is_quiet, out_of_courtesy
from bot.campaigns.ledger import ATTEMPTS, Claim, Outcome
from bot.campaigns.letters import Letter, read_letter
from bot.campaigns.quiz import Asked
from bot.campaigns.subscriptions import open_address
from bot.campaigns.tables import DeliveryState, OccurrenceState
from bot.campaigns.watch import Watch
from bot.crypto import SymmetricKey
from bot.errors import NotSent, Refused, SealBroken, Uncertain, Unreachable
from bot.messages import Address, Channel, Clock, Messenger, Pseudonym, Reply
from bot.storage import Database

log = structlog.get_logger(__name__)

IN_FLIGHT = 24
"""Messages under way at once: enough to fill 30 a second, few enough to be all that a crash leaves uncertain."""
Record = Callable[[AsyncSession, str, str], Awaitable[None]]
"""Writes what Faro did of its own accord into the audit trail, in the given transaction: the deed, and to which campaign."""
TalkedAt = Callable[[Pseudonym], Awaitable[datetime | None]]
"""When a person was last in a talk about a harm, as far as the conversation remembers. Only the moment, never which harm."""
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=10)


class Sender:
    """Claims deliveries, hands them to the messengers, and writes down what became of each. Any number may run.

    Args:
        messengers: by channel; they pace themselves.
        state_key: opens the recipients' addresses.
        compose: makes the message of a body, a language and a topic.
        record: keeps it for the audit when a campaign is paused after too many errors.
    """

    def __init__(
        self,
        database: Database,
        messengers: Mapping[Channel, Messenger],
        state_key: SymmetricKey,
        compose: Compose,
        city: CityFacts,
        clock: Clock,
        record: Record,
        talked_at: TalkedAt,
        in_flight: int = IN_FLIGHT,
    ) -> None:
        self._database = database
        self._messengers = messengers
        self._key = state_key
        self._compose = compose
        self._city = city
        self._clock = clock
        self._record = record
        self._talked_at = talked_at
        self._in_flight = in_flight
        self._watch = Watch()
        self._stopping = asyncio.Event()

    async def run(self, pause: float = 0.5) -> None:
        """Work until :meth:`stop`; ``pause`` seconds apart when there is nothing to do. An error is logged and outlived."""
        while not self._stopping.is_set():
            try:
                await self.run_once(self._clock())
            except Exception:
                log.exception("sending_failed")
            try:
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    def stop(self) -> None:
        """Claim nothing more; :meth:`run` returns when what is in flight has its outcome."""
        self._stopping.set()

    async def run_once(self, now: datetime) -> int:
        """Send everything that is due at ``now``; returns how many deliveries were claimed.

        New ones are claimed when half of those in flight have come back, so that the messengers never run dry.
        """
        flying: set[asyncio.Task[None]] = set()
        claimed, more = 0, True
        try:
            while True:
                if more and len(flying) <= self._in_flight // 2:
                    claims = await self._claim(now, self._in_flight - len(flying))
                    claimed, more = claimed + len(claims), bool(claims)
                    flying |= {asyncio.create_task(self._deliver(taken)) for taken in claims}
                if not flying:
                    return claimed
                done, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in flying:
                task.cancel()
            await asyncio.gather(*flying, return_exceptions=True)

    async def _claim(self, now: datetime, limit: int) -> list[Claim]:
        if self._stopping.is_set() or is_quiet(self._city, self._clock()):
            return []
        async with self._database.begin() as session:
            return list(await ledger.claim(session, now, limit))

    async def _deliver(self, taken: Claim) -> None:
        """One delivery: look once more, send, write down the outcome."""
        now = self._clock()
        async with self._database.read() as session:
            letter = await read_letter(session, taken, now)
        if letter is None:
            return
        outcome = await self._reason(letter, taken, now) or await self._send(letter, taken)
        async with self._database.begin() as session:
            await ledger.settle(session, taken, outcome, self._clock())
        if self._watch.saw(letter.campaign_id, outcome.state):
            await self._pause(letter.campaign_id)

    async def _reason(self, letter: Letter, taken: Claim, now: datetime) -> Outcome | None:
        """What speaks against sending it now."""
        found = reason_not_to_send(letter, now) or out_of_courtesy(letter, self._city, now)
        if found is not None or not letter.harm_hours:
            return found
        return after_a_talk(letter, await self._talked_at(Pseudonym(taken.pseudonym)), now)

    async def _pause(self, campaign_id: int) -> None:
        async with self._database.begin() as session:
            if await steering.pause_by_itself(session, campaign_id, self._clock()):
                await self._record(session, "campaign.auto_pause", str(campaign_id))
                log.error("campaign_paused", campaign=campaign_id)

    async def _send(self, letter: Letter, taken: Claim) -> Outcome:
        try:
            messenger, address, reply = self._prepared(letter, taken)
        except (SealBroken, KeyError) as error:
            log.error("delivery_unusable", campaign=letter.campaign_id, error=type(error).__name__)
            return Outcome(DeliveryState.FAILED, "address_unreadable" if isinstance(error, SealBroken) else "not_presentable")
        try:
            await messenger.send(address, reply)
        except Unreachable:
            return Outcome(DeliveryState.BLOCKED, "unreachable")
        except Refused:
            return Outcome(DeliveryState.FAILED, "refused")
        except NotSent as error:
            return after_not_sent(taken.attempt, error.retry_after, self._clock())
        except Uncertain:
            return self._after_uncertain(letter, taken, "no_answer")
        except Exception as error:
            # Only its kind: the words of a foreign error may hold an address.
            log.error("delivery_error", campaign=letter.campaign_id, error=type(error).__name__)
            return self._after_uncertain(letter, taken, "error")
        return Outcome(DeliveryState.SENT)

    def _prepared(self, letter: Letter, taken: Claim) -> tuple[Messenger, Address, Reply]:
        if letter.channel is None or letter.sealed_address is None:
            raise KeyError("channel")
        address = open_address(self._key, taken.pseudonym, letter.sealed_address)
        asked = Asked(taken.occurrence_id, letter.quiz) if letter.quiz else None
        return self._messengers[address.channel], address, self._compose(
            letter.body or "", letter.language, letter.topic, asked, letter.picture
        )

    def _after_uncertain(self, letter: Letter, taken: Claim, reason: str) -> Outcome:
        if letter.resend_uncertain and taken.attempt < ATTEMPTS:
            return Outcome(DeliveryState.PENDING, None, self._clock() + wait_before(taken.attempt + 1))
        return Outcome(DeliveryState.UNCERTAIN, reason)


def reason_not_to_send(letter: Letter, now: datetime) -> Outcome | None:
    """What forbids sending at the last moment, None when nothing does. Pure."""
    if letter.state is OccurrenceState.PAUSED:
        return Outcome(DeliveryState.PENDING, tried=False)
    if letter.state is not OccurrenceState.RUNNING:
        return Outcome(DeliveryState.STOPPED, "cancelled")
    if not letter.subscribed:
        return Outcome(DeliveryState.STOPPED, "unsubscribed")
    if not letter.reachable:
        return Outcome(DeliveryState.BLOCKED, "unreachable")
    if letter.expires_at <= now:
        return Outcome(DeliveryState.EXPIRED, "too_late")
    return None if letter.body else Outcome(DeliveryState.FAILED, "no_text")


def wait_before(attempt: int) -> timedelta:
    """How long to wait before the ``attempt``-th try: 5, 10, 20 … seconds, at most 10 minutes."""
    return min(_FIRST_WAIT * (1 << max(0, attempt - 2)), _LONGEST_WAIT)


def after_not_sent(attempt: int, retry_after: float, now: datetime) -> Outcome:
    """Try again later, at the channel's word if it gave one; after the last try it has failed."""
    if attempt >= ATTEMPTS:
        return Outcome(DeliveryState.FAILED, "not_sent")
    return Outcome(DeliveryState.PENDING, None, now + max(timedelta(seconds=retry_after), wait_before(attempt + 1)))
