"""What is printed and written: a table of both sides with ratios, targets and noise, or a sheet of figures of any other kind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Target


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Args:
        ours, theirs: the two figures; None where a side has no such thing.
        ratio: what the target is about, None: shown only.
        noise: how far rounds lay apart, ours and theirs, as shares.
    """

    name: str
    unit: str
    ours: float | None
    theirs: float | None
    ratio: float | None = None
    target: Target | None = None
    noise: tuple[float, float] | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached; None when there is none."""
        return None if self.target is None or self.ratio is None else self.target.is_met(self.ratio)


@dataclass(slots=True)
class Page:
    """The result of one benchmark. ``notes`` say what one has to know to read the table."""

    title: str
    peer: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Sheet:
    """A table of figures that are no ratios of two sides. The cells are printed as they are, the first column to the left."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]] = ()
    notes: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


def show(result: Page | Sheet, console: Console) -> None:
    """Print it."""
    console.print(_sheet(result) if isinstance(result, Sheet) else _page(result))
    for note in result.notes:
        console.print(f"- {note}", highlight=False)


def write(results: Sequence[Page | Sheet], file: Path) -> None:
    """Write everything, with the samples, as JSON."""
    file.write_text(json.dumps([asdict(result) for result in results], indent=2, default=str) + "\n")


def verdict(is_met: bool | None) -> str:
    """How a target is printed; nothing where there is none."""
    return {None: "", True: "[green]reached[/green]", False: "[red]missed[/red]"}[is_met]


def _sheet(sheet: Sheet) -> Table:
    table = Table(title=sheet.title, title_justify="left")
    for number, heading in enumerate(sheet.headings):
        table.add_column(heading, justify="right" if number else "left")
    for row in sheet.rows:
        table.add_row(*row)
    return table


def _page(page: Page) -> Table:
    table = Table(title=page.title, title_justify="left")
    table.add_column("")
    for heading in ("Faro", page.peer, "ratio", "target", "", "noise"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in page.rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: Row) -> list[str]:
    return [
        row.name,
        _number(row.ours, row.unit),
        _number(row.theirs, row.unit),
        "" if row.ratio is None else f"{row.ratio:.2f}",
        "" if row.target is None else f"{'≥' if row.target.at_least else '≤'} {row.target.bound:g}",
        verdict(row.is_met),
        "" if row.noise is None else " / ".join(f"{share:.0%}" for share in row.noise),
    ]


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:,.1f} {unit}"
