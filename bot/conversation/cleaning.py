"""What people type, made safe to work with: no control or bidi tricks, no lone surrogates, bounded, never a command."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 4_000
"""Longest text that is worked on, in characters. Telegram itself stops at 4,096."""

_KEPT = "\n\t\u200d"  # line breaks, and the joiner that holds emoji families together
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def clean(text: str) -> str:
    """Drop control, format (bidi) and unpaired surrogate characters, normalise to NFC, trim."""
    kept = "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _DROPPED)
    return unicodedata.normalize("NFC", kept).strip()


def as_free_text(text: str) -> str:
    """Take leading slashes away: what a citizen types can never act as a command to the dialogue."""
    return text.lstrip("/ \t\n")


def has_words(text: str) -> bool:
    """Whether there is at least one letter or digit, in any script."""
    return any(c.isalnum() for c in text)


_SPELT_OUT = str.maketrans({**dict.fromkeys("’‘`´ʼ", "'"), "œ": "oe", "æ": "ae", "\u200d": ""})
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
_REPEATS = re.compile(r"(\w)\1{2,}")
_LEET_WORD = re.compile(r"\b(?=\w*[a-z])(?=\w*[0134579@$])[\w@$]{3,}", re.UNICODE)


def plain_letters(text: str) -> str:
    """Lower case, one kind of apostrophe, no accents, ligatures or invisible joiners; everything else stays."""
    lowered = text.casefold().translate(_SPELT_OUT)
    return "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))


def fold(text: str) -> str:
    """The form that rules are matched on: lower case, no accents, no punctuation, single spaces.

    Letters repeated three times or more are reduced to one ("diiie"), digits inside words are read as the letters they
    imitate ("k1ll"); apostrophes stay, since languages need them.
    """
    bare = _LEET_WORD.sub(lambda word: word[0].translate(_LEET), plain_letters(text))
    bare = _REPEATS.sub(r"\1", bare)
    return " ".join(re.sub(r"[^\w']+", " ", bare).split())


_LOOKALIKES = str.maketrans("аеіорсухѕјԁɑοαν", "aeiopcyxsjdaoav")
"""Cyrillic, Greek and phonetic letters that look Latin."""
_SIGN_AS_LETTER = re.compile(r"(?<=\w)[!|](?=\w)")
_SIGNS_INSIDE = re.compile(r"(?<=\w)[*.\-_~#]{1,3}(?=\w)")
_SPACED_OUT = re.compile(r"(?<!\w)\w(?: \w){2,}(?!\w)")


def unmask(text: str) -> str:
    """Undo what hides a word from moderation: ``k!ll``, ``su*cide``, ``d.i.e``, ``k i l l``, foreign letters that look alike.

    It also glues what was never hidden ("home.please"), so it is a second way to read a message, not the only one.
    """
    shown = _SIGN_AS_LETTER.sub("i", text.casefold().translate(_LOOKALIKES))
    shown = _SIGNS_INSIDE.sub("", shown)
    return _SPACED_OUT.sub(lambda letters: letters[0].replace(" ", ""), shown)
