"""What an officer writes, what may be wrong with it, and the hash that an approval binds to. Pure."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.campaigns.city import CityFacts, quiet_hours
from bot.campaigns.narrowing import EVERYBODY, Narrowing, dump_narrowing
from bot.campaigns.placeholders import PLACEHOLDERS, shown_length, unknown_in
from bot.campaigns.places.destinations import Destination, as_plain
from bot.campaigns.quiz import Quiz, one_line
from bot.campaigns.rules import MOST, Repeat, Rhythm, dump_rule, rule_of
from bot.campaigns.schedule import next_after, next_allowed, to_utc
from bot.campaigns.threads import LONGEST_WAIT, Onward, dump_onward
from bot.campaigns.trial import Trial
from bot.city import Source
from bot.messages import Language, Picture

TITLE_LIMIT = 120
TEXT_LIMIT = 3800
"""UTF-16 code units, as Telegram counts, with the placeholders filled in. Its limit is 4,096; the rest is for the line below."""
FURTHEST = timedelta(days=731)
"""How far ahead a campaign can be planned."""
LATEST = timedelta(days=7)
"""The longest ``late_after``."""

_KNOWN = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
_INSECURE = re.compile(r"\]\((?!https://)|\bhttp://", re.IGNORECASE)
_BLOCKS_SAVING = frozenset({"title_empty", "title_too_long", "topic_unknown", "language_unknown", "unreadable", "late_after_out_of_range"})


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """A campaign as written.

    ``send_at`` is naive: the wall clock of the city; with ``repeat`` it is the first day on which it may fire.
    ``late_after``: how long after it sending still makes sense.
    ``resend_uncertain``: a message whose fate is unknown is sent again, so that some may get it twice.
    ``sources``: where its facts come from, for colleagues.
    ``pictures``: what stands above the text, by language.
    ``trial``: a second text, for half of the people.
    ``places``: where it is posted, too, for everybody to read.
    ``onward``: it is an episode of a thread, and how that goes on; ``send_at`` is the thread's first day, and its hour.

    Raises:
        ValueError: ``send_at`` has a time zone.
    """

    title: str
    topic: str
    send_at: datetime
    texts: Mapping[Language, str]
    late_after: timedelta = timedelta(hours=2)
    resend_uncertain: bool = False
    quiz: Quiz | None = None
    sources: tuple[Source, ...] = ()
    repeat: Repeat | None = None
    narrowing: Narrowing = EVERYBODY
    pictures: Mapping[Language, Picture] = dataclasses.field(default_factory=dict)
    trial: Trial | None = None
    places: tuple[Destination, ...] = ()
    onward: Onward | None = None

    def __post_init__(self) -> None:
        if self.send_at.tzinfo is not None:
            raise ValueError("send_at is a wall-clock time, without time zone")

    def cleaned(self) -> CampaignDraft:
        """Without spaces around, with plain line ends, to the minute, and without empty texts."""
        texts = {language: body.replace("\r\n", "\n").strip() for language, body in self.texts.items()}
        return replace(
            self,
            title=" ".join(self.title.split()),
            send_at=self.send_at.replace(second=0, microsecond=0, fold=0),
            texts={language: body for language, body in texts.items() if body},
            quiz=self.quiz.cleaned() if self.quiz else None,
            pictures={language: replace(picture, alt=one_line(picture.alt)) for language, picture in self.pictures.items()},
            trial=self.trial.cleaned() if self.trial else None,
            places=tuple(sorted(set(self.places))),
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way. ``field``: a name of :class:`CampaignDraft`, or ``texts.<language>``; ``code``: a catalogue key."""

    field: str
    code: str
    params: Mapping[str, str | int] = dataclasses.field(default_factory=dict)

    @property
    def blocks_saving(self) -> bool:
        """Whether not even an unfinished draft may look like this."""
        return self.code in _BLOCKS_SAVING


def as_in_thread(draft: CampaignDraft, thread: CampaignDraft) -> CampaignDraft:
    """A draft with all that the episodes of a thread have in common, and the way on, as in ``thread``."""
    shared = replace(draft, topic=thread.topic, send_at=thread.send_at, late_after=thread.late_after, repeat=None)
    return replace(shared, narrowing=thread.narrowing, onward=thread.onward)


def find_problems(draft: CampaignDraft, city: CityFacts, now: datetime) -> list[Problem]:
    """Everything that keeps a cleaned draft from being sent, in the order of the form."""
    return [*_title(draft), *_topic(draft, city), *_time(draft, city, now), *_texts(draft, city)]


def content_hash(draft: CampaignDraft, time_zone: str) -> str:
    """SHA-256 (hexadecimal) over content, audience and time of a cleaned draft: what an approver has seen."""
    seen = {
        "title": draft.title,
        "topic": draft.topic,
        "rule": dump_rule(draft.send_at, draft.repeat),
        "time_zone": time_zone,
        "late_after": int(draft.late_after.total_seconds()),
        "resend_uncertain": draft.resend_uncertain,
        "texts": dict(draft.texts),
        "quiz": draft.quiz.as_plain() if draft.quiz else None,
        "sources": [[source.name, source.url] for source in draft.sources],
    }
    if draft.narrowing != EVERYBODY:
        seen["audience"] = dump_narrowing(draft.narrowing)
    if draft.pictures:
        seen["pictures"] = {language: [picture.digest, picture.alt] for language, picture in draft.pictures.items()}
    if draft.trial:
        seen["trial"] = draft.trial.as_plain()
    if draft.places:
        seen["places"] = as_plain(draft.places)
    if draft.onward:
        seen["onward"] = dump_onward(draft.onward)
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()


