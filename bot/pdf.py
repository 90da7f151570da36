"""PDF documents: one look, fonts that carry the languages' letters, nothing fetched from anywhere."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pymupdf_fonts
from fpdf import FPDF

FAMILY = "FiraGO"
REGULAR = "figo"
FALLBACKS = ("notos", "symbol2")
"""Fonts for what FiraGO lacks."""
_STYLES = {"": REGULAR, "B": "figbo"}
_GREY = (76, 92, 110)


class Document(FPDF):
    """A4 pages in FiraGO, regular (``""``) and bold (``"B"``), with the title and the page's number at the foot.

    fpdf2 wants fonts as files and reads them at once, so they lie in a temporary folder while one is made. Making one takes a
    good part of a second: do it in a thread.
    """

    def __init__(self, title: str, *, landscape: bool = False) -> None:
        super().__init__("landscape" if landscape else "portrait")
        with tempfile.TemporaryDirectory() as folder:
            for style, name in _STYLES.items():
                path = Path(folder) / f"{name}.ttf"
                path.write_bytes(_font(name))
                self.add_font(FAMILY, style, path)
            for name in FALLBACKS:
                path = Path(folder) / f"{name}.ttf"
                path.write_bytes(_font(name))
                self.add_font(name, "", path)
        self.set_fallback_fonts(FALLBACKS, exact_match=False)
        self.set_title(title)
        self.set_creator("Faro")
        self.set_margin(15)
        self.set_auto_page_break(auto=True, margin=20)
        self.set_font(FAMILY, size=10)
        self.add_page()

    def footer(self) -> None:
        """What stands below each page."""
        self.set_y(-14)
        self.set_font(FAMILY, size=8)
        self.set_text_color(*_GREY)
        self.cell(0, 6, str(self.title))
        self.set_x(self.l_margin)
        self.cell(0, 6, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(0)


@cache
def _font(name: str) -> bytes:
    font: bytes = pymupdf_fonts.fontbuffers[name]()
    return font
