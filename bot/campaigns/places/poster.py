"""The poster: works the ledger of posts off, each at most once, as the sender does with letters to people.

Replies and letters to people do not wait for it: what it posts stands in the same queue of the channel, behind every reply.
Quiet hours are those of people: who follows the channel hears its messages, too.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial

import structlog

from bot.campaigns.city import CityFacts
from bot.campaigns.courtesy import is_quiet
from bot.campaigns.ledger import ATTEMPTS, Outcome
from bot.campaigns.places import posts
from bot.campaigns.places.notices import Notices
from bot.campaigns.places.posts import Claim, Notice
from bot.campaigns.places.public import Publish
from bot.campaigns.places.tables import PlaceState
from bot.campaigns.quiz import Asked
from bot.campaigns.tables import DeliveryState, OccurrenceState
from bot.campaigns.verdicts import after_not_sent, wait_before
from bot.errors import Moved, Muted, NotSent, Refused, Uncertain, Unreachable
from bot.messages import Address, Channel, Clock, Reply
from bot.places import Board, PlaceMoved, Posted, Standing
from bot.storage import Database

log = structlog.get_logger(__name__)

AT_ONCE = 8
"""Posts under way at once: one that waits for its group's minute holds up no other place."""
_LOOK_ROUND = 1.0


class _CalledBack(Exception):
    """A post is taken back from the board. ``outcome`` None: its claim was lost, there is nothing to write down."""

    def __init__(self, outcome: Outcome | None) -> None:
        super().__init__()
        self.outcome = outcome


