"""Charts: well-formed, escaped, named for screen readers, and silent about hidden numbers."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from bot.console.charts import SHADES, Bar, Frame, Stack, bars, line, stacks

FRAME = Frame("tips", "Tips by <category>", "See the table")
_SVG = "{http://www.w3.org/2000/svg}"


def _read(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)


def _of(markup: str, name: str) -> list[ElementTree.Element]:
    return [element for element in _read(markup).iter() if name in element.get("class", "").split()]


def test_a_chart_says_what_it_shows() -> None:
    chart = _read(bars(FRAME, [Bar("Drugs & more", 5, "5")]))
    assert chart.get("role") == "img"
    names = {element.get("id"): element.text for element in chart if element.get("id")}
    assert [names[name] for name in (chart.get("aria-labelledby") or "").split()] == ["Tips by <category>", "See the table"]


def test_the_longest_bar_fills_the_width_and_the_others_keep_its_measure() -> None:
    drawn = _of(bars(FRAME, [Bar("a", 40, "40"), Bar("b", 10, "10"), Bar("c", 0, "0")]), "chart-bar")
    assert [bar.get("width") for bar in drawn] == ["360", "90", "0"]


def test_the_size_of_a_hidden_bar_says_nothing() -> None:
    alone = _of(bars(FRAME, [Bar("a", None, "hidden")]), "chart-hidden")
    beside = _of(bars(FRAME, [Bar("a", None, "hidden"), Bar("b", 400, "400")]), "chart-hidden")
    assert [bar.attrib for bar in alone] == [bar.attrib for bar in beside]


def test_parts_of_a_stack_have_their_shares_and_hidden_ones_are_one_rest() -> None:
    chart = stacks(FRAME, ["a", "b", "c", "d"], [Stack("Q1", [50, None, 25, None], 100, "100")])
    assert [part.get("width") for part in _of(chart, "chart-part") if part.get("height") == "14"] == ["180", "90"]
    assert [(rest.get("x"), rest.get("width")) for rest in _of(chart, "chart-hidden")] == [("270", "90")]


def test_more_parts_than_shades_are_refused() -> None:
    with pytest.raises(ValueError, match="told apart"):
        stacks(FRAME, [str(number) for number in range(SHADES + 1)], [])


def test_a_line_is_broken_where_a_number_is_hidden() -> None:
    chart = line(FRAME, [Bar("Q1", 10, "10"), Bar("Q2", 20, "20"), Bar("Q3", None, "hidden"), Bar("Q4", 30, "30")])
    assert len(_of(chart, "chart-line")) == 1
    assert len(_of(chart, "chart-dot")) == 3
    assert len(_of(chart, "chart-gap")) == 1


@pytest.mark.parametrize(("largest", "top"), [(0, "2"), (2, "2"), (9, "10"), (11, "20"), (150, "200"), (999, "1000")])
def test_the_scale_ends_at_a_round_number(largest: int, top: str) -> None:
    chart = line(FRAME, [Bar("Q1", largest, str(largest))])
    assert [text.text for text in _of(chart, "chart-number")][-1] == top


def test_empty_charts_can_be_drawn() -> None:
    for chart in (bars(FRAME, []), stacks(FRAME, [], []), line(FRAME, [])):
        assert _read(chart).tag == f"{_SVG}svg"
