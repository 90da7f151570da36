"""The sender: works the ledger off through the channels' messengers, at most once for each delivery.

Telegram has no way to ask whether a message arrived, so exactly once is impossible. Each delivery is marked as being
sent and committed before the channel gets it; a process that dies in between leaves a mark that is counted as
uncertain, and is not sent again unless the campaign accepts that.

A transaction for each message would make the store the bottleneck: claims are taken in batches, and last looks and
outcomes that come while others are read or written go together with the next round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns import ledger, steering
from bot.campaigns.city import CityFacts
from bot.campaigns.composing import Compose
from bot.campaigns.courtesy import after_a_talk, is_quiet, out_of_courtesy
from bot.campaigns.gathering import Gathering
from bot.campaigns.ledger import Claim, Outcome
from bot.campaigns.letters import Letter, read_letters
from bot.campaigns.quiz import Asked
from bot.campaigns.subscriptions import open_address
from bot.campaigns.tables import DeliveryState
from bot.campaigns.trial import Variant, variant_of
from bot.campaigns.verdicts import after_not_sent, after_uncertain, reason_not_to_send, wait_before
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
_LOOK_ROUND = 1.0
"""Seconds after which new deliveries are looked for although none came back: one slow answer holds up no other campaign."""


class _CalledBack(Exception):
    """A message is taken back from its messenger. ``outcome`` None: its claim was lost, there is nothing to write down."""

    def __init__(self, outcome: Outcome | None) -> None:
        super().__init__()
        self.outcome = outcome


class Sender:
    """Claims deliveries, hands them to the messengers, and writes down what became of each. Any number may run.

    Args:
        messengers: by channel; they pace themselves.
        state_key: opens the recipients' addresses.
        compose: makes the message of a body, a language and a topic.
        record: keeps it for the audit when a campaign is paused after too many errors.
        trial_key: decides with the person's pseudonym which text of a trial they get.
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
        trial_key: bytes,
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
        self._trial_key = trial_key
        self._in_flight = in_flight
        self._watch = Watch()
        self._settle = Gathering(self._settle_all)
        self._look = Gathering(self._look_at_all)
        self._stopping = asyncio.Event()

    async def run(self, pause: float = 0.5) -> None:
        """Work until :meth:`stop`; ``pause`` seconds apart when there is nothing to do. An error is logged and outlived."""
        while not self._stopping.is_set():
            try:
                await self.run_once()
            except Exception:
                log.exception("sending_failed")
            try:
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    def stop(self) -> None:
        """Claim nothing more and take back what still waits for its turn; :meth:`run` returns when the rest has its outcome."""
        self._stopping.set()

    async def run_once(self) -> int:
        """Send everything that is due; returns how many deliveries were claimed.

        New ones are claimed when half of those in flight have come back, so that the messengers never run dry.
        """
        flying: set[asyncio.Task[None]] = set()
        claimed = 0
        try:
            while True:
                if len(flying) <= self._in_flight // 2:
                    taken = await self._claim(self._in_flight - len(flying))
                    claimed += len(taken)
                    flying |= {asyncio.create_task(self._deliver(one, letter)) for one, letter in taken}
                if not flying:
                    return claimed
                done, flying = await asyncio.wait(flying, timeout=_LOOK_ROUND, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in flying:
                task.cancel()
            await asyncio.gather(*flying, return_exceptions=True)
            await self._settle.finished()

    async def _claim(self, limit: int) -> list[tuple[Claim, Letter]]:
        now = self._clock()
        quiet = is_quiet(self._city, now)
        if self._stopping.is_set() or (quiet and not self._city.emergency.passes_quiet_hours):
            return []

        def take(connection: Connection) -> list[tuple[Claim, Letter]]:
            claims = ledger.claim(connection, now, limit, only_emergencies=quiet)
            letters = read_letters(connection, claims, now)
            return [(taken, letters[taken]) for taken in claims]

        # Durable: after a power cut, too, nothing may have gone out that stands in the ledger as not sent.
        return await self._database.write(take, durable=True)

    async def _deliver(self, taken: Claim, letter: Letter) -> None:
        """One delivery: look at it, send it with a last look, write down the outcome."""
        outcome = await self._reason(letter, taken) or await self._send(letter, taken)
        if outcome is None:
            return
        await self._settle((taken, outcome))
        # An emergency goes on whatever fails: nobody is to wait because somebody else cannot be reached.
        if not letter.emergency and self._watch.saw(letter.campaign_id, outcome.state):
            await self._pause(letter.campaign_id)

    async def _settle_all(self, outcomes: Sequence[tuple[Claim, Outcome]]) -> Sequence[None]:
        now = self._clock()
        await self._database.write(lambda connection: ledger.settle(connection, outcomes, now))
        return [None] * len(outcomes)

    async def _look_at_all(self, claims: Sequence[Claim]) -> Sequence[Letter | None]:
        now = self._clock()
        letters = await self._database.fetch(lambda connection: read_letters(connection, claims, now))
        return [letters.get(taken) for taken in claims]

    async def _reason(self, letter: Letter, taken: Claim) -> Outcome | None:
        """What speaks against sending it now."""
        now = self._clock()
        if self._stopping.is_set():
            return Outcome(DeliveryState.PENDING, tried=False)
        found = reason_not_to_send(letter, now) or out_of_courtesy(letter, self._city, now)
        if found is not None or not letter.harm_hours:
            return found
        return after_a_talk(letter, await self._talked_at(Pseudonym(taken.pseudonym)), now)

    async def _last_look(self, taken: Claim) -> None:
        """Asked by the messenger when the message has its turn: minutes may have passed in a queue.

        Raises:
            _CalledBack: it is not to be sent (any more), or nobody can say so now.
        """
        try:
            letter = await self._look(taken)
            outcome = await self._reason(letter, taken) if letter is not None else None
        except Exception as error:
            log.error("last_look_failed", error=type(error).__name__)
            raise _CalledBack(Outcome(DeliveryState.PENDING, None, self._clock() + wait_before(2), tried=False)) from None
        if letter is None or outcome is not None:
            raise _CalledBack(outcome)

    async def _pause(self, campaign_id: int) -> None:
        async with self._database.begin() as session:
            if await steering.pause_by_itself(session, campaign_id, self._clock()):
                await self._record(session, "campaign.auto_pause", str(campaign_id))
                log.error("campaign_paused", campaign=campaign_id)

    async def _send(self, letter: Letter, taken: Claim) -> Outcome | None:
        """Hand it to its messenger. None: the claim was lost meanwhile, and nothing was sent."""
        try:
            messenger, address, reply = self._prepared(letter, taken)
        except (SealBroken, KeyError) as error:
            log.error("delivery_unusable", campaign=letter.campaign_id, error=type(error).__name__)
            return Outcome(DeliveryState.FAILED, "address_unreadable" if isinstance(error, SealBroken) else "not_presentable")
        try:
            await messenger.send(address, reply, partial(self._last_look, taken))
        except _CalledBack as called_back:
            return called_back.outcome
        except Unreachable:
            return Outcome(DeliveryState.BLOCKED, "unreachable")
        except Refused:
            return Outcome(DeliveryState.FAILED, "refused")
        except NotSent as error:
            return after_not_sent(taken.attempt, error.retry_after, self._clock())
        except Uncertain:
            return after_uncertain(letter, taken.attempt, "no_answer", self._clock())
        except Exception as error:
            # Only its kind: the words of a foreign error may hold an address.
            log.error("delivery_error", campaign=letter.campaign_id, error=type(error).__name__)
            return after_uncertain(letter, taken.attempt, "error", self._clock())
        return Outcome(DeliveryState.SENT)

    def _body(self, letter: Letter, taken: Claim) -> str:
        second = letter.second and variant_of(self._trial_key, letter.campaign_id, taken.pseudonym) is Variant.B
        return (letter.second if second else letter.body) or ""

    def _prepared(self, letter: Letter, taken: Claim) -> tuple[Messenger, Address, Reply]:
        if letter.channel is None or letter.sealed_address is None:
            raise KeyError("channel")
        address = open_address(self._key, taken.pseudonym, letter.sealed_address)
        asked = Asked(taken.occurrence_id, letter.quiz) if letter.quiz else None
        reply = self._compose(self._body(letter, taken), letter.language, letter.topic, asked, letter.picture, taken.occurrence_id)
        return self._messengers[address.channel], address, reply