class Poster:
    """Claims posts, hands them to the board, and writes down what became of each. Any number may run.

    Args:
        board: None: there is no channel with public places, so that what is listed gets too late.
        notices: told what posting shows about a place.
    """

    def __init__(
        self, database: Database, board: Board | None, publish: Publish, notices: Notices, city: CityFacts, clock: Clock
    ) -> None:
        self._database = database
        self._board = board
        self._publish = publish
        self._notices = notices
        self._city = city
        self._clock = clock
        self._stopping = asyncio.Event()

    async def run(self, pause: float = 1.0) -> None:
        """Work until :meth:`stop`; ``pause`` seconds apart when there is nothing to do. An error is logged and outlived."""
        while not self._stopping.is_set():
            try:
                await self.run_once()
            except Exception:
                log.exception("posting_failed")
            try:
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    def stop(self) -> None:
        """Claim nothing more and take back what still waits for its turn; :meth:`run` returns when the rest has its outcome."""
        self._stopping.set()

    async def run_once(self) -> int:
        """Post everything that is due; returns how many posts were claimed."""
        flying: set[asyncio.Task[None]] = set()
        claimed = 0
        try:
            while True:
                taken = await self._claim(AT_ONCE - len(flying))
                claimed += len(taken)
                flying |= {asyncio.create_task(self._deliver(one)) for one in taken}
                if not flying:
                    return claimed
                done, flying = await asyncio.wait(flying, timeout=_LOOK_ROUND, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in flying:
                task.cancel()
            await asyncio.gather(*flying, return_exceptions=True)

    async def _claim(self, limit: int) -> list[Claim]:
        now = self._clock()
        quiet = is_quiet(self._city, now)
        silent = quiet and not self._city.emergency.passes_quiet_hours
        if not limit or self._stopping.is_set() or silent or self._board is None or self._board.link is None:
            return []
        # Looked at first: a transaction that writes, every second and mostly for nothing, would be in everybody's way.
        if not await self._database.fetch(lambda connection: posts.is_due(connection, now, only_emergencies=quiet)):
            return []
        # Durable: after a power cut, too, nothing may have gone out that stands in the ledger as not sent.
        return await self._database.write(lambda connection: posts.claim(connection, now, limit, only_emergencies=quiet), durable=True)

    async def _deliver(self, taken: Claim) -> None:
        notice = await self._look(taken)
        if notice is None:
            return
        posted: Posted | None = None
        outcome = self._reason(notice)
        if outcome is None:
            outcome, posted = await self._post(taken, notice)
        if outcome is None:
            return
        ended, told, now = outcome, (notice.chat, posted) if posted else None, self._clock()
        await self._database.write(lambda connection: posts.settle(connection, taken, ended, now, told))

    async def _look(self, taken: Claim) -> Notice | None:
        return await self._database.fetch(lambda connection: posts.read_notice(connection, taken))

    def _reason(self, notice: Notice) -> Outcome | None:
        """What speaks against posting it now."""
        if self._stopping.is_set():
            return Outcome(DeliveryState.PENDING, tried=False)
        return reason_not_to_post(notice, self._clock())

    async def _last_look(self, taken: Claim) -> None:
        """Asked by the board when the post has its turn: minutes may have passed in a queue.

        Raises:
            _CalledBack: it is not to be posted (any more), or nobody can say so now.
        """
        try:
            notice = await self._look(taken)
        except Exception as error:
            log.error("last_look_failed", error=type(error).__name__)
            raise _CalledBack(Outcome(DeliveryState.PENDING, None, self._clock() + wait_before(2), tried=False)) from None
        outcome = self._reason(notice) if notice is not None else None
        if notice is None or outcome is not None:
            raise _CalledBack(outcome)

    async def _post(self, taken: Claim, notice: Notice) -> tuple[Outcome | None, Posted | None]:
        """Hand it to the board. No outcome: the claim was lost meanwhile, and nothing was posted."""
        try:
            reply = self._reply(taken, notice)
        except KeyError:
            return Outcome(DeliveryState.FAILED, "not_presentable"), None
        assert self._board is not None  # noqa: S101  nothing is claimed without one
        address, now = Address(Channel.TELEGRAM, notice.chat), self._clock
        try:
            posted = await self._board.post(address, reply, partial(self._last_look, taken))
        except _CalledBack as called_back:
            return called_back.outcome, None
        except Moved as moved:
            await self._notices.hear(PlaceMoved(address, Address(Channel.TELEGRAM, moved.to)))
            return after_not_sent(taken.attempt, 0.0, now()), None
        except Unreachable:
            await self._notices.stands(taken.place_id, Standing.GONE)
            return Outcome(DeliveryState.BLOCKED, "place_gone"), None
        except Muted:
            await self._notices.stands(taken.place_id, Standing.MUTED)
            return Outcome(DeliveryState.BLOCKED, "place_muted"), None
        except Refused:
            return Outcome(DeliveryState.FAILED, "refused"), None
        except NotSent as error:
            return after_not_sent(taken.attempt, error.retry_after, now()), None
        except Uncertain:
            return _after_uncertain(notice, taken.attempt, "no_answer", now()), None
        except Exception as error:
            log.error("post_error", campaign=notice.campaign_id, error=type(error).__name__)
            return _after_uncertain(notice, taken.attempt, "error", now()), None
        return Outcome(DeliveryState.SENT), posted

    def _reply(self, taken: Claim, notice: Notice) -> Reply:
        asked = Asked(taken.occurrence_id, notice.quiz) if notice.quiz else None
        return self._publish(notice.body or "", notice.language, notice.topic, asked, notice.picture)


def reason_not_to_post(notice: Notice, now: datetime) -> Outcome | None:
    """What forbids posting at the last moment, None when nothing does. Pure."""
    if notice.state is OccurrenceState.PAUSED:
        return Outcome(DeliveryState.PENDING, tried=False)
    if notice.state is not OccurrenceState.RUNNING:
        return Outcome(DeliveryState.STOPPED, "cancelled")
    if notice.place_state is not PlaceState.ALLOWED:
        return Outcome(DeliveryState.STOPPED, "place_not_allowed")
    if notice.standing is not Standing.PRESENT:
        return Outcome(DeliveryState.BLOCKED, "place_gone" if notice.standing is Standing.GONE else "place_muted")
    if notice.expires_at <= now:
        return Outcome(DeliveryState.EXPIRED, "too_late")
    return None if notice.body else Outcome(DeliveryState.FAILED, "no_text")


def _after_uncertain(notice: Notice, attempt: int, reason: str, now: datetime) -> Outcome:
    """Posted again only where the campaign accepts that something comes twice, as broadcasts in an emergency do."""
    if notice.resend_uncertain and attempt < ATTEMPTS:
        return Outcome(DeliveryState.PENDING, None, now + wait_before(attempt + 1))
    return Outcome(DeliveryState.UNCERTAIN, reason)
