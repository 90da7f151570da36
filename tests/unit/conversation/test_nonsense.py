"""Keys hit at random, told from words."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from bot.conversation.nonsense import NonsenseEar
from bot.conversation.texts import Catalogue
from bot.messages import Language

ROOT = Path(__file__).parents[3]
LANGUAGES = tuple(map(Language, ("en", "fr", "es", "it")))
CATALOGUE = Catalogue.load(ROOT / "locales", LANGUAGES)
EAR = NonsenseEar(chain(*map(CATALOGUE.texts, LANGUAGES)))


@pytest.mark.parametrize("text", ["asdfgh jkl", "xxxxxxxxxxxx", "qwertyuiop", "sdfsdf", "lkjhgfd!!", "dfjkgh dkfjgh sdf", "kdjfhgkjdfhg ?"])
def test_keys_hit_at_random_are_heard(text: str) -> None:
    assert EAR.hears(text)


@pytest.mark.parametrize(
    "text",
    [
        "idk", "wdym", "jpp", "smth rlly bd hppnd", "hmm", "nooooo", "aiutooooo", "jajajaja", "hahahaha", "112", "мне страшно", "guagliò",
        "k7qf-2m9d",
        "xq asdfgh he hit me", "ich habe angst", "pomóżcie mi", "pomocy", "yardım edin", "doxeo", "🙂🙂", "....", "tqm", "nn ce la fccio",
    ],
)
def test_short_forms_dialect_laughter_and_other_languages_are_not(text: str) -> None:
    assert not EAR.hears(text)


def test_nothing_that_the_net_is_measured_with_is_taken_for_nonsense() -> None:
    files = sorted((ROOT / "tests" / "unit" / "conversation" / "data").glob("*.tsv"))
    cells = {cell for file in files for line in file.read_text().splitlines() for cell in line.split("\t")}
    assert len(cells) > 500 and [cell for cell in cells if EAR.hears(cell)] == []
