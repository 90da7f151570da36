"""Writing that runs from right to left, for a PDF library that draws one sign after the other, from left to right. Pure.

Arabic letters change with their neighbours: :func:`joined` puts each into its form at the beginning, in the middle or at the end of a
word (Unicode's "presentation forms", whose tables are in Python). :func:`drawn` then lays out one line in the order in which it is
drawn (Unicode's bidirectional algorithm, UAX #9, as fpdf2 has it).
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Container
from functools import cache

from fpdf.bidi import BidiParagraph, auto_detect_base_direction
from fpdf.enums import TextDirection

_FORMS = (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFF00))
_LAM, _TATWEEL = "\u0644", "\u0640"
_LAM_ALEF = tuple(_LAM + alef for alef in "\u0622\u0623\u0625\u0627")
_RIGHTWARD = ("R", "AL")
_MIRRORED = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))
"""Brackets among words that run that way are drawn turned round."""
_Forms = dict[str, dict[str, str]]


def runs_right_to_left(text: str) -> bool:
    """Whether any letter of it does."""
    return any(unicodedata.bidirectional(character) in _RIGHTWARD for character in text)


def begins_right(line: str) -> bool:
    """Whether a line of text begins at the right margin: its first letter runs that way."""
    return auto_detect_base_direction(line) == TextDirection.RTL


def drawn(line: str, *, right: bool) -> str:
    """One line in the order in which its signs are drawn. ``right``: its paragraph begins at the right margin."""
    direction = TextDirection.RTL if right else TextDirection.LTR
    ordered = BidiParagraph(text=line, base_direction=direction).get_reordered_characters()
    return "".join(_MIRRORED.get(one.character, one.character) if one.embedding_level % 2 else one.character for one in ordered)


def joined(text: str, drawable: Container[int]) -> str:
    """Arabic letters in the forms in which they stand beside each other.

    Args:
        drawable: code points that the font has; a form that it lacks stays the plain letter.
    """
    forms, written, before = _forms(), list(text), ""
    for place, letter in enumerate(written):
        if _is_mark(letter):
            continue
        after, where = _next(written, place)
        if letter == _LAM and letter + after in forms:
            letter, written[where] = letter + after, ""
            after = ""
        tied, ties = _ties(before) and _takes(letter), _ties(letter) and _takes(after)
        kind = "medial" if tied and ties else "final" if tied else "initial" if ties else "isolated"
        form = forms.get(letter, {}).get(kind, letter)
        written[place] = form if all(ord(sign) in drawable for sign in form) else letter
        before = letter
    return "".join(written)


def _next(written: list[str], place: int) -> tuple[str, int]:
    """The letter that follows, over any marks, and where."""
    for where in range(place + 1, len(written)):
        if not _is_mark(written[where]):
            return written[where], where
    return "", place


def _is_mark(sign: str) -> bool:
    """Whether it stands above or below a letter and changes nothing; or nothing is left of it."""
    return not sign or unicodedata.category(sign) == "Mn"


def _ties(letter: str) -> bool:
    """Whether it reaches out to the letter after it."""
    return letter == _TATWEEL or "initial" in _forms().get(letter, {})


def _takes(letter: str) -> bool:
    """Whether it takes the hand of the letter before it."""
    return letter == _TATWEEL or "final" in _forms().get(letter, {})


@cache
def _forms() -> _Forms:
    """Each letter's forms by kind; also those of lam and alef together."""
    found: _Forms = defaultdict(dict)
    for code in _FORMS:
        kind, *parts = unicodedata.decomposition(chr(code)).split() or [""]
        letters = "".join(chr(int(part, 16)) for part in parts)
        if kind.startswith("<") and (len(letters) == 1 or letters in _LAM_ALEF):
            found[letters][kind.strip("<>")] = chr(code)
    return dict(found)
