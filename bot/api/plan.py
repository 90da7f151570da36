"""A campaign as a client writes it: what it says, when it is sent, and to whom."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from bot.api.content import ContentBody
from bot.campaigns.drafts import LATEST, CampaignDraft
from bot.campaigns.exchange_schema import MOST_LANGUAGES, Code, LanguageCode, Strict
from bot.campaigns.narrowing import MOST_DAYS, MOST_HOURS, Narrowing
from bot.campaigns.places.destinations import Destination
from bot.campaigns.rules import MOST, Repeat, Rhythm
from bot.messages import Language, Picture

_MOST_CODES = 200
_WALL = re.compile(r"2[01][0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]")
_DAY = re.compile(r"2[01][0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


def _as_wall(value: Any) -> datetime:
    if not isinstance(value, str) or not _WALL.fullmatch(value):
        raise PydanticCustomError("not_a_time", "write it as 2027-03-05T17:30, without time zone: it is the city's wall clock")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("not_a_time", "there is no such day") from None


def _as_day(value: Any) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("not_a_day", "write it as 2027-03-05")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("not_a_day", "there is no such day") from None


WallTime = Annotated[
    datetime,
    BeforeValidator(_as_wall),
    PlainSerializer(lambda value: value.isoformat(timespec="minutes"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{_WALL.pattern}$", "examples": ["2027-03-05T17:30"]}),
]
"""The city's wall clock, without time zone, to the minute."""

Day = Annotated[
    date, BeforeValidator(_as_day), WithJsonSchema({"type": "string", "pattern": f"^{_DAY.pattern}$", "examples": ["2027-03-05"]})
]
"""A day of the city's calendar."""

_Codes = Annotated[tuple[Code, ...], Field(max_length=_MOST_CODES)]
_Weekday = Annotated[int, Field(ge=0, le=6)]
_Weekdays = Annotated[tuple[_Weekday, ...], Field(max_length=7), AfterValidator(lambda days: tuple(sorted(set(days))))]


class RepeatPart(Strict):
    """How it repeats. It ends after `until` (included) or after `times`, whichever comes first; one of them is needed to submit it."""

    rhythm: Rhythm
    weekdays: Annotated[_Weekdays, Field(description="Monday is 0. With `weekly` only.")] = ()
    until: Day | None = None
    times: Annotated[int, Field(ge=1, le=MOST)] | None = None
    term_only: Annotated[bool, Field(description="Leaves out days without school.")] = False

    def built(self) -> Repeat:
        """As the rest of Faro knows it."""
        return Repeat(self.rhythm, self.weekdays, self.until, self.times, self.term_only)


class AudiencePart(Strict):
    """Whom of the topic's subscribers it is for, by what they told of themselves. Empty: all of them."""

    languages: Annotated[tuple[LanguageCode, ...], Field(max_length=MOST_LANGUAGES)] = ()
    districts: _Codes = ()
    age_bands: _Codes = ()
    joined_since: Day | None = None
    not_within_days: Annotated[int, Field(ge=0, le=MOST_DAYS, description="Leaves out who got any campaign in so many days.")] = 0
    harm_hours: Annotated[int, Field(ge=0, le=MOST_HOURS, description="Waits for who was in a talk about a harm in so many hours.")] = 0

    def built(self) -> Narrowing:
        """As the rest of Faro knows it."""
        return Narrowing(
            languages=tuple(dict.fromkeys(self.languages)),
            districts=tuple(dict.fromkeys(self.districts)),
            age_bands=tuple(dict.fromkeys(self.age_bands)),
            joined_since=self.joined_since,
            not_within_days=self.not_within_days,
            harm_hours=self.harm_hours,
        )


class PlacePart(Strict):
    """A channel or group in which it is posted, too, and the language there: the one that staff allowed for it."""

    place: Annotated[int, Field(ge=1, le=999_999_999_999_999_999, description="Its number, as in the console's address.")]
    language: LanguageCode

    def built(self) -> Destination:
        """As the rest of Faro knows it."""
        return Destination(self.place, Language(self.language))


class CampaignBody(Strict):
    """A campaign to be kept as a draft. A PUT replaces all of it but pictures, which are chosen in the console, and places left out."""

    content: ContentBody
    send_at: Annotated[WallTime, Field(description="The city's wall clock. With `repeat`: the first day on which it may be sent.")]
    repeat: RepeatPart | None = None
    late_after_minutes: Annotated[
        int, Field(ge=1, le=int(LATEST.total_seconds()) // 60, description="How long after its time sending still makes sense.")
    ] = 120
    resend_uncertain: Annotated[bool, Field(description="Send again where nobody knows whether it arrived.")] = False
    audience: AudiencePart = AudiencePart()
    places: Annotated[
        tuple[PlacePart, ...] | None, Field(max_length=_MOST_CODES, description="Null or missing: none, and in a PUT as before.")
    ] = None

    def draft(self, language: Language, pictures: dict[Language, Picture] | None = None) -> CampaignDraft:
        """The draft, titled in ``language`` where the content has that title."""
        content = self.content.built()
        return CampaignDraft(
            title=content.title_in(language),
            topic=content.topic,
            send_at=self.send_at,
            texts=content.texts,
            late_after=timedelta(minutes=self.late_after_minutes),
            resend_uncertain=self.resend_uncertain,
            quiz=content.quiz,
            sources=content.sources,
            repeat=self.repeat.built() if self.repeat else None,
            narrowing=self.audience.built(),
            pictures=pictures or {},
            places=tuple(one.built() for one in self.places or ()),
        ).cleaned()
