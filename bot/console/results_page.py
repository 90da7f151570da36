"""Results of campaigns as tables in the visitor's words: the pages, their charts and the CSV all show these. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from bot.campaigns.audience import rounded, shown
from bot.campaigns.group_results import chosen_of, tables_of
from bot.campaigns.groups import Counts, Dimension, GroupTable
from bot.campaigns.intervals import Difference, Share, compare
from bot.campaigns.plans import Campaign
from bot.campaigns.quiz import Quiz
from bot.campaigns.result_book import Sending
from bot.campaigns.results import Progress
from bot.campaigns.tables import DeliveryState
from bot.campaigns.trial import Metric, Variant
from bot.campaigns.wishes import AGE_BANDS
from bot.console.charts import Bar, Frame, Stack, bars, stacks
from bot.console.statistics import Amount, Cell, Row
from bot.console.statistics_files import harmless, mark
from bot.suppression import Line, suppress

STATES = (
    DeliveryState.SENT,
    DeliveryState.BLOCKED,
    DeliveryState.FAILED,
    DeliveryState.EXPIRED,
    DeliveryState.UNCERTAIN,
    DeliveryState.STOPPED,
)
_HEAD = ("campaign", "table", "row", "column", "count", "mark")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may be shown of a campaign's newest sending.

    ``sums``: by name (``total``, a state, ``help``, ``answered``, ``right``), hidden ones as None; what a campaign does not
    have is missing. ``tables``: by group, once every number is final. ``final_at``: when that is; None: not ended.
    """

    campaign: Campaign
    sums: Mapping[str, Cell]
    tables: tuple[GroupTable, ...]
    final_at: datetime | None
    is_final: bool

    def share(self, part: str, whole: str) -> int | None:
        """Percent, of two shown and exact numbers; None: not to be said."""
        of, number = self.sums.get(whole), self.sums.get(part)
        if of is None or number is None or not (of.exact and number.exact) or not of.count:
            return None
        return round(100 * number.count / of.count)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. ``key`` is unique on a page; ``last_is_sum``: the last row adds up the others."""

    key: str
    title: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    last_is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """How results are said. ``of``: a group of a dimension in words."""

    say: Callable[..., str]
    number: Callable[[int], str]
    of: Callable[[Dimension, str], str]

    def cell(self, cell: Cell) -> str:
        """A number as it is read."""
        if cell is None:
            return self.say("figures.hidden")
        number = self.number(cell.count)
        return number if cell.exact else self.say("figures.at_least", number=number)

    def measure(self, name: str) -> str:
        """What a sum counts."""
        return self.say(f"progress.state.{name}" if name in set(STATES) else f"results.{name}")


def outcome_of(campaign: Campaign, progress: Progress, sending: Sending, minimum: int, now: datetime) -> Outcome:
    """What may be shown of it now."""
    final = sending.is_final(now)
    opened = sending.everybody.help
    helped = _cell(shown(opened, minimum)) if final else _cell(rounded(opened, minimum), exact=False)
    quiz = campaign.draft.quiz
    chosen = chosen_of(quiz, sending, minimum)
    sums: dict[str, Cell] = {**_states(progress, minimum), "help": helped, **_quiz_sums(quiz, chosen)}
    if progress.few:
        sums = dict.fromkeys(sums)
    return Outcome(campaign, sums, tables_of(quiz, progress, sending, minimum, now), sending.final_at, final)


def _quiz_sums(quiz: Quiz | None, chosen: Line[int]) -> dict[str, Cell]:
    if quiz is None:
        return {}
    right = {} if quiz.right is None else {"right": _cell(chosen.cells.get(quiz.right))}
    return {"answered": _cell(chosen.total), **right}


def trial_of(outcome: Outcome, sending: Sending, minimum: int) -> Difference | None:
    """How the second text of a trial did against the first by what was to decide; None: not final, or too few to be shown.

    Nothing else is said about the two: who looks at many things finds a difference in one of them by chance.
    """
    trial = outcome.campaign.draft.trial
    of = "answered" if trial and trial.metric is Metric.RIGHT else "sent"
    if trial is None or not outcome.is_final or not (outcome.sums.get(of) and outcome.sums.get(trial.metric.value)):
        return None
    groups = {key: counts.whole() for key, counts in sending.groups.get(Dimension.VARIANT, {}).items()}
    first, second = (groups.get(one.value, Counts()) for one in Variant)
    name = trial.metric.value
    return compare(Share(getattr(first, name), getattr(first, of)), Share(getattr(second, name), getattr(second, of)), minimum)


def sheets_of(outcome: Outcome, names: Names) -> list[Sheet]:
    """The sums, and a table for each dimension."""
    rows = tuple(Row(names.measure(name), (cell,)) for name, cell in outcome.sums.items())
    sums = Sheet("sums", names.say("results.sums"), names.say("results.measure"), (names.say("results.count"),), rows)
    return [sums, *(_grouped(table, names) for table in outcome.tables)]


def comparison_of(outcomes: Sequence[Outcome], names: Names) -> Sheet:
    """The sums of several campaigns side by side: those that all of them have."""
    order = ("total", *(state.value for state in STATES), "help", "answered", "right")
    measures = [name for name in order if all(name in one.sums for one in outcomes)]
    rows = tuple(Row(names.measure(name), tuple(one.sums.get(name) for one in outcomes)) for name in measures)
    titles = tuple(one.campaign.title for one in outcomes)
    return Sheet("compare", names.say("results.sums"), names.say("results.measure"), titles, rows)


def shares_of(outcomes: Sequence[Outcome], names: Names) -> list[tuple[str, Markup]]:
    """A title and a chart for each share that all have and at least one may show; the whole width is 100 %."""
    charts = []
    for part, whole in (("sent", "total"), ("help", "sent"), ("answered", "sent"), ("right", "answered")):
        shares = [(one.campaign.title, one.share(part, whole)) for one in outcomes]
        if all(part in one.sums for one in outcomes) and any(share is not None for _, share in shares):
            title = names.say(f"results.share.{part}")
            frame = Frame(f"share-{part}", title, names.say("results.chart_hint"))
            charts.append((title, stacks(frame, [], [Stack(campaign, [share], 100, _percent(share, names)) for campaign, share in shares])))
    return charts


def chart_of(sheet: Sheet, names: Names) -> Markup:
    """The first column as bars, without the sum."""
    rows = sheet.rows[:-1] if sheet.last_is_sum else sheet.rows
    frame = Frame(f"chart-{sheet.key}", sheet.title, names.say("results.chart_hint"))
    return bars(frame, [Bar(row.label, row.cells[0].count if row.cells[0] else None, names.cell(row.cells[0])) for row in rows])


def to_csv(sheets: Iterable[tuple[str, Sheet]]) -> bytes:
    """One line for each number, with the campaign's title before it; UTF-8 with a byte order mark, as spreadsheets want it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for title, sheet in sheets:
        for row in sheet.rows:
            for column, cell in zip(sheet.columns, row.cells, strict=True):
                names = (title, sheet.title, row.label, column)
                writer.writerow([*map(harmless, names), cell.count if cell else "", mark(cell)])
    return out.getvalue().encode("utf-8-sig")


