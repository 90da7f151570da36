"""Charts as SVG, drawn on the server. Pure: data in, markup out; no script, no colours.

A chart is a picture of a table that stands beside it: it has a title and a description for screen readers, and the table has the
numbers. Colours and type come from the page's style sheet by class (``chart-…``), so that light and dark are its matter. Charts
are drawn 360 units wide, a phone's width, and scale. A hidden number (None) is drawn as an empty, dashed shape of a size that says
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

_WIDTH = 360
_ROW = 40
_THICK = 14
_LEGEND_ROW = 22
_PLOT_TOP, _PLOT_BOTTOM, _PLOT_LEFT, _PLOT_RIGHT = 12, 150, 40, 346
_MOST_LABELS = 3
SHADES = 6
"""How many parts of a stacked bar the style sheet can tell apart."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. ``shown``: its number in words, as the table says it."""

    label: str
    value: int | None
    shown: str


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar of parts, in the order of the legend. ``total``: what they add up to, hidden ones included."""

    label: str
    parts: Sequence[int | None]
    total: int
    shown: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What a chart needs besides its data. ``id`` is unique on the page."""

    id: str
    title: str
    description: str


def bars(frame: Frame, rows: Sequence[Bar]) -> Markup:
    """Bars from the left, one below the other, each with its label and number above it."""
    longest = max((row.value or 0 for row in rows), default=0) or 1
    drawn = [part for number, row in enumerate(rows) for part in _bar(row, number * _ROW, longest)]
    return _svg(frame, len(rows) * _ROW, drawn)


def stacks(frame: Frame, legend: Sequence[str], rows: Sequence[Stack]) -> Markup:
    """Bars of equal length, each divided by its parts' shares; hidden parts are one dashed part at its end.

    Raises:
        ValueError: more than :data:`SHADES` parts.
    """
    if len(legend) > SHADES:
        raise ValueError(f"{len(legend)} parts cannot be told apart")
    top = len(legend) * _LEGEND_ROW + 8
    drawn = [part for number, words in enumerate(legend) for part in _legend(words, number)]
    drawn += [part for number, row in enumerate(rows) for part in _stack(row, top + number * _ROW)]
    return _svg(frame, top + len(rows) * _ROW, drawn)


def line(frame: Frame, points: Sequence[Bar]) -> Markup:
    """A line over time from the left to the right; it is broken where a number is hidden."""
    ceiling = _ceiling(max((point.value or 0 for point in points), default=0))
    places = [_place(number, len(points), point.value, ceiling) for number, point in enumerate(points)]
    drawn = [*_grid(ceiling), *_segments(places), *_dots(places, points), *_dates(places, points)]
    return _svg(frame, _PLOT_BOTTOM + 28, drawn)


def _bar(row: Bar, top: int, longest: int) -> list[Markup]:
    if row.value is None:
        shape = _rectangle(0, top + 19, _WIDTH, "chart-hidden")
    else:
        shape = _rectangle(0, top + 19, _WIDTH, "chart-track") + _rectangle(0, top + 19, _WIDTH * row.value / longest, "chart-bar")
    return [*_heading(row.label, row.shown, top), shape]


def _stack(row: Stack, top: int) -> list[Markup]:
    drawn, left = _heading(row.label, row.shown, top), 0.0
    for shade, part in enumerate(row.parts):
        width = _WIDTH * (part or 0) / max(row.total, 1)
        if width:
            drawn.append(_rectangle(left, top + 19, width, f"chart-part chart-part-{shade}"))
        left += width
    if None in row.parts and left < _WIDTH:
        drawn.append(_rectangle(left, top + 19, _WIDTH - left, "chart-hidden"))
    return drawn


def _heading(label: str, shown: str, top: int) -> list[Markup]:
    return [_text(0, top + 13, label), _text(_WIDTH, top + 13, shown, "chart-number", "end")]


def _legend(words: str, number: int) -> list[Markup]:
    top = number * _LEGEND_ROW
    swatch = Markup('<rect class="chart-part chart-part-{}" x="0" y="{}" width="12" height="12"/>').format(number, top + 3)
    return [swatch, _text(20, top + 14, words)]


def _ceiling(largest: int) -> int:
    """A round number at or above the largest: 1, 2 or 5 times a power of ten, even so that its half is one too."""
    step = 2
    while True:
        for factor in (1, 2, 5):
            if step * factor >= largest:
                return step * factor
        step *= 10


def _place(number: int, count: int, value: int | None, ceiling: int) -> tuple[float, float | None]:
    x = _PLOT_LEFT + (_PLOT_RIGHT - _PLOT_LEFT) * (number + 0.5) / max(count, 1)
    return x, None if value is None else _PLOT_BOTTOM - (_PLOT_BOTTOM - _PLOT_TOP) * value / ceiling


def _grid(ceiling: int) -> Iterable[Markup]:
    for value in (0, ceiling // 2, ceiling):
        y = _PLOT_BOTTOM - (_PLOT_BOTTOM - _PLOT_TOP) * value / ceiling
        yield _stroke(_PLOT_LEFT, y, _PLOT_RIGHT, y, "chart-grid")
        yield _text(_PLOT_LEFT - 6, y + 4, str(value), "chart-number", "end")


def _segments(places: Sequence[tuple[float, float | None]]) -> Iterable[Markup]:
    for (x, y), (next_x, next_y) in pairwise(places):
        if y is not None and next_y is not None:
            yield _stroke(x, y, next_x, next_y, "chart-line")


def _dots(places: Sequence[tuple[float, float | None]], points: Sequence[Bar]) -> Iterable[Markup]:
    for (x, y), point in zip(places, points, strict=True):
        name, height = ("chart-gap", _PLOT_BOTTOM - 6.0) if y is None else ("chart-dot", y)
        words = f"{point.label}: {point.shown}"
        yield Markup('<circle class="{}" cx="{}" cy="{}" r="4"><title>{}</title></circle>').format(name, _n(x), _n(height), words)


def _dates(places: Sequence[tuple[float, float | None]], points: Sequence[Bar]) -> Iterable[Markup]:
    every = -(-len(points) // _MOST_LABELS)
    for number in range(0, len(points), every or 1):
        yield _text(places[number][0], _PLOT_BOTTOM + 20, points[number].label, anchor="middle")


def _text(x: float, y: float, words: str, name: str = "chart-label", anchor: str = "start") -> Markup:
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(name, _n(x), _n(y), anchor, words)


def _rectangle(x: float, y: float, width: float, name: str) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(name, _n(x), _n(y), _n(width), _THICK)


def _stroke(x: float, y: float, to_x: float, to_y: float, name: str) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(name, _n(x), _n(y), _n(to_x), _n(to_y))


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _svg(frame: Frame, height: int, drawn: Iterable[Markup]) -> Markup:
    opening = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-labelledby="{0}-title {0}-desc" viewBox="0 0 {1} {2}">'
    ).format(frame.id, _WIDTH, max(height, 1))
    about = Markup('<title id="{0}-title">{1}</title><desc id="{0}-desc">{2}</desc>').format(frame.id, frame.title, frame.description)
    return opening + about + Markup("").join(drawn) + Markup("</svg>")
