"""What a city says about itself, and the questions that the other packages ask it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from bot.city.articles import CityArticle, read_articles
from bot.city.districts import District, read_districts
from bot.city.files import Mistakes
from bot.city.hours import WeeklyHours
from bot.city.schema import CityFile, EmergencyRules, HelplinesFile, Need, PartnersFile, QuietHours, Retention, SchoolCalendar
from bot.errors import SettingsError
from bot.messages import Language

LabelKind = Literal["topic", "category", "district", "article_topic", "tip_label", "tip_reply"]


@dataclass(frozen=True, slots=True)
class TipCategory:
    """What a tip can be about. ``photos``: accepted, since no intimate image is to be expected there. ``files``: recordings,
    videos and documents as well, never without ``photos``.

    ``questions``: codes of :class:`bot.city.schema.TipQuestion`, in the order in which they are asked.
    ``answer_within_hours``: hours of duty within which the city wants to answer; None: no goal.
    """

    code: str
    photos: bool
    files: bool
    urgent: bool
    questions: tuple[str, ...]
    answer_within_hours: int | None = None


@dataclass(frozen=True, slots=True)
class ReplyTemplate:
    """An answer that moderators start from. Its name is the label ``tip_reply``."""

    code: str
    text: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class ImageContact:
    """Whom moderators call when an attachment may be an intimate picture of somebody under 18. ``name``: in each language."""

    name: Mapping[Language, str]
    contact: str


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation that the city works with. ``about`` maps a language to a line."""

    code: str
    name: str
    about: Mapping[Language, str]
    needs: tuple[Need, ...]
    contact: str


@dataclass(frozen=True, slots=True)
class Helpline:
    """Someone to turn to. ``hours`` and ``anonymous`` None: not known. ``abroad``: it answers from other countries too."""

    code: str
    name: str
    about: Mapping[Language, str]
    country: str
    needs: tuple[Need, ...]
    channel: Literal["phone", "text", "chat", "web"]
    contact: str
    hours: WeeklyHours | None
    languages: tuple[Language, ...]
    cost: Literal["free", "local", "unknown"]
    anonymous: bool | None
    abroad: bool
    checked_on: date
    source: str
    certainty: Literal["high", "medium"]

    @property
    def link(self) -> str | None:
        """An address to press: the web page, or ``tel:``; None for a number that takes text messages."""
        return _link(self.channel, self.contact)


@dataclass(frozen=True, slots=True)
class DutyContact:
    """How people reach the staff on duty, and in which languages."""

    channel: Literal["phone", "text", "chat", "web"]
    contact: str
    languages: tuple[Language, ...]

    @property
    def link(self) -> str | None:
        """An address to press, as of :class:`Helpline`."""
        return _link(self.channel, self.contact)


def _link(channel: str, contact: str) -> str | None:
    if channel == "text":
        return None
    return f"tel:{contact.replace(' ', '')}" if channel == "phone" else contact


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a helpline, or the staff on duty, answers at a moment. ``is_open`` None: its hours are not known."""

    is_open: bool | None
    opens_at: datetime | None = None
    """Next opening in the city's time zone, when closed."""
    closes_at: datetime | None = None
    """End of the present hours in the city's time zone, when open and not round the clock."""


