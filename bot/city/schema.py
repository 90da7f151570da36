"""The shape of the city folder's files, as pydantic models: what may stand where, and the reason when it may not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.city.hours import WeeklyHours
from bot.messages import Language


class Need(StrEnum):
    """What a helpline is for."""

    EMERGENCY = "emergency"
    SUICIDE = "suicide"
    CHILD = "child"
    SEXTORTION = "sextortion"
    IMAGE_ABUSE = "image_abuse"
    CYBER = "cyber"
    SCAM = "scam"
    VIOLENCE = "violence"
    HATE = "hate"
    VICTIM = "victim"
    MISSING_CHILD = "missing_child"
    POLICE = "police"
    GENERAL = "general"


class TipQuestion(StrEnum):
    """What a tip may be asked. Its words stand in the catalogue (``tip.ask.<code>``)."""

    WHERE = "where"
    WHEN = "when"
    WHAT = "what"
    WHO_IN_ROLE = "who_in_role"
    VEHICLE = "vehicle"
    WEAPON_SEEN = "weapon_seen"
    STILL_THERE = "still_there"
    DANGER_NOW = "danger_now"
    HOW_OFTEN = "how_often"
    PLATFORM = "platform"
    LINK = "link"
    THING = "thing"


def _matching(pattern: str, hint: str) -> Callable[[str], str]:
    """A validator: the whole text matches ``pattern``, or the reason is ``hint``."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} is not {hint}")
        return value

    return check


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise ValueError(f"{value!r} is not a time zone; write for example Europe/Paris") from None


def _hours(value: Any) -> WeeklyHours:
    if not isinstance(value, str):
        raise ValueError("must be hours in quotes, such as '24/7' or 'Mo-Fr 09:00-18:00'")
    return WeeklyHours.parse(value)


def _hours_or_unknown(value: Any) -> WeeklyHours | None:
    return None if value == "unknown" else _hours(value)


def _flag_or_unknown(value: Any) -> bool | None:
    if value == "unknown":
        return None
    if not isinstance(value, bool):
        raise ValueError("must be true, false or unknown")
    return value


_CODE = "a code of small letters, digits and _ (at most 32), such as stolen_goods"
Code = Annotated[str, AfterValidator(_matching(r"[a-z][a-z0-9_]{0,31}", _CODE))]
LanguageCode = Annotated[Language, AfterValidator(_matching(r"[a-z]{2}", "a language code such as fr"))]
Hours = Annotated[WeeklyHours, BeforeValidator(_hours)]
Phrase = Annotated[str, AfterValidator(_matching(r"\S(?s:.)*", "text"))]
Names = Annotated[dict[LanguageCode, Phrase], Field(min_length=1)]
"""One thing's name in each of the city's languages."""


class _Strict(BaseModel):
    """Frozen; unknown keys and values of another type are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class QuietHours(_Strict):
    """When no campaign message may arrive, in the city's wall-clock time."""

    night: Hours
    school: Hours

    def contains(self, local: datetime) -> bool:
        """True when a message would wake somebody or arrive in class."""
        return self.night.contains(local) or self.school.contains(local)


class EmergencyRules(_Strict):
    """What a broadcast in an emergency may do in this city. Unless the city says so: nothing that others may not."""

    single_person: bool = False
    """Whether whoever wrote it may send it without a second person."""
    passes_quiet_hours: bool = False
    """Night, school hours, and the hours that people chose themselves."""
    passes_pauses: bool = False
    passes_weekly_cap: bool = False
    news: Annotated[str, AfterValidator(_matching(r"https://[^\s/()<>\"]+(/[^\s()<>\"]*)?", "an https address"))] | None = None
    """Where the city publishes official news, for ``{news}`` in the texts."""


class Holidays(_Strict):
    """Days off in a row, both ends included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"ends on {self.last}, before it begins on {self.first}")
        return self


class SchoolCalendar(_Strict):
    """When there is no school. What is not listed counts as school: better a message too late than one in class."""

    school_holidays: list[Holidays] = []
    public_holidays: list[date] = []

    def is_school_free(self, day: date) -> bool:
        """Whether nobody is in class on that day; weekends are a matter of the school hours."""
        return day in self.public_holidays or any(span.first <= day <= span.last for span in self.school_holidays)


class Retention(_Strict):
    """For how long things are kept."""

    conversation_days: Annotated[int, Field(ge=1, le=365)]
    """Days after the last message until a conversation's state is deleted."""
    questions_days: Annotated[int, Field(ge=1, le=30)] = 30
    """Days until a question that nobody could answer is deleted."""
    webchat_hours: Annotated[int, Field(ge=1, le=168)]
    """Hours after the last message until a web chat session ends and its messages are deleted."""
    tip_days: Annotated[dict[Code, Annotated[int, Field(ge=1, le=3650)]], Field(min_length=1)]
    """Days after a tip's last change until it is deleted, by category."""


def _whole(questions: list[TipQuestion]) -> list[TipQuestion]:
    """A tip without what happened is none, and nobody is asked twice."""
    if TipQuestion.WHAT not in questions:
        raise ValueError("must have the question what")
    if len(set(questions)) != len(questions):
        raise ValueError("one question stands there twice")
    return questions


