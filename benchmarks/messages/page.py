"""From what was measured to the page: which figures, which ratios, which targets."""

from __future__ import annotations

from dataclasses import asdict

from benchmarks.figures import Series, Target, ratio_range
from benchmarks.machine import Memory
from benchmarks.messages.measuring import Measured, Plan
from benchmarks.report import Page, Row

TYPED = Target(0.5)
PRESSED = Target(0.25)
RATE = Target(2.5, at_least=True)
MEMORY = Target(0.5)
LATE = Target(1.3)
"""Faro's late turn beside its own early one."""


def page(faro: Measured, stock: Measured, plan: Plan, notes: list[str]) -> Page:
    """The page of this benchmark."""
    rows = [
        *_times("typed message", faro.series("typed"), stock.series("typed"), TYPED),
        *_times("button", faro.series("pressed"), stock.series("pressed"), PRESSED),
        _rate(plan.crowd, faro.series("rates"), stock.series("rates")),
        *_memory(faro, stock),
        *_starts(faro, stock),
        *_turns(faro, stock, plan),
    ]
    details = {"plan": asdict(plan), "faro": asdict(faro), "stock": asdict(stock)}
    return Page("Messages", "stock Rasa", rows, [*notes, *_ranges(faro, stock)], details)


def _times(name: str, ours: Series, theirs: Series, target: Target) -> list[Row]:
    noise = (ours.spread, theirs.spread)
    return [
        Row(f"{name}, p50", "ms", ours.median * 1e3, theirs.median * 1e3, ours.median / theirs.median, target, noise),
        Row(f"{name}, p95", "ms", ours.p95 * 1e3, theirs.p95 * 1e3, ours.p95 / theirs.p95),
    ]


def _rate(crowd: int, ours: Series, theirs: Series) -> Row:
    name = f"messages a second, {crowd} at once"
    return Row(name, "/s", ours.median, theirs.median, ours.median / theirs.median, RATE, (ours.spread, theirs.spread))


def _memory(faro: Measured, stock: Measured) -> list[Row]:
    """Judged after the load, by PSS and by RSS: each has to keep the target."""
    rows = []
    for moment, ours, theirs in (("at first", faro.fresh, stock.fresh), ("after the load", faro.loaded, stock.loaded)):
        assert ours is not None and theirs is not None
        rows += [_memory_row(kind, moment, ours, theirs) for kind in ("pss", "rss")]
    return rows


def _memory_row(kind: str, moment: str, ours: Memory, theirs: Memory) -> Row:
    mine, peer = getattr(ours, kind), getattr(theirs, kind)
    return Row(f"memory {moment}, {kind.upper()}", "MB", mine, peer, mine / peer, MEMORY if moment == "after the load" else None)


def _starts(faro: Measured, stock: Measured) -> list[Row]:
    rows = []
    for name, part in (("start until it answers", "answers"), ("start until it understands", "understands")):
        ours, theirs = (Series.of([[getattr(start, part)] for start in side.starts]) for side in (faro, stock))
        rows.append(Row(name, "s", ours.median, theirs.median, ours.median / theirs.median, noise=(ours.spread, theirs.spread)))
    return rows


def _turns(faro: Measured, stock: Measured, plan: Plan) -> list[Row]:
    rows = []
    for turn, name in ((plan.early_turn, "early"), (plan.late_turn, "late")):
        ours, theirs = faro.series(name), stock.series(name)
        ratio, noise = ours.median / theirs.median, (ours.spread, theirs.spread)
        rows.append(Row(f"typed message at turn {turn:,}, p50", "ms", ours.median * 1e3, theirs.median * 1e3, ratio, noise=noise))
    mine, peers = (side.series("late").median / side.series("early").median for side in (faro, stock))
    return [*rows, Row(f"turn {plan.late_turn:,} beside turn {plan.early_turn} (Faro's own)", "times", mine, peers, mine, LATE)]


def _ranges(faro: Measured, stock: Measured) -> list[str]:
    names = {"typed message": "typed", "button": "pressed", "messages a second": "rates"}
    ranges = {title: ratio_range(faro.series(name), stock.series(name)) for title, name in names.items()}
    return ["Ratio in the best and the worst round: " + "; ".join(f"{t} {low:.2f} to {high:.2f}" for t, (low, high) in ranges.items())]
