"""Taking out of a question what could name somebody, before it is kept. Pure.

Numbers, addresses and account names go by their form. Names have none: a word with a capital inside a sentence goes, and at
its start too unless the city's articles know it in small letters. Names in small letters stay: people are asked to write none.
"""

from __future__ import annotations

import re
from collections.abc import Container

MASK = "…"
LONGEST = 300
_LEAST_WORDS = 3

_FORMS = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"  # e-mail
    r"|(?:https?://|www\.)\S+|\b[\w-]{2,63}\.(?:com|net|org|info|me|tv|gg|io|eu|fr|es|it|uk|de)\b\S*"  # links
    r"|(?<![\w@.])@[\w.]{2,32}"  # account names
    r"|(?<!\w)[+(]?\d(?:[\s./()-]?\d){5,}"  # phone numbers
    r"|\w*\d{4,}\w*"  # long numbers
)
_WORD = re.compile(r"\w[\w-]*")
_STARTS = re.compile(r"(?:^|[.!?…:\n])(?:[\"«“¿¡(\s]|\b\w['’])*$")
"""What may stand before the first word of a sentence."""


def mask(text: str, known: Container[str]) -> str | None:
    """The question without what could name somebody; None when too little is left to be of use.

    Args:
        known: words in small letters that are no names, such as those of the articles.
    """
    cut = _FORMS.sub(MASK, text[:LONGEST])
    masked = _WORD.sub(lambda word: _kept(word, cut, known), cut)
    masked = re.sub(rf"{MASK}(?:\s*{MASK})+", MASK, " ".join(masked.split()))
    return masked if len(_WORD.findall(masked)) >= _LEAST_WORDS else None


def _kept(match: re.Match[str], text: str, known: Container[str]) -> str:
    """A single letter is no name: "I", "À", the "J" of "J’ai"."""
    word = match[0]
    if len(word) == 1 or not word[0].isupper():
        return word
    return word if word.lower() in known and _STARTS.search(text[: match.start()]) else MASK
