"""A campaign's form: what was typed, and the draft that it makes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from bot.campaigns.drafts import CampaignDraft, Problem
from bot.campaigns.narrowing import Narrowing
from bot.campaigns.rules import Repeat, Rhythm
from bot.city import City
from bot.console.forms import Form
from bot.messages import Language

LATE_AFTER = (15, 60, 120, 360, 1440)
"""Minutes to choose from: how long after the planned time sending still makes sense."""


@dataclass(frozen=True)
class CampaignForm:
    """The fields as text, exactly as typed, so that nothing gets lost when something is wrong."""

    title: str
    topic: str
    day: str
    time: str
    late_after: str
    texts: Mapping[Language, str]
    problems: tuple[Problem, ...] = field(default=())
    rhythm: str = "once"
    weekdays: tuple[str, ...] = ()
    until: str = ""
    times: str = ""
    term_only: bool = False
    languages: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    joined_since: str = ""
    not_within_days: str = "0"
    harm_hours: str = "6"

    @classmethod
    def empty(cls, city: City, now: datetime) -> CampaignForm:
        """A new campaign: tomorrow late afternoon, when school is over and the night far."""
        tomorrow = city.local(now).date() + timedelta(days=1)
        return cls("", "", tomorrow.isoformat(), "17:00", "120", dict.fromkeys(city.languages, ""))

    @classmethod
    def of(cls, draft: CampaignDraft) -> CampaignForm:
        """The form that shows a draft."""
        minutes = int(draft.late_after.total_seconds() // 60)
        day, clock = draft.send_at.date().isoformat(), draft.send_at.strftime("%H:%M")
        whom = draft.narrowing
        form = cls(
            draft.title,
            draft.topic,
            day,
            clock,
            str(minutes),
            dict(draft.texts),
            languages=whom.languages,
            districts=whom.districts,
            age_bands=whom.age_bands,
            joined_since=whom.joined_since.isoformat() if whom.joined_since else "",
            not_within_days=str(whom.not_within_days),
            harm_hours=str(whom.harm_hours),
        )
        if (repeat := draft.repeat) is None:
            return form
        return replace(
            form,
            rhythm=repeat.rhythm.value,
            weekdays=tuple(map(str, repeat.weekdays)),
            until=repeat.until.isoformat() if repeat.until else "",
            times=str(repeat.times or ""),
            term_only=repeat.term_only,
        )

    @property
    def late_choices(self) -> list[int]:
        """The choices, with the present one among them."""
        present = {int(self.late_after)} if self.late_after.isdecimal() else set()
        return sorted({*LATE_AFTER, *present})


def read(form: Form, city: City, before: CampaignDraft | None = None) -> tuple[CampaignForm, CampaignDraft | None]:
    """What was typed and the draft, None when there is no usable time in it. ``before`` keeps what the form does not show."""
    typed = _typed(form, city)
    try:
        send_at = datetime.combine(_day(typed.day), time.fromisoformat(typed.time))
        late_after = timedelta(minutes=int(typed.late_after))
        draft = CampaignDraft(typed.title, typed.topic, send_at, typed.texts, late_after)
        if before:
            draft = replace(draft, resend_uncertain=before.resend_uncertain, quiz=before.quiz)
            draft = replace(draft, sources=before.sources, pictures=before.pictures, trial=before.trial)
            draft = replace(draft, places=before.places)
    except (ValueError, OverflowError):
        return replace(typed, problems=(Problem("send_at", "time_missing"),)), None
    try:
        draft = replace(draft, narrowing=_narrowing(typed))
    except (ValueError, OverflowError):
        return replace(typed, problems=(Problem("joined_since", "audience_unknown"),)), None
    try:
        return typed, replace(draft, repeat=_repeat(typed))
    except (ValueError, OverflowError):
        return replace(typed, problems=(Problem("until", "end_missing"),)), None


def _typed(form: Form, city: City) -> CampaignForm:
    return CampaignForm(
        form["title"],
        form["topic"],
        form["day"],
        form["time"],
        form["late_after"],
        {language: form[f"text_{language}"].replace("\r\n", "\n") for language in city.languages},
        rhythm=form["rhythm"] or "once",
        weekdays=tuple(form.all("weekday")),
        until=form["until"],
        times=form["times"].strip(),
        term_only=form["term_only"] == "yes",
        languages=tuple(form.all("audience_language")),
        districts=tuple(form.all("district")),
        age_bands=tuple(form.all("age_band")),
        joined_since=form["joined_since"],
        not_within_days=form["not_within_days"] or "0",
        harm_hours=form["harm_hours"] or "0",
    )


def _narrowing(typed: CampaignForm) -> Narrowing:
    """Whom it is for. Raises ValueError for what no form of ours sends."""
    since = _day(typed.joined_since) if typed.joined_since else None
    languages, districts, age_bands = (tuple(sorted(set(codes))) for codes in (typed.languages, typed.districts, typed.age_bands))
    return Narrowing(languages, districts, age_bands, since, int(typed.not_within_days), int(typed.harm_hours))


def _repeat(typed: CampaignForm) -> Repeat | None:
    """How it repeats. Raises ValueError for what no form of ours sends."""
    if typed.rhythm == "once":
        return None
    rhythm = Rhythm(typed.rhythm)
    weekdays = tuple(sorted({int(day) for day in typed.weekdays if day in tuple("0123456")})) if rhythm is Rhythm.WEEKLY else ()
    until = _day(typed.until) if typed.until else None
    return Repeat(rhythm, weekdays, until, int(typed.times) if typed.times else None, typed.term_only)


def _day(typed: str) -> date:
    return datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007  a day of the calendar, in no zone yet