@dataclass(frozen=True, slots=True)
class City:
    """Everything that the city folder says."""

    name: str
    country: str
    time_zone: ZoneInfo
    languages: tuple[Language, ...]
    """The first one is the default."""
    emergency_number: str
    statistics_minimum: int
    public_figures: bool
    """Whether anybody may see what happened with tips, in sums (``/figures``)."""
    helpline_max_age_days: int
    article_max_age_days: int
    quick_exit_url: str
    quiet_hours: QuietHours
    calendar: SchoolCalendar
    """When school hours do not count."""
    weekly_cap: int
    """How many campaign messages one person gets in seven days at most, of all campaigns together."""
    emergency: EmergencyRules
    """What a broadcast in an emergency may do."""
    staff_on_duty: WeeklyHours | None
    """When somebody reads what arrives; None: Faro must never say that anybody does."""
    duty_contact: DutyContact | None
    """How the staff on duty are reached in these hours; None: only by a tip."""
    image_contact: ImageContact | None
    """None: nobody was agreed on; moderators are told to call the emergency number."""
    retention: Retention
    topics: tuple[str, ...]
    tip_categories: tuple[TipCategory, ...]
    tip_labels: tuple[str, ...]
    """What moderators mark tips with."""
    tip_replies: tuple[ReplyTemplate, ...]
    districts: tuple[District, ...]
    helplines: tuple[Helpline, ...]
    partners: tuple[Partner, ...]
    article_topics: tuple[str, ...]
    """What articles are about, in the order in which it is offered; other topics than those of messages."""
    articles: tuple[CityArticle, ...]
    """Those of the folder; officers may have put others in front of them (``bot/knowledge``)."""
    _labels: Mapping[tuple[str, str], Mapping[Language, str]] = field(repr=False)

    @classmethod
    def load(cls, folder: Path) -> City:
        """Read and check the folder.

        Raises:
            SettingsError: one line ``file: key: reason`` for every mistake.
        """
        mistakes = Mistakes(folder)
        city = mistakes.read_yaml("city.yml", CityFile)
        helplines = mistakes.read_yaml("helplines.yml", HelplinesFile)
        partners = mistakes.read_yaml("partners.yml", PartnersFile)
        document = mistakes.read_json("districts.geojson")
        districts, wrong = read_districts(document) if document is not None else ((), [])
        for key, reason in wrong:
            mistakes.add("districts.geojson", key, reason)
        topics, articles = read_articles(mistakes, folder, tuple(city.languages)) if city else ({}, ())
        if city:
            _check_names(mistakes, city, helplines, partners)
        if mistakes.lines or city is None or helplines is None or partners is None:
            raise SettingsError("\n".join(mistakes.lines))
        return _built(city, helplines, partners, districts, topics, articles)

    def label(self, kind: LabelKind, code: str, language: Language) -> str:
        """The name of a topic, category, district or topic of articles; in the default language when that one lacks it.

        What the city gave up is called by its code: tips, messages and figures that carry it stay readable.
        """
        names = self._labels.get((kind, code), {})
        return names.get(language) or names.get(self.languages[0]) or code

    def tip_category(self, code: str) -> TipCategory:
        """The category of that code. Raises KeyError."""
        found = [category for category in self.tip_categories if category.code == code]
        if not found:
            raise KeyError(code)
        return found[0]

    def district_at(self, latitude: float, longitude: float) -> District | None:
        """The district that a place lies in, None outside the city."""
        return next((district for district in self.districts if district.contains(latitude, longitude)), None)

    def local(self, now: datetime) -> datetime:
        """The aware moment ``now`` in the city's time zone."""
        return now.astimezone(self.time_zone)

    def opening(self, helpline: Helpline, now: datetime) -> Opening:
        """Whether it answers now, and when it opens or closes next."""
        return self._opening(helpline.hours, now)

    def duty(self, now: datetime) -> Opening:
        """Whether staff are on duty now, and when that ends or begins next; ``is_open`` None: this city has none."""
        return self._opening(self.staff_on_duty, now)

    def duty_time(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time between two moments staff were on duty; all of it in a city that has no hours."""
        if self.staff_on_duty is None:
            return max(timedelta(0), end - start)
        return self.staff_on_duty.between(self.local(start), self.local(end))

    def _opening(self, hours: WeeklyHours | None, now: datetime) -> Opening:
        if hours is None:
            return Opening(None)
        local = self.local(now)
        if hours.contains(local):
            return Opening(True, closes_at=hours.next_end(local))
        return Opening(False, opens_at=hours.next_start(local))

    def helplines_for(self, need: str, language: Language, now: datetime) -> list[Helpline]:
        """Whom to turn to: checked lately and reachable from here; open now first, then by language, then by certainty.

        The file's own order decides between equals. A service of another country is listed only when it answers from
        abroad and speaks ``language``. An unknown ``need`` gives an empty list.
        """
        usable = [line for line in self.helplines if need in line.needs and self._reaches(line, language) and not self._is_stale(line, now)]
        order = {True: 0, None: 1, False: 2}
        return sorted(
            usable,
            key=lambda line: (order[self.opening(line, now).is_open], language not in line.languages, line.certainty != "high"),
        )

    def stale_helplines(self, now: datetime) -> list[Helpline]:
        """Entries that are not shown any more, since nobody checked them lately."""
        return [helpline for helpline in self.helplines if self._is_stale(helpline, now)]

    def _reaches(self, helpline: Helpline, language: Language) -> bool:
        return helpline.country in (self.country, "EU", "world") or (helpline.abroad and language in helpline.languages)

    def _is_stale(self, helpline: Helpline, now: datetime) -> bool:
        """Too old; or dated in the future, which can only be a slip of the pen and would never grow old."""
        age = self.local(now).date() - helpline.checked_on
        return not timedelta(0) <= age <= timedelta(days=self.helpline_max_age_days)


def _check_names(mistakes: Mistakes, city: CityFile, helplines: HelplinesFile | None, partners: PartnersFile | None) -> None:
    """Every name stands there in every language of the city."""
    named = [("city.yml", f"topics.{code}", names) for code, names in city.topics.items()]
    named += [("city.yml", f"tip_categories.{code}.name", item.name) for code, item in city.tip_categories.items()]
    named += [("city.yml", f"tip_labels.{code}", names) for code, names in city.tip_labels.items()]
    named += [("city.yml", "image_contact.name", city.image_contact.name)] if city.image_contact else []
    named += [("city.yml", f"tip_replies.{code}.name", item.name) for code, item in city.tip_replies.items()]
    named += [("city.yml", f"tip_replies.{code}.text", item.text) for code, item in city.tip_replies.items()]
    named += [("helplines.yml", f"helplines.{code}.about", item.about) for code, item in (helplines.helplines if helplines else {}).items()]
    named += [("partners.yml", f"partners.{code}.about", item.about) for code, item in (partners.partners if partners else {}).items()]
    for file, key, names in named:
        for language in city.languages:
            if language not in names:
                mistakes.add(file, f"{key}.{language}", "is missing")
        for language in names:
            if language not in city.languages:
                mistakes.add(file, f"{key}.{language}", "is not one of the city's languages (city.yml, languages)")


def _built(
    city: CityFile,
    helplines: HelplinesFile,
    partners: PartnersFile,
    districts: tuple[District, ...],
    article_topics: Mapping[str, Mapping[Language, str]],
    articles: tuple[CityArticle, ...],
) -> City:
    labels: dict[tuple[str, str], Mapping[Language, str]] = {("topic", code): names for code, names in city.topics.items()}
    labels |= {("category", code): item.name for code, item in city.tip_categories.items()}
    labels |= {("district", item.code): dict.fromkeys(city.languages, item.name) for item in districts}
    labels |= {("tip_label", code): names for code, names in city.tip_labels.items()}
    labels |= {("tip_reply", code): item.name for code, item in city.tip_replies.items()}
    labels |= {("article_topic", code): names for code, names in article_topics.items()}
    own = ("languages", "topics", "tip_categories", "tip_labels", "tip_replies", "duty_contact", "image_contact")
    fields = {name: getattr(city, name) for name in CityFile.model_fields if name not in own}
    return City(
        **fields,
        duty_contact=DutyContact(**_tuples(city.duty_contact)) if city.duty_contact else None,
        image_contact=ImageContact(city.image_contact.name, city.image_contact.contact) if city.image_contact else None,
        languages=tuple(city.languages),
        topics=tuple(city.topics),
        tip_categories=tuple(
            TipCategory(code, item.photos, item.files, item.urgent, tuple(map(str, item.questions)), item.answer_within_hours)
            for code, item in city.tip_categories.items()
        ),
        tip_labels=tuple(city.tip_labels),
        tip_replies=tuple(ReplyTemplate(code, item.text) for code, item in city.tip_replies.items()),
        districts=districts,
        article_topics=tuple(article_topics),
        articles=articles,
        helplines=tuple(Helpline(code=code, **_tuples(item)) for code, item in helplines.helplines.items()),
        partners=tuple(Partner(code=code, **_tuples(item)) for code, item in partners.partners.items()),
        _labels=labels,
    )


def _tuples(item: BaseModel) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in type(item).model_fields}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
