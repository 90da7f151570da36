"""The benchmark of sending as a whole."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine
from benchmarks.messages.side import NoAnswer
from benchmarks.options import Options
from benchmarks.report import Page, Sheet
from benchmarks.sending.office import Office
from benchmarks.sending.pace import Pace, faro, plain_loop
from benchmarks.sending.page import POSTGRESQL, SQLITE, Speed, campaign_sheet, pace_page
from benchmarks.sending.senders import Job, Toll, send_all
from benchmarks.sending.snapshot import snapshot
from benchmarks.sending.stores import postgres
from tests.emulator import BotApi, Rate, Rates

TENFOLD = 300
"""Ten times Telegram's limit, in messages a second."""
ENDLESS = 10**9


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything."""

    rounds: int = 2
    recipients: int = 600
    audience: int = 1_000_000
    opened: int = 5_000
    killed: int = 10_000
    kills: int = 20


QUICK = Plan(rounds=1, recipients=150, audience=100_000, opened=1_000, killed=1_000, kills=5)


async def run(options: Options) -> list[Page | Sheet]:
    """Measure everything, one after the other."""
    plan, before = QUICK if options.quick else Plan(), machine.load()
    ours, theirs = await _paces(plan, options)
    snapshots, speeds = {}, {}
    for store in (SQLITE, POSTGRESQL):
        options.report(f"listing an audience on {store}")
        with _empty(store) as url:
            snapshots[store] = await snapshot(plan.audience, url)
        options.report(f"sending without limits on {store}")
        with _empty(store) as url:
            speeds[store] = await _opened(plan, url)
    with _empty(POSTGRESQL) as url:
        toll, seed = await _killed(plan, options, url)
    loads = " and ".join(f"{load[0]:.1f}" for load in (before, machine.load()))
    notes = [f"Machine: {machine.described()}. Load average before and after: {loads}."]
    return [pace_page(ours, theirs, notes), campaign_sheet(ours, snapshots, speeds, toll, seed)]


@contextmanager
def _empty(store: str) -> Iterator[str | None]:
    """An empty store's address; None: SQLite in a folder of the measurement's own."""
    if store == SQLITE:
        yield None
    else:
        with postgres() as url:
            yield url


async def _paces(plan: Plan, options: Options) -> tuple[list[Pace], list[Pace]]:
    """Round by round first one side, then the other."""
    ours, theirs = [], []
    for number in range(1, plan.rounds + 1):
        options.report(f"sending at Telegram's limits, round {number}")
        ours.append(await faro(plan.recipients))
        theirs.append(await plain_loop(plan.recipients))
    return ours, theirs


async def _opened(plan: Plan, url: str | None) -> Speed:
    """One sender when nobody limits it."""
    with tempfile.TemporaryDirectory(prefix="faro-bench-") as folder:
        async with Office.open(Path(folder), url) as office, BotApi(rates=Rates.none()) as telegram:
            toll, arrivals = await send_all(office, telegram, Job(plan.opened, senders=1, rate=ENDLESS))
    if not toll.is_clean:
        raise NoAnswer(f"the sender sent {toll.sent} of {toll.recipients}")
    return Speed(arrivals.per_second, toll.processor / toll.sent * 1000)


async def _killed(plan: Plan, options: Options, url: str | None) -> tuple[Toll, int]:
    """What two senders at ten times Telegram's speed leave behind when they are killed, and the seed of the moments."""
    seed = random.SystemRandom().randrange(10**6)
    with tempfile.TemporaryDirectory(prefix="faro-bench-") as folder:
        rates = Rates(overall=Rate(TENFOLD, 1.0))
        async with Office.open(Path(folder), url) as office, BotApi(rates=rates) as telegram:
            job = Job(plan.killed, senders=2, rate=TENFOLD, kills=plan.kills)
            toll, _ = await send_all(office, telegram, job, chance=random.Random(seed), say=options.report)
    return toll, seed


__all__ = ["run"]
