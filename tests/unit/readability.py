"""How hard a text is to read: one published index for each language, on the scale its authors gave it.

Sources of the formulas and their scales:

- English: Kincaid, Fishburne, Rogers and Chissom, 1975 (Flesch-Kincaid grade level): the school year in the United States.
- French: Kandel and Moles, 1958, Flesch's ease for French: 207 - 1.015 words a sentence - 73.6 syllables a word.
- Spanish: Fernández Huerta, 1959, as corrected by Law, 2011: 206.84 - 60 syllables a word - 1.02 words a sentence.
- Italian: Gulpease (Lucisano and Piemontese, 1988): 89 + (300 sentences - 10 letters) / words.

Syllables are counted by rules; single words may be off by one, a whole text hardly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.?!…]+(?=[\s»”)*]|$)|\n")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_SPOKEN_ENT = frozenset({"souvent", "argent", "urgent", "accident", "content", "lent"})
"""French words that look like verbs in the third person plural and are none."""
_HOLDERS = re.compile(r"{(?:crisis_lines|lines|parts|text|body|story|entries|clues|words)}")


@dataclass(frozen=True, slots=True)
class Scale:
    """An index, and the bound that a text for people of twelve must not pass."""

    name: str
    of: Callable[[str], float]
    bound: float
    higher_is_easier: bool

    def allows(self, text: str, leeway: float = 0.0) -> bool:
        """Whether a text is easy enough."""
        value = self.of(text)
        return value >= self.bound - leeway if self.higher_is_easier else value <= self.bound + leeway


def plain(text: str) -> str:
    """What is read of a text: no markup, no addresses, none of what other texts fill in."""
    return re.sub(r"{\w+}", "12", _HOLDERS.sub("", _LINK.sub(r"\1", text))).replace("**", "")


def words(text: str) -> list[str]:
    """The words of a plain text."""
    return _WORD.findall(text)


def sentences(text: str) -> int:
    """Sentences of a plain text; a line is one at least, since one idea stands on each."""
    return max(1, sum(1 for part in _SENTENCE_END.split(text) if words(part)))


def flesch_kincaid(text: str) -> float:
    """English: school years."""
    return 0.39 * _pace(text) + 11.8 * _syllables(text, english_syllables) - 15.59


def kandel_moles(text: str) -> float:
    """French: 0 to 100, higher is easier."""
    return 207 - 1.015 * _pace(text) - 73.6 * _syllables(text, french_syllables)


def fernandez_huerta(text: str) -> float:
    """Spanish: 0 to 100, higher is easier."""
    return 206.84 - 60 * _syllables(text, spanish_syllables) - 1.02 * _pace(text)


def gulpease(text: str) -> float:
    """Italian: 0 to 100, higher is easier."""
    found = [part for word in words(text) for part in re.split(r"[’']", word) if part]
    return 89 + (300 * sentences(text) - 10 * sum(map(len, found))) / max(1, len(found))


def _pace(text: str) -> float:
    return len(words(text)) / sentences(text)


def _syllables(text: str, count: Callable[[str], int]) -> float:
    found = words(text)
    return sum(map(count, found)) / max(1, len(found))


def english_syllables(word: str) -> int:
    """Groups of vowels, without a silent e, es or ed at the end."""
    word = re.sub(r"[^a-z]", "", word.lower())
    silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouyscxzghl]es$|[aeiou]les?$", word) is not None
    return max(1, len(re.findall(r"[aeiouy]+", word)) - silent)


def french_syllables(word: str) -> int:
    """Groups of vowels, without a mute e, es or (of verbs) ent at the end; an elided word has none of its own."""
    spoken = [part for part in re.split(r"[’']", word.lower()) if part]
    return max(1, sum(_french_part(part, last=part is spoken[-1]) for part in spoken))


def _french_part(part: str, last: bool) -> int:
    if not last and len(part) <= 2:
        return 0
    part = unicodedata.normalize("NFC", part).replace("qu", "q")
    groups = len(re.findall(r"[aâàäæeéèêëiîïoôöœuùûüyÿ]+", part))
    mute = re.search(r"[^aâàeéèêiîïoôœuûy]es?$|[^aeéiouym]ent$", part) is not None and part not in _SPOKEN_ENT
    return max(1, groups - (mute and last))


def spanish_syllables(word: str) -> int:
    """Vowels joined to diphthongs: a weak vowel without accent leans on its neighbour."""
    word = unicodedata.normalize("NFC", word.lower())
    word = re.sub(r"(?<=[qg])u(?=[eiéí])", "", word)
    word = re.sub(r"y$", "i", word)
    strong, weak = "aeoáéóíú", "iuü"
    nuclei = re.findall(rf"[{weak}]?[{strong}][{weak}]?|[{weak}]+", word)
    return max(1, len(nuclei))


SCALES: Mapping[str, Scale] = {
    "en": Scale("Flesch-Kincaid grade", flesch_kincaid, 7.0, higher_is_easier=False),
    "fr": Scale("Kandel-Moles", kandel_moles, 70.0, higher_is_easier=True),
    "es": Scale("Fernández Huerta", fernandez_huerta, 70.0, higher_is_easier=True),
    "it": Scale("Gulpease", gulpease, 65.0, higher_is_easier=True),
}
"""By language. Grade 7 begins at twelve; 70 on both of Flesch's daughters is "fairly easy", the school year of twelve to
thirteen; Gulpease from 60 on is read with ease after lower secondary school, from 80 on after primary school: 65 is for its second year."""
