"""Finding the topic that somebody typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.topic_words import TopicWords
from bot.city import City

CITY = City.load(Path("city"))
WORDS = TopicWords.of(CITY)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("subscribe me to bike theft", "bikes"),
        ("Abonnez-moi : ARNAQUES", "scams"),
        ("quiero mensajes sobre estafas del momento", "scams"),
        ("non voglio più messaggi sulle biciclette", "bikes"),
        ("plus rien sur les velos svp", "bikes"),
        ("unsubscribe account_safety", "account_safety"),
        ("stop", None),
        ("", None),
        ("bikes and scams", None),  # two at once: better to show the list
        ("motorbikes", None),  # a part of a word is not the word
    ],
)
def test_a_typed_topic_is_found(text: str, topic: str | None) -> None:
    assert WORDS.topic_of(text) == topic


def test_a_longer_name_wins_over_a_shorter_one() -> None:
    words = TopicWords({"safety": ["bike"], "theft": ["bike theft"]})
    assert words.topic_of("about bike theft") == "theft"


@given(st.text(max_size=200))
def test_any_text_gives_a_topic_of_the_city_or_none(text: str) -> None:
    assert WORDS.topic_of(text) in {*CITY.topics, None}


def test_a_very_long_text_is_cut() -> None:
    assert WORDS.topic_of("x " * 100_000 + "bikes") is None
