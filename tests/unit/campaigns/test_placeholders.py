"""Placeholders: a short list, filled in when it is sent, misspelt ones named with what was meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.campaigns.drafts import find_problems
from bot.campaigns.placeholders import PLACEHOLDERS, shown_length, unknown_in
from bot.city import City
from bot.conversation.helplines import Helplines
from bot.conversation.texts import Catalogue
from bot.markup import to_plain
from tests.unit.campaigns.kit import EN, FR, FRIDAY_EVENING, SmallCity, draft, placeholders

ROOT = Path(__file__).parents[3]


def test_each_placeholder_becomes_the_citys_words_in_the_persons_language() -> None:
    filled = placeholders().fill("{city} {emergency} {crisis_lines}", FR)
    assert filled == "Port \\[Clair\\] 112 **116 123** (fr)"


def test_whatever_else_stands_in_braces_stays() -> None:
    assert placeholders().fill("{name} {0} {city.__class__} { {{city}}", EN) == "{name} {0} {city.__class__} { {Port \\[Clair\\]}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Call {emergancy}.", [("{emergancy}", "{emergency}")]),
        ("{ City }", [("{ City }", "{city}")]),
        ("{crisis_line} or {phone}", [("{crisis_line}", "{crisis_lines}"), ("{phone}", None)]),
        ("{zzz} {", [("{zzz}", None), ("{", None)]),
        ("{city} {emergency} {crisis_lines}", []),
    ],
)
def test_an_unknown_one_is_named_with_the_closest(body: str, expected: list[tuple[str, str | None]]) -> None:
    assert list(unknown_in(body)) == expected


def test_the_problem_tells_what_was_written_and_what_was_meant() -> None:
    [problem] = find_problems(draft(texts={EN: "Call {emergancy}.", FR: "x"}), SmallCity(), FRIDAY_EVENING)
    assert (problem.field, problem.code) == ("texts.en", "placeholder_misspelt")
    assert problem.params == {"placeholder": "{emergancy}", "meant": "{emergency}"}


def test_lengths_are_those_of_what_is_shown() -> None:
    assert shown_length("**Bold** [words](https://example.org)", SmallCity()) == len(to_plain("**Bold** [words](https://example.org)"))
    assert shown_length("{city}{emergency}", SmallCity()) == len("Port [Clair]112")


def test_the_crisis_lines_of_the_example_city_are_never_longer_than_reckoned() -> None:
    city = City.load(ROOT / "city")
    lines = Helplines(city, Catalogue.load(ROOT / "locales", city.languages))
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    for language in city.languages:
        said = [lines.crisis_lines(language, monday + timedelta(hours=6 * step)) for step in range(28)]
        assert max(len(to_plain(one)) for one in said) <= shown_length("{crisis_lines}", city), language


def test_the_list_is_what_is_filled_in() -> None:
    assert all(placeholders().fill(f"{{{name}}}", EN) != f"{{{name}}}" for name in PLACEHOLDERS)
