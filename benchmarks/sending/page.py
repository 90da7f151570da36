"""What is printed of campaigns: Faro beside the plain loop, and Faro against its targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from benchmarks.figures import percentile
from benchmarks.report import Page, Row, Sheet, verdict
from benchmarks.sending.pace import LIMIT, Pace
from benchmarks.sending.senders import Toll
from benchmarks.sending.snapshot import Snapshot

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"

SHARE = 0.97
"""Of Telegram's limit, at least."""
REPLY_SECONDS = 1.0
"""p95 of replies during a campaign, less than."""
SNAPSHOT_SECONDS = 10.0
GROWN = 50.0
"""MB by which the process may grow while it lists a million people: "flat"."""
TENFOLD = 10 * LIMIT
"""Messages a second without limits, at least."""

_PEER_NOTE = (
    "The plain loop: python-telegram-bot with its AIORateLimiter (20 tries after a 429) sends one message after the other and answers "
    "/menu. It has no ledger: killed, it does not know whom it has written to. Share: all messages between the campaign's first and last "
    "one, replies included, of 30 a second. The emulator refuses by true sliding windows, and then until the time that it names."
)


@dataclass(frozen=True, slots=True)
class Speed:
    """Of one sender that nobody limits: messages a second, and milliseconds of its own processor time for each."""

    per_second: float
    processor: float


def pace_page(ours: Sequence[Pace], theirs: Sequence[Pace], notes: Sequence[str]) -> Page:
    """Both sides at Telegram's limits."""
    rows = [
        _row("share of 30 a second", "%", ours, theirs, lambda pace: pace.share * 100),
        _row("the campaign's messages alone", "%", ours, theirs, lambda pace: pace.campaign_share * 100),
        _row("most messages in a second", "", ours, theirs, lambda pace: pace.busiest),
        _row("refused with 429", "", ours, theirs, lambda pace: pace.refused, compared=False),
        _row("reply meanwhile, p50", "ms", ours, theirs, lambda pace: percentile(pace.replies, 50) * 1000),
        _row("reply meanwhile, p95", "ms", ours, theirs, lambda pace: percentile(pace.replies, 95) * 1000),
    ]
    details = {"faro": [asdict(pace) for pace in ours], "plain loop": [asdict(pace) for pace in theirs]}
    return Page("A campaign at Telegram's limits", "AIORateLimiter", rows, [*notes, _PEER_NOTE], details)


def campaign_sheet(paces: Sequence[Pace], snapshots: Mapping[str, Snapshot], speeds: Mapping[str, Speed], toll: Toll, seed: int) -> Sheet:
    """Faro's own targets. The worst round counts."""
    share, refused = min(pace.share for pace in paces), sum(pace.refused for pace in paces)
    slowest = max(percentile(pace.replies, 95) for pace in paces)
    rows = [
        ("share of 30 messages a second", f"{share:.1%}", f"≥ {SHARE:.0%}", verdict(share >= SHARE)),
        ("refused with 429", f"{refused}", "0", verdict(refused == 0)),
        ("reply meanwhile, p95", f"{slowest:.2f} s", f"< {REPLY_SECONDS:g} s", verdict(slowest < REPLY_SECONDS)),
        *(_snapshot_row(store, taken) for store, taken in snapshots.items()),
        *(
            (
                f"messages a second without limits, {store}",
                f"{speed.per_second:.0f}, {speed.processor:.2f} ms of processor time each",
                f"≥ {TENFOLD}",
                verdict(speed.per_second >= TENFOLD),
            )
            for store, speed in speeds.items()
        ),
        ("messages a second of two senders, kills included", f"{toll.recipients / toll.seconds:.0f}", f"of {TENFOLD} allowed", ""),
        ("sent twice", f"{toll.duplicates}", "0", verdict(toll.duplicates == 0)),
        ("of unknown fate, each listed", f"{toll.uncertain}", f"≤ {toll.in_flight_at_most}", verdict(toll.is_clean)),
    ]
    return Sheet("Campaigns", ("", "measured", "target", ""), rows, [_toll_note(toll, seed)], {"toll": asdict(toll), "seed": seed})


def _row(name: str, unit: str, ours: Sequence[Pace], theirs: Sequence[Pace], of: Callable[[Pace], float], *, compared: bool = True) -> Row:
    sides = [[of(pace) for pace in side] for side in (ours, theirs)]
    mine, other = (sum(side) / len(side) for side in sides)
    noise = tuple((max(side) - min(side)) / (sum(side) / len(side)) if any(side) else 0.0 for side in sides)
    return Row(name, unit, mine, other, mine / other if compared and other else None, noise=(noise[0], noise[1]))


def _snapshot_row(store: str, taken: Snapshot) -> tuple[str, str, str, str]:
    measured = f"{taken.seconds:.1f} s, +{taken.grown:.1f} MB"
    is_met = taken.seconds < SNAPSHOT_SECONDS and taken.grown < GROWN
    return f"listing {taken.people:,} people, {store}", measured, f"< {SNAPSHOT_SECONDS:g} s, flat", verdict(is_met)


def _toll_note(toll: Toll, seed: int) -> str:
    return (
        f"Killed: {toll.senders} sender processes on PostgreSQL, {TENFOLD} messages a second together, {toll.recipients:,} people; kill -9 "
        f"{toll.kills} times at random points of the campaign (seed {seed}), another one in its place at once; {toll.seconds:.0f} s. "
        f"Of the {toll.uncertain} of unknown fate {toll.of_them_arrived} had arrived; none is sent again. "
        f"Where ledger and emulator disagree: {toll.disagreeing}. Refused with 429: {toll.refused}."
    )
