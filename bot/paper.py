"""Documents of plain words, as people wrote them: headings, pairs, messages. Nothing of them is written to disk.

FiraGO covers Latin, Greek, Cyrillic, Arabic, Hebrew and more; Noto Sans and Noto Symbols what it lacks. A character that none of them
has is written as its code point, so that nothing is lost. Lines from right to left are laid out here (``writing.py``). Other scripts
whose letters change with their neighbours, such as Devanagari, are drawn letter by letter: :class:`PlainPaper` keeps the same words
as text. CPU work: call it in a thread.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import cast

import pymupdf_fonts
from fontTools.ttLib import TTFont
from fpdf.enums import MethodReturnValue, XPos, YPos

from bot.pdf import FALLBACKS, FAMILY, REGULAR, Document
from bot.writing import begins_right, drawn, joined, runs_right_to_left

# Both would name characters of the text in the log.
for _library in ("fpdf", "fontTools"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

_SIZE, _SMALL, _LARGE, _HUGE = 10.5, 8.5, 13.0, 18.0
"""Points."""
_LINE = 1.45
_INK, _MUTED, _RULE = 20, 95, 200
"""Shades of grey, 0 is black."""
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff")
"""Nobody sees them, and leaving them out changes no word."""


class Paper(Document):
    """One document, A4.

    Args:
        title: stands in the document's properties.
        foot: stands at the foot of each page, before the number.
        language: code of the language it is written in.
        made_at: the moment named in the document's properties; equal input gives equal bytes.
    """

    def __init__(self, title: str, foot: str, language: str, made_at: datetime) -> None:
        super().__init__(plain(title))
        self._foot = plain(foot)
        self.str_alias_nb_pages = ""  # else "{nb}" in a text would be replaced
        self.set_lang(language)
        self.set_creation_date(made_at)

    def footer(self) -> None:
        """The foot of a page; called by the library."""
        self.set_y(-14)
        self._write(f"{self._foot}  ·  {self.page_no()}", size=_SMALL, shade=_MUTED)

    def headline(self, text: str) -> None:
        """The document's own heading."""
        self._write(text, size=_HUGE, bold=True)
        self.ln(1)

    def section(self, text: str) -> None:
        """A heading, also in the document's outline."""
        if self.will_page_break(25):
            self.add_page()
        self.ln(4)
        self.start_section(plain(text))
        self._write(text, size=_LARGE, bold=True)
        self.set_draw_color(_RULE)
        self.line(self.l_margin, self.get_y() + 0.5, self.w - self.r_margin, self.get_y() + 0.5)
        self.ln(2.5)

    def paragraph(self, text: str, *, muted: bool = False) -> None:
        """Words as they are, with their line breaks."""
        self._write(text, shade=_MUTED if muted else _INK, size=_SMALL if muted else _SIZE)
        self.ln(1.5)

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Names with their values, one below the other."""
        for name, value in pairs:
            self._write(name, size=_SMALL, shade=_MUTED)
            self._write(value)
            self.ln(1)

    def entry(self, head: str, text: str) -> None:
        """A message: who and when in bold, then the words."""
        if self.will_page_break(14):
            self.add_page()
        self._write(head, bold=True, size=_SMALL)
        self.paragraph(text)

    def finished(self) -> bytes:
        """The document."""
        return bytes(self.output())

    def _write(self, text: str, *, size: float = _SIZE, bold: bool = False, shade: int = _INK) -> None:
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(shade)
        height = size * _LINE / self.k
        for paragraph in _paragraphs(text):
            if runs_right_to_left(paragraph):
                self._write_right_to_left(plain(joined(paragraph, _glyphs())), height)
            else:
                self.multi_cell(0, height, plain(paragraph), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _write_right_to_left(self, paragraph: str, height: float) -> None:
        """Broken into lines as it is read, then each line laid out as it is drawn."""
        right = begins_right(paragraph)
        lines = self.multi_cell(0, height, paragraph, align="L", dry_run=True, output=MethodReturnValue.LINES)
        for line in cast(list[str], lines):
            self.cell(0, height, drawn(line, right=right), align="R" if right else "L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


class PlainPaper:
    """The same document as text in UTF-8, letter by letter as people wrote it: no font stands between."""

    def __init__(self, foot: str) -> None:
        self._parts = [foot]

    def headline(self, text: str) -> None:
        """The document's own heading."""
        self._parts.append(f"{text}\n{'=' * len(text)}")

    def section(self, text: str) -> None:
        """A heading."""
        self._parts.append(f"{text}\n{'-' * len(text)}")

    def paragraph(self, text: str, *, muted: bool = False) -> None:
        """Words as they are."""
        self._parts.append(text)

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Names with their values."""
        self._parts.append("\n".join(f"{name}: {value}" for name, value in pairs))

    def entry(self, head: str, text: str) -> None:
        """A message: who and when, then the words."""
        self._parts.append(f"{head}\n{text}")

    def finished(self) -> bytes:
        """The document. What is no character, such as half of an emoji, becomes "?"."""
        return ("\n\n".join(self._parts) + "\n").encode("utf-8", "replace")


def _paragraphs(text: str) -> list[str]:
    """Paragraphs by themselves where one of them runs from right to left; else all of the text at once."""
    return text.splitlines() if runs_right_to_left(text) else [text]


def legible(line: str) -> str:
    """One line, such as a name in a table, as it is drawn."""
    shown = plain(joined(line, _glyphs()))
    return drawn(shown, right=begins_right(line)) if runs_right_to_left(line) else shown


def plain(text: str) -> str:
    """The text in characters that the fonts have: others, and those that turn writing round, as "[U+1F642]"."""
    return "".join(map(_shown, text.replace("\r\n", "\n").replace("\t", " ")))


def _shown(character: str) -> str:
    if character == "\n" or (ord(character) in _glyphs() and unicodedata.category(character) not in ("Cc", "Cf")):
        return character
    return "" if character in _UNSEEN else f"[U+{ord(character):04X}]"


@cache
def _glyphs() -> frozenset[int]:
    fonts = (TTFont(BytesIO(pymupdf_fonts.myfont(name))) for name in (REGULAR, *FALLBACKS))
    return frozenset(code for font in fonts for code in font.getBestCmap())
