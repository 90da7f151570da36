"""A million tips: the queue's pages beside a plain queue's, search, and intake at the pace of a year within an hour, on both stores."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine
from benchmarks.options import Options
from benchmarks.report import Sheet
from benchmarks.tips.filling import fill
from benchmarks.tips.house import Browser, House, Moderator, open_house
from benchmarks.tips.queue import Pages, kinds, measure
from benchmarks.tips.rows import Filling
from benchmarks.tips.sheets import intake_sheet, queue_sheet, search_sheet
from benchmarks.tips.stores import STORES
from benchmarks.tips.telling import Told, tell
from bot.console import tip_filters
from bot.messages import Language

LANGUAGE = Language("en")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much. ``real``: tips with words in them; ``rounds``: pages of each kind; ``seconds``: how long people begin to tell tips."""

    tips: int = 1_000_000
    real: int = 8_000
    rounds: int = 60
    searches: int = 20
    seconds: float = 60.0


QUICK = Plan(tips=20_000, real=8_000, rounds=12, searches=4, seconds=10.0)


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything of one store. ``searches``: tips looked through and milliseconds, of each search."""

    pages: Pages
    searches: Sequence[tuple[int, float]]
    told: Told


async def run(options: Options) -> list[Sheet]:
    """Fill each store, measure it, remove it."""
    plan, before = QUICK if options.quick else Plan(), machine.load()
    measured = {name: await _measured(name, plan, options.report) for name in STORES}
    loads = " and ".join(f"{load[0]:.1f}" for load in (before, machine.load()))
    about = f"Machine: {machine.described()}. Load average before and after: {loads}."
    pages = [queue_sheet(name, plan.tips, each.pages, about) for name, each in measured.items()]
    searches = search_sheet({name: each.searches for name, each in measured.items()})
    return [*pages, searches, intake_sheet(plan.tips, {name: each.told for name, each in measured.items()})]


async def _measured(name: str, plan: Plan, report: Callable[[str], None]) -> Measured:
    def say(words: str) -> None:
        report(f"{name}: {words}")

    with STORES[name]() as url, tempfile.TemporaryDirectory(prefix="faro-bench-") as folder:
        house = await open_house(url, Path(folder))
        try:
            moderator = await Moderator.enter(house)
            await fill(house.database, _filling(house, moderator, plan), lambda done: say(f"writing tips, {done} of {plan.tips}"))
            pages = await measure(house, moderator, plan.rounds, say)
            say("searching")
            searches = [await search(moderator.browser(house)) for _ in range(plan.searches)]
            say("people telling tips")
            me = moderator.key.staff_id
            addresses = [f"/tips?{tip_filters.written(filters, me)}" for filters in kinds(me).values()]
            return Measured(pages, searches, await tell(house, moderator.browser(house), addresses, plan.seconds))
        finally:
            await house.database.close()


async def search(browser: Browser) -> tuple[int, float]:
    """Look for what stands nowhere: how many tips were looked through in one stretch, and milliseconds."""
    await browser.open("/tips")
    taken = await browser.send("/tips/search", {"words": "nowhere-to-be-found"})
    looked = re.search(r"([\d,]+) tips? looked at", browser.page)
    return int(looked[1].replace(",", "")) if looked else 0, taken


def _filling(house: House, moderator: Moderator, plan: Plan) -> Filling:
    city = house.city
    categories, districts = [one.code for one in city.tip_categories], [one.code for one in city.districts]
    return Filling(plan.tips, plan.real, moderator.key, categories, districts, LANGUAGE, house.clock())


__all__ = ["QUICK", "Plan", "run"]