class TipCategoryFile(_Strict):
    name: Names
    photos: bool
    files: bool = False
    """Recordings, videos and documents are taken, too."""
    urgent: bool
    answer_within_hours: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Hours of duty within which the city wants to answer; None: no goal."""
    questions: Annotated[list[Annotated[TipQuestion, Field(strict=False)]], AfterValidator(_whole)] = [
        TipQuestion.WHERE,
        TipQuestion.WHEN,
        TipQuestion.WHAT,
    ]
    """In the order in which they are asked."""

    @model_validator(mode="after")
    def _no_picture_by_a_side_door(self) -> Self:
        if self.files and not self.photos:
            raise ValueError("files: true needs photos: true; where no picture may come, none may come as a video or a document")
        return self


class ImageContactFile(_Strict):
    """Whom moderators call when an attachment may be an intimate picture of somebody under 18."""

    name: Names
    contact: Phrase


class ReplyFile(_Strict):
    """An answer that moderators start from: its name for them, its text for the tipster."""

    name: Names
    text: Names


class DutyContactFile(_Strict):
    """How people reach the staff on duty."""

    channel: Literal["phone", "text", "chat", "web"]
    contact: Phrase
    languages: Annotated[list[LanguageCode], Field(min_length=1)]

    @model_validator(mode="after")
    def _contact_fits_channel(self) -> Self:
        _check_contact(self.channel, self.contact)
        return self


def _check_contact(channel: str, contact: str) -> None:
    is_number = re.fullmatch(r"\+?\d[\d ]{1,18}", contact) is not None
    is_address = re.fullmatch(r"https://[^\s()<>\"]+", contact) is not None
    if channel in ("phone", "text") and not is_number:
        raise ValueError(f"contact: {contact!r} is not a number, but the channel is {channel}")
    if channel in ("chat", "web") and not is_address:
        raise ValueError(f"contact: {contact!r} is not an https address, but the channel is {channel}")


class CityFile(_Strict):
    name: Phrase
    country: Annotated[str, AfterValidator(_matching(r"[A-Z]{2}", "a country code such as FR"))]
    time_zone: Annotated[ZoneInfo, BeforeValidator(_zone)]
    languages: Annotated[list[LanguageCode], Field(min_length=1)]
    emergency_number: Annotated[str, AfterValidator(_matching(r"\d{2,6}", "a short number in quotes such as '112'"))]
    statistics_minimum: Annotated[int, Field(ge=2, le=1000)]
    public_figures: bool = True
    helpline_max_age_days: Annotated[int, Field(ge=1, le=366)]
    article_max_age_days: Annotated[int, Field(ge=1, le=3650)] = 400
    quick_exit_url: Annotated[str, AfterValidator(_matching(r"https://[^\s/]+(/\S*)?", "an https address"))]
    quiet_hours: QuietHours
    calendar: SchoolCalendar = SchoolCalendar()
    weekly_cap: Annotated[int, Field(ge=1, le=50)] = 3
    emergency: EmergencyRules = EmergencyRules()
    staff_on_duty: Annotated[WeeklyHours | None, BeforeValidator(lambda value: None if value == "never" else _hours(value))]
    duty_contact: DutyContactFile | None = None
    image_contact: ImageContactFile | None = None
    retention: Retention
    topics: Annotated[dict[Code, Names], Field(min_length=1)]
    tip_categories: Annotated[dict[Code, TipCategoryFile], Field(min_length=1)]
    tip_labels: dict[Code, Names] = Field(default_factory=dict)
    tip_replies: dict[Code, ReplyFile] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if len(set(self.languages)) != len(self.languages):
            raise ValueError("languages: one language stands there twice")
        if set(self.retention.tip_days) != set(self.tip_categories):
            odd = ", ".join(sorted(set(self.retention.tip_days) ^ set(self.tip_categories)))
            raise ValueError(f"retention.tip_days must name the same categories as tip_categories; differing: {odd}")
        if self.duty_contact is not None and self.staff_on_duty is None:
            raise ValueError("duty_contact: needs hours in staff_on_duty, which says never")
        return self


class HelplineFile(_Strict):
    name: Phrase
    about: Names
    country: Annotated[str, AfterValidator(_matching(r"[A-Z]{2}|world", "a country code such as FR, or EU, or world"))]
    needs: Annotated[list[Annotated[Need, Field(strict=False)]], Field(min_length=1)]
    channel: Literal["phone", "text", "chat", "web"]
    contact: Phrase
    hours: Annotated[WeeklyHours | None, BeforeValidator(_hours_or_unknown)]
    languages: Annotated[list[LanguageCode], Field(min_length=1)]
    cost: Literal["free", "local", "unknown"]
    anonymous: Annotated[bool | None, BeforeValidator(_flag_or_unknown)]
    abroad: bool = False
    checked_on: date
    source: Phrase
    certainty: Literal["high", "medium"]

    @model_validator(mode="after")
    def _contact_fits_channel(self) -> Self:
        _check_contact(self.channel, self.contact)
        return self


class HelplinesFile(_Strict):
    helplines: Annotated[dict[Code, HelplineFile], Field(min_length=1)]


class PartnerFile(_Strict):
    name: Phrase
    about: Names
    needs: list[Annotated[Need, Field(strict=False)]]
    contact: Phrase


class PartnersFile(_Strict):
    partners: dict[Code, PartnerFile]
