"""Figures as tables in somebody's words: the console's page, the public page, CSV and PDF all show these, so none shows more. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup

from bot.console.charts import Bar, Frame, Stack, bars, line, stacks
from bot.messages import Language
from bot.tips.quarters import Quarter
from bot.tips.tally import NOWHERE, OUTCOMES, Figures, Wait, within

TABLES = ("months", "categories", "districts", "outcomes", "waits")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number to show. Not ``exact``: it is at least so much, as a part of it is hidden."""

    count: int
    exact: bool = True


Cell = Amount | None
"""None: hidden."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``key``: of :data:`TABLES`. The last column is the sum of the others, where there are several."""

    key: str
    title: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row


@dataclass(frozen=True, slots=True)
class Report:
    """Everything shown of a period. ``half`` and ``most``: within which time half and nine tenths of the tips had an answer."""

    name: str
    """Such as "Q3 2026"."""
    total: Cell
    half: str | None
    most: str | None
    minimum: int
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """How figures are said.

    Attributes:
        say: a text of a catalogue by its key; both catalogues have the keys below ``figures``.
        label: the name of a category or district of the city; the code of what it has no more.
    """

    language: Language
    say: Callable[..., str]
    label: Callable[[Literal["category", "district"], str, Language], str]

    def cell(self, cell: Cell) -> str:
        """A number as it is read."""
        if cell is None:
            return self.say("figures.hidden")
        number = format_decimal(cell.count, locale=self.language)
        return number if cell.exact else self.say("figures.at_least", number=number)

    def named(self, kind: Literal["category", "district"], code: str) -> str:
        """A name; the code of what the city has no more."""
        return self.say("figures.nowhere") if code == NOWHERE else self.label(kind, code, self.language)

    def month(self, month: str) -> str:
        """Such as "July 2026"."""
        return format_date(date.fromisoformat(month), "LLLL y", locale=self.language)

    def quarter(self, quarter: Quarter) -> str:
        """Such as "Q3 2026"."""
        return format_date(quarter.begins, "QQQ y", locale=self.language)


def report_of(figures: Sequence[Figures], words: Words, *, year: bool = False) -> Report:
    """The tables of one quarter, or of several of a year together, oldest first.

    Several are added up from what each of them shows, so that nothing of a quarter can be worked out from a year: a sum with a
    hidden part says "or more".
    """
    return Report(
        name=str(figures[0].quarter.year) if year else words.quarter(figures[0].quarter),
        total=_sum(one.total for one in figures),
        half=_answered(figures, 0.5, words),
        most=_answered(figures, 0.9, words),
        minimum=max(one.minimum for one in figures),
        tables=(
            _months(figures, words),
            _categories(figures, words),
            _districts(figures, words),
            _list("outcomes", "outcome", OUTCOMES, [one.outcomes for one in figures], figures, words),
            _list("waits", "wait", [wait.value for wait in Wait], [one.waits for one in figures], figures, words),
        ),
    )


def chart_of(table: Table, words: Words) -> Markup:
    """The table's sums as a picture: months as a line, waits as parts of a whole, the others as bars."""
    frame = Frame(f"chart-{table.key}", table.title, words.say("figures.chart_hint"))
    named = [Bar(row.label, row.cells[-1].count if row.cells[-1] else None, words.cell(row.cells[-1])) for row in table.rows]
    if table.key == "districts":
        sums = zip(table.columns[:-1], table.total.cells[:-1], strict=True)
        return bars(frame, [Bar(name, cell.count if cell else None, words.cell(cell)) for name, cell in sums])
    whole = table.total.cells[-1]
    if table.key == "waits" and whole is not None:
        stack = Stack(table.total.label, [bar.value for bar in named], whole.count, words.cell(whole))
        return stacks(frame, [bar.label for bar in named], [stack])
    return line(frame, named) if table.key == "months" and len(named) > 3 else bars(frame, named)