def _title(draft: CampaignDraft) -> Iterator[Problem]:
    if not draft.title:
        yield Problem("title", "title_empty")
    if len(draft.title) > TITLE_LIMIT:
        yield Problem("title", "title_too_long", {"limit": TITLE_LIMIT})
    if is_unreadable(draft.title):
        yield Problem("title", "unreadable")


def _topic(draft: CampaignDraft, city: CityFacts) -> Iterator[Problem]:
    if draft.topic not in city.topics:
        yield Problem("topic", "topic_unknown")
    for part in draft.narrowing.mistakes(city):
        yield Problem(part, "audience_unknown")


def _time(draft: CampaignDraft, city: CityFacts, now: datetime) -> Iterator[Problem]:
    if not timedelta(minutes=1) <= draft.late_after <= LATEST:
        yield Problem("late_after", "late_after_out_of_range", {"days": LATEST.days})
    # Compared on the wall first: the first and last years of the calendar have no UTC.
    wall_now = now.astimezone(city.time_zone).replace(tzinfo=None)
    if draft.send_at > wall_now + FURTHEST:
        yield Problem("send_at", "time_too_far", {"days": FURTHEST.days})
    elif draft.onward:
        yield from _thread_time(draft, draft.onward, city, wall_now)
    elif draft.send_at < wall_now - timedelta(days=1):
        yield Problem("send_at", "time_past")
    elif wrong := list(_repeat(draft)):
        yield from wrong
    elif (moment := first_moment(draft, city)) is None:
        yield Problem("repeat", "no_dates")
    elif moment < now:
        yield Problem("send_at", "time_past")
    elif (allowed := next_allowed(moment, city.time_zone, quiet_hours(city))) > moment.astimezone(UTC):
        yield Problem("send_at", "time_quiet", {"next": f"{allowed.astimezone(city.time_zone):%Y-%m-%dT%H:%M}"})


def _thread_time(draft: CampaignDraft, onward: Onward, city: CityFacts, wall_now: datetime) -> Iterator[Problem]:
    """The days of a thread are not known yet: its hour has to be allowed on each day of a week, or it would never go on."""
    if not 1 <= onward.days <= LONGEST_WAIT or not 0 <= (onward.joining or 0) <= LONGEST_WAIT:
        yield Problem("send_at", "thread_days", {"most": LONGEST_WAIT})
    more = {"trial": draft.trial, "repeat": draft.repeat, "places": draft.places}
    yield from (Problem(name, "thread_no_more") for name, value in more.items() if value)
    since = max(draft.send_at, datetime.combine(wall_now.date(), draft.send_at.time()))
    for moment in (to_utc(since + timedelta(days=day), city.time_zone) for day in range(1, 8)):
        if (allowed := next_allowed(moment, city.time_zone, quiet_hours(city))) > moment:
            yield Problem("send_at", "time_quiet", {"next": f"{allowed.astimezone(city.time_zone):%Y-%m-%dT%H:%M}"})
            return


def first_moment(draft: CampaignDraft, city: CityFacts) -> datetime | None:
    """When the plan fires first (UTC); None: its rule has no date, or one at an end of the calendar."""
    rule = rule_of(draft.send_at, draft.repeat, city.calendar.is_school_free)
    try:
        before = (draft.send_at - timedelta(days=2)).replace(tzinfo=city.time_zone)
        return next_after(rule, city.time_zone, before.astimezone(UTC))
    except OverflowError:
        return None


def _repeat(draft: CampaignDraft) -> Iterator[Problem]:
    if (repeat := draft.repeat) is None:
        return
    if repeat.rhythm is Rhythm.WEEKLY and not repeat.weekdays:
        yield Problem("weekdays", "weekdays_missing")
    if repeat.until is None and repeat.times is None:
        yield Problem("until", "end_missing")
    if repeat.until is not None and repeat.until < draft.send_at.date():
        yield Problem("until", "end_before_begin")
    if repeat.times is not None and not 1 <= repeat.times <= MOST:
        yield Problem("times", "times_out_of_range", {"most": MOST})


def _texts(draft: CampaignDraft, city: CityFacts) -> Iterator[Problem]:
    """All the city's languages are asked for: to ask only for those of the audience would tell who is in it."""
    for language in city.languages:
        if language not in draft.texts:
            yield Problem(f"texts.{language}", "language_missing")
    for language, body in draft.texts.items():
        if language not in city.languages:
            yield Problem(f"texts.{language}", "language_unknown")
        yield from body_problems(f"texts.{language}", body, city)


def body_problems(name: str, body: str, city: CityFacts) -> Iterator[Problem]:
    """What is wrong with one text in small markup, whatever part of a campaign it is."""
    if is_unreadable(body):
        yield Problem(name, "unreadable")
        return
    if (length := shown_length(body, city)) > TEXT_LIMIT:
        yield Problem(name, "text_too_long", {"limit": TEXT_LIMIT, "length": length})
    for placeholder, meant in unknown_in(body):
        if meant is None:
            yield Problem(name, "placeholder_unknown", {"placeholder": placeholder, "known": _KNOWN})
        else:
            yield Problem(name, "placeholder_misspelt", {"placeholder": placeholder, "meant": meant})
    if _INSECURE.search(body):
        yield Problem(name, "link_not_https")


def is_unreadable(text: str) -> bool:
    """Control characters and lone surrogates: no database stores them all, and no channel shows them."""
    return any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t" for character in text)