def _grouped(table: GroupTable, names: Names) -> Sheet:
    keys = sorted(table.rows, key=lambda key: _rank(table.dimension, key, names))
    rows = [Row(names.of(table.dimension, key), tuple(map(_cell, table.rows[key]))) for key in keys]
    rows.append(Row(names.say("figures.total"), tuple(map(_cell, table.total))))
    columns = tuple(names.measure(event.value) for event in table.columns)
    title = names.say(f"results.by.{table.dimension.value}")
    return Sheet(table.dimension.value, title, names.say("results.group"), columns, tuple(rows), last_is_sum=True)


def _rank(dimension: Dimension, key: str, names: Names) -> tuple[bool, int, str]:
    """Ages and hours in their order, the others by name; those who did not tell come last."""
    number = AGE_BANDS.index(key) if dimension is Dimension.AGE and key in AGE_BANDS else 0
    return (not key, number, key if dimension is Dimension.HOUR else names.of(dimension, key))


def _states(progress: Progress, minimum: int) -> dict[str, Cell]:
    cells = suppress(progress.by_state, minimum).cells
    return {"total": Amount(progress.total)} | {state.value: _cell(cells[state.value]) for state in STATES}


def _cell(count: int | None, *, exact: bool = True) -> Cell:
    return None if count is None else Amount(count, exact)


def _percent(share: int | None, names: Names) -> str:
    return names.say("figures.hidden") if share is None else names.say("results.percent", number=share)
