"""Whom to turn to, put into words: only lines that were checked lately, with what a caller wants to know first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from babel import Locale
from babel.dates import format_date, format_time, get_day_names
from babel.lists import format_list

from bot.city import City, DutyContact, Helpline, Need, Opening
from bot.conversation.texts import Catalogue
from bot.markup import escape
from bot.messages import Language

_SHOWN = 5
"""Most lines in one message: a frightened person does not read ten."""
_CRISIS_SHOWN = 2


class Helplines:
    """Renders the city's helplines in a person's language."""

    def __init__(self, city: City, catalogue: Catalogue) -> None:
        self._city = city
        self._catalogue = catalogue

    def lines(self, need: str | None, language: Language, now: datetime, answering: bool = False) -> str:
        """The best lines for a need, one paragraph each; empty when there is none. ``need`` None: the general ones.

        Args:
            answering: only where a person answers now: no line that is closed or may be, no form to fill in.
        """
        found = self._first(self._needs(need), language, now)
        found = [line for line in found if not answering or (line.channel != "web" and self._city.opening(line, now).is_open)]
        return "\n\n".join(self._line(helpline, language, now) for helpline in found[:_SHOWN])

    def crisis_lines(self, language: Language, now: datetime) -> str:
        """Short lines for thoughts of suicide, those open now first; without any checked one, the emergency number."""
        found = [h for h in self._city.helplines_for(Need.SUICIDE, language, now) if h.link is not None]
        if not found:
            return self._catalogue.say("help.no_crisis_line", language, {"emergency": self._city.emergency_number})
        return "\n".join(self._short(helpline, language, now) for helpline in found[:_CRISIS_SHOWN])

    def _needs(self, need: str | None) -> tuple[str, ...]:
        fallback = (Need.GENERAL.value, Need.CHILD.value, Need.VICTIM.value)
        return fallback if need is None or need not in tuple(Need) else (need, *fallback)

    def _first(self, needs: Iterable[str], language: Language, now: datetime) -> list[Helpline]:
        """Lines of each need in turn, each line once."""
        found: dict[str, Helpline] = {}
        for need in needs:
            for helpline in self._city.helplines_for(need, language, now):
                found.setdefault(helpline.code, helpline)
        return list(found.values())

    def _line(self, helpline: Helpline, language: Language, now: datetime) -> str:
        return self._say(
            "line",
            language,
            name=escape(helpline.name),
            about=self._about(helpline, language),
            reach=self.reach(helpline, language),
            hours=self._hours(helpline, language, now),
            cost=self._say(f"cost.{helpline.cost}", language),
            anonymous="" if helpline.anonymous is None else self._say("anonymous" if helpline.anonymous else "named", language),
            languages=self._say("languages", language, languages=self._spoken(helpline, language)),
            checked=self._catalogue.day(helpline.checked_on, language),
        )

    def _spoken(self, helpline: Helpline, language: Language) -> str:
        names = Locale.parse(language).languages
        return format_list([names.get(code, code) for code in helpline.languages], locale=language)

    def reach(self, contact: Helpline | DutyContact, language: Language) -> str:
        """How to turn to somebody: call, write, open a page."""
        return self._say(f"reach.{contact.channel}", language, contact=escape(contact.contact), link=contact.link or "")

    def _short(self, helpline: Helpline, language: Language, now: datetime) -> str:
        contact = helpline.contact if helpline.channel == "phone" else helpline.contact.removeprefix("https://").rstrip("/")
        hours = self._hours(helpline, language, now)
        return self._say("short", language, about=self._about(helpline, language), contact=escape(contact), link=helpline.link, hours=hours)

    def _about(self, helpline: Helpline, language: Language) -> str:
        return escape(helpline.about.get(language) or helpline.about[self._city.languages[0]])

    def _hours(self, helpline: Helpline, language: Language, now: datetime) -> str:
        return self.opening(self._city.opening(helpline, now), language, now)

    def opening(self, opening: Opening, language: Language, now: datetime, kind: str = "hours") -> str:
        """Until when somebody answers, or from when on; ``kind``: the branch of texts below ``help`` that says so."""
        if opening.is_open is None:
            return self._say(f"{kind}.unknown", language)
        if opening.is_open:
            if opening.closes_at is None:
                return self._say(f"{kind}.always", language)
            return self._say(f"{kind}.until", language, time=self._time(opening.closes_at, language))
        opens = opening.opens_at or now
        return self._say(f"{kind}.later", language, day=self._day(opens, now, language), time=self._time(opens, language))

    def _time(self, moment: datetime, language: Language) -> str:
        return str(format_time(moment, "short", locale=language, tzinfo=self._city.time_zone))

    def _day(self, moment: datetime, now: datetime, language: Language) -> str:
        """The weekday; within a week that is what people say."""
        if (moment - now).days >= 7:
            return str(format_date(moment, "long", locale=language))
        return str(get_day_names("wide", locale=language)[self._city.local(moment).weekday()])

    def _say(self, key: str, language: Language, **params: object) -> str:
        return self._catalogue.say(f"help.{key}", language, params)
