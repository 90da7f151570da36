"""The public pages as HTML. What they show is a part of what analysts see, cut from the same tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from babel.dates import format_date
from jinja2 import Environment, PackageLoader

from bot.city import City
from bot.console.statistics import Report, Row, Table, Words, chart_of, report_of
from bot.messages import Language
from bot.tips.tally import Figures


class Texts(Protocol):
    """What the pages need of the catalogue."""

    def say(self, key: str, language: Language, params: Mapping[str, Any] | None = None) -> str:
        """The text of a key."""


class Pages:
    """Renders the pages."""

    def __init__(self, texts: Texts, city: City) -> None:
        self._texts = texts
        self._city = city
        self._templates = Environment(
            loader=PackageLoader("bot.public"), autoescape=True, auto_reload=False, trim_blocks=True, lstrip_blocks=True
        )

    def figures(self, language: Language, quarters: Sequence[Figures], wanted: str) -> str:
        """The figures of one of ``quarters``: the one called ``wanted``, such as ``2026-Q3``, else the first."""
        words = Words(language, self._sayer(language), self._city.label)
        chosen = next((one for one in quarters if str(one.quarter) == wanted), quarters[0] if quarters else None)
        return self._render(
            language,
            words=words,
            chosen=chosen,
            report=report_of([chosen], words) if chosen and chosen.total is not None else None,
            quarters=[(str(one.quarter), words.quarter(one.quarter)) for one in quarters],
            day=format_date(chosen.counted_on, "long", locale=language) if chosen else "",
            tables=public_tables,
        )

    def away(self, language: Language) -> str:
        """The page while the store does not answer."""
        return self._render(language, away=True, chosen=None, report=None, quarters=[])

    def _render(self, language: Language, **values: Any) -> str:
        names = {code: self._texts.say("lang.name", code) for code in self._city.languages}
        frame: dict[str, Any] = {"language": language, "languages": names, "city": self._city, "chart": chart_of, "away": False}
        return self._templates.get_template("figures.html").render(frame | {"say": self._sayer(language)} | values)

    def _sayer(self, language: Language) -> Callable[..., str]:
        always = {"city": self._city.name, "emergency": self._city.emergency_number}
        return lambda key, **params: self._texts.say(key, language, always | params)


def public_tables(report: Report, words: Words) -> list[Table]:
    """Sums by subject, by district, by outcome and by time to the first answer: no table that crosses two of them."""
    by_key = {table.key: table for table in report.tables}
    count = (words.say("figures.count"),)
    subjects, crossed = by_key["categories"], by_key["districts"]
    columns = zip(crossed.columns[:-1], crossed.total.cells[:-1], strict=True)
    places = Table(
        key="places",
        title=words.say("figures.title.places"),
        corner=words.say("figures.corner.places"),
        columns=count,
        rows=tuple(Row(name, (cell,)) for name, cell in columns),
        total=_last(crossed.total),
    )
    subjects = replace(subjects, columns=count, rows=tuple(map(_last, subjects.rows)), total=_last(subjects.total))
    return [subjects, places, by_key["outcomes"], by_key["waits"]]


def _last(row: Row) -> Row:
    return Row(row.label, row.cells[-1:])
