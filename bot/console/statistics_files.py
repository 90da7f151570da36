"""Figures to take away: the same tables as on the page, as CSV and as PDF. Pure, apart from the fonts of the PDF."""

from __future__ import annotations

import csv
import io

from fpdf.enums import TableCellFillMode, TextEmphasis
from fpdf.fonts import FontFace

from bot.console.statistics import Cell, Report, Table, Words
from bot.pdf import FAMILY, Document

_HEAD = ("period", "table", "row", "column", "count", "mark")
_SHADE = (234, 239, 245)


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


def to_pdf(report: Report, words: Words, title: str, lead: str) -> bytes:
    """The tables one below the other on landscape A4."""
    document = Document(title, landscape=True)
    document.set_font(style="B", size=16)
    document.multi_cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")
    document.set_font(style="", size=10)
    document.multi_cell(0, 6, lead, new_x="LMARGIN", new_y="NEXT")
    for table in report.tables:
        _add(document, table, words)
    return bytes(document.output())


def _add(document: Document, table: Table, words: Words) -> None:
    document.ln(6)
    document.set_font(FAMILY, "B", 12)
    document.cell(0, 8, table.title, new_x="LMARGIN", new_y="NEXT")
    document.set_font(FAMILY, "", 8)
    head = FontFace(emphasis=TextEmphasis.B, fill_color=_SHADE)
    first = 2 if len(table.columns) > 1 else 3
    # A list needs no page's width.
    width = None if len(table.columns) > 1 else 120
    with document.table(
        width=width,
        align="LEFT",
        col_widths=(first, *(1 for _ in table.columns)),
        text_align=("LEFT", *("RIGHT" for _ in table.columns)),
        borders_layout="HORIZONTAL_LINES",
        cell_fill_mode=TableCellFillMode.NONE,
        headings_style=head,
        line_height=5,
    ) as sheet:
        sheet.row([table.corner, *table.columns])
        for row in table.rows:
            sheet.row([row.label, *map(words.cell, row.cells)])
        sheet.row([table.total.label, *map(words.cell, table.total.cells)], style=head)


def mark(cell: Cell) -> str:
    """What a number needs to be read rightly: ``hidden``, ``at_least``, or nothing."""
    if cell is None:
        return "hidden"
    return "" if cell.exact else "at_least"


def harmless(words: str) -> str:
    """A name that a spreadsheet cannot take for a formula."""
    return f"'{words}" if words[:1] in tuple("=+-@\t\r") else words
