"""A campaign's form: what was typed, and the draft that it makes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from bot.campaigns.drafts import CampaignDraft, Problem
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
        return cls(draft.title, draft.topic, day, clock, str(minutes), dict(draft.texts))

    @property
    def late_choices(self) -> list[int]:
        """The choices, with the present one among them."""
        present = {int(self.late_after)} if self.late_after.isdecimal() else set()
        return sorted({*LATE_AFTER, *present})


def read(form: Form, city: City, before: CampaignDraft | None = None) -> tuple[CampaignForm, CampaignDraft | None]:
    """What was typed and the draft, None when there is no usable time in it. ``before`` keeps what the form does not show."""
    texts = {language: form[f"text_{language}"].replace("\r\n", "\n") for language in city.languages}
    typed = CampaignForm(form["title"], form["topic"], form["day"], form["time"], form["late_after"], texts)
    try:
        send_at = datetime.combine(datetime.strptime(typed.day, "%Y-%m-%d").date(), time.fromisoformat(typed.time))  # noqa: DTZ007
        late_after = timedelta(minutes=int(typed.late_after))
        draft = CampaignDraft(typed.title, typed.topic, send_at, texts, late_after)
        if before:
            draft = replace(draft, resend_uncertain=before.resend_uncertain, quiz=before.quiz, sources=before.sources)
    except (ValueError, OverflowError):
        return replace(typed, problems=(Problem("send_at", "time_missing"),)), None
    return typed, draft


def filled_in(text: str, city: City) -> str:
    """The text with its placeholders filled in, as a citizen will read it."""
    return text.replace("{city}", city.name).replace("{emergency}", city.emergency_number)