def _months(figures: Sequence[Figures], words: Words) -> Table:
    rows = [Row(words.month(month), (_shown(count),)) for one in figures for month, count in one.months.items()]
    return _table("months", words, [words.say("figures.count")], rows, (_sum(one.total for one in figures),))


def _categories(figures: Sequence[Figures], words: Words) -> Table:
    codes = _keys(one.categories for one in figures)
    if len(figures) > 1:
        quarters = [words.quarter(one.quarter) for one in figures]
        rows = [_row(words.named("category", code), [one.categories.get(code, 0) for one in figures]) for code in codes]
        return _table("categories", words, [*quarters, words.say("figures.total")], rows, _with_sum([one.total for one in figures]))
    (one,) = figures
    rows = []
    for code in codes:
        cells = [_shown(one.by_month[month, code]) for month in one.months]
        rows.append(Row(words.named("category", code), (*cells, _shown(one.categories[code]))))
    columns = [*(words.month(month) for month in one.months), words.say("figures.total")]
    return _table("categories", words, columns, rows, (*map(_shown, one.months.values()), _shown(one.total)))


def _districts(figures: Sequence[Figures], words: Words) -> Table:
    codes, places = _keys(one.categories for one in figures), _keys(one.districts for one in figures)
    rows = []
    for code in codes:
        cells = [_sum(one.by_district.get((code, place), 0) for one in figures) for place in places]
        rows.append(Row(words.named("category", code), (*cells, _sum(one.categories.get(code, 0) for one in figures))))
    columns = [*(words.named("district", place) for place in places), words.say("figures.total")]
    sums = [_sum(one.districts.get(place, 0) for one in figures) for place in places]
    return _table("districts", words, columns, rows, (*sums, _sum(one.total for one in figures)))


def _list(
    key: str, kind: str, codes: Sequence[str], lists: Sequence[Mapping[str, int | None]], figures: Sequence[Figures], words: Words
) -> Table:
    names = [words.say(f"figures.{kind}.{code}") for code in codes]
    if len(figures) == 1:
        rows = [Row(name, (_shown(lists[0][code]),)) for name, code in zip(names, codes, strict=True)]
        return _table(key, words, [words.say("figures.count")], rows, (_shown(figures[0].total),))
    rows = [_row(name, [one[code] for one in lists]) for name, code in zip(names, codes, strict=True)]
    columns = [*(words.quarter(one.quarter) for one in figures), words.say("figures.total")]
    return _table(key, words, columns, rows, _with_sum([one.total for one in figures]))


def _table(key: str, words: Words, columns: Sequence[str], rows: Sequence[Row], total: tuple[Cell, ...]) -> Table:
    title, corner = words.say(f"figures.title.{key}"), words.say(f"figures.corner.{key}")
    return Table(key, title, corner, tuple(columns), tuple(rows), Row(words.say("figures.total"), total))


def _row(label: str, counts: Sequence[int | None]) -> Row:
    return Row(label, _with_sum(counts))


def _with_sum(counts: Sequence[int | None]) -> tuple[Cell, ...]:
    return (*map(_shown, counts), _sum(counts))


def _shown(count: int | None) -> Cell:
    return None if count is None else Amount(count)


def _sum(counts: Iterable[int | None]) -> Cell:
    parts = list(counts)
    known = [count for count in parts if count is not None]
    return Amount(sum(known), len(known) == len(parts)) if known else None


def _keys(mappings: Iterable[Mapping[str, int | None]]) -> list[str]:
    return list(dict.fromkeys(key for mapping in mappings for key in mapping))


def _answered(figures: Sequence[Figures], share: float, words: Words) -> str | None:
    """Only for one quarter: within which time so many had their answer; None when fewer had one, or hidden numbers leave it open."""
    if len(figures) > 1 or figures[0].total is None:
        return None
    wait = within(figures[0].waits, figures[0].total, share)
    return None if wait in (None, Wait.NONE) else words.say(f"figures.wait.{wait}")
