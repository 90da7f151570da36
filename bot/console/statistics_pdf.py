"""Figures to take away: the same tables as on the page, as PDF. Its library takes 15 MB: imported when a PDF is made."""

from __future__ import annotations

from fpdf.enums import TableCellFillMode, TextEmphasis
from fpdf.fonts import FontFace

from bot.console.statistics import Report, Table, Words
from bot.paper import legible
from bot.pdf import FAMILY, Document

_SHADE = (234, 239, 245)


def to_pdf(report: Report, words: Words, title: str, lead: str) -> bytes:
    """The tables one below the other on landscape A4."""
    document = Document(legible(title), landscape=True)
    document.set_font(style="B", size=16)
    document.multi_cell(0, 9, legible(title), new_x="LMARGIN", new_y="NEXT")
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
        sheet.row([table.corner, *map(legible, table.columns)])
        for row in table.rows:
            sheet.row([legible(row.label), *map(words.cell, row.cells)])
        sheet.row([table.total.label, *map(words.cell, table.total.cells)], style=head)
