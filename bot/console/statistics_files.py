"""Figures to take away: the same tables as on the page, as CSV. Pure; the PDF is made by :mod:`bot.console.statistics_pdf`."""

from __future__ import annotations

import csv
import io

from bot.console.statistics import Cell, Report

_HEAD = ("period", "table", "row", "column", "count", "mark")


def to_csv(report: Report) -> bytes:
    """One line for each number, in UTF-8 with a byte order mark, as spreadsheets want it.

    ``mark``: ``hidden`` (then ``count`` is empty), ``at_least``, or nothing.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for table in report.tables:
        for row in (*table.rows, table.total):
            for column, cell in zip(table.columns, row.cells, strict=True):
                names = (report.name, table.title, row.label, column)
                writer.writerow([*map(harmless, names), cell.count if cell else "", mark(cell)])
    return out.getvalue().encode("utf-8-sig")


def mark(cell: Cell) -> str:
    """What a number needs to be read rightly: ``hidden``, ``at_least``, or nothing."""
    if cell is None:
        return "hidden"
    return "" if cell.exact else "at_least"


def harmless(words: str) -> str:
    """A name that a spreadsheet cannot take for a formula."""
    return f"'{words}" if words[:1] in tuple("=+-@\t\r") else words
