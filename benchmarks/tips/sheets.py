"""What was measured of tips, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from benchmarks.figures import percentile
from benchmarks.report import Sheet, verdict
from benchmarks.tips.queue import DEPTHS, Pages
from benchmarks.tips.telling import PACE, Told

MOST_MILLISECONDS = 150
"""Target: 95 of 100 pages of the queue are there within it, among a million tips."""


def queue_sheet(store: str, tips: int, pages: Pages, about: str) -> Sheet:
    """Each kind of page on both sides, and all of them together."""
    faro, plain = dict(pages.faro), dict(pages.plain)
    faro["all together"], plain["all together"] = (list(chain.from_iterable(side.values())) for side in (pages.faro, pages.plain))
    met = percentile(faro["all together"], 95) <= MOST_MILLISECONDS
    return Sheet(
        f"The queue among {tips:,} tips on {store}",
        ("page", "p50", "p95", "slowest", "plain p50", "plain p95", "ratio of p50"),
        [[name, *_times(faro[name]), f"{max(faro[name]):.0f}", *_times(plain[name]), _ratio(faro[name], plain[name])] for name in faro],
        [
            about,
            f"Milliseconds of whole pages over ASGI, guard and template included: the first, and {DEPTHS[1]} and {DEPTHS[-1]} pages down.",
            f"Target: p95 of all pages at most {MOST_MILLISECONDS} ms: {verdict(met)}.",
            "Plain: the same console and indexes over OFFSET, one COUNT(*) of what fits and one of each status; asked a quarter as often.",
        ],
        {"faro": pages.faro, "plain": pages.plain},
    )


def search_sheet(searches: Mapping[str, Sequence[tuple[int, float]]]) -> Sheet:
    """How many tips a search looks through."""
    rows = [[store, _most(found), *_times([ms for _, ms in found]), _speed(found)] for store, found in searches.items()]
    headings = ("store", "tips looked through", "p50 ms", "p95", "tips a second")
    notes = ["One stretch of a search for what stands nowhere, over ASGI: each tip is opened with the moderator's key, read and forgotten."]
    return Sheet("Searching in tips", headings, rows, notes, {"searches": dict(searches)})


def intake_sheet(tips: int, told: Mapping[str, Told]) -> Sheet:
    """Steps of people who tell tips, and the queue meanwhile."""
    rows = [
        [store, str(one.tips), f"{one.tips / one.seconds:.1f}", *_times(one.steps), *_times(one.sending), *_times(one.pages)]
        for store, one in told.items()
    ]
    headings = ("store", "tips told", "a second", "step p50", "p95", "sending p50", "p95", "queue p50", "p95")
    notes = [
        f"{PACE:.1f} people a second begin a tip (22,000 within an hour), among {tips:,} others; each takes 0.2 s for every step.",
        "A step is a whole turn of the conversation, committed. Sending makes keys, and one from the receipt's words by Argon2id.",
        "Meanwhile a moderator asks for a page of the queue every half second. People and moderator run in the process that is measured.",
    ]
    return Sheet("22,000 tips an hour", headings, rows, notes, {"steps": {store: one.steps for store, one in told.items()}})


def _times(samples: Sequence[float]) -> tuple[str, str]:
    return f"{percentile(samples, 50):.0f}", f"{percentile(samples, 95):.0f}"


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    return f"{percentile(ours, 50) / percentile(theirs, 50):.2f}"


def _most(found: Sequence[tuple[int, float]]) -> str:
    return str(max(tips for tips, _ in found))


def _speed(found: Sequence[tuple[int, float]]) -> str:
    return f"{sum(tips for tips, _ in found) / sum(ms for _, ms in found) * 1000:,.0f}"
