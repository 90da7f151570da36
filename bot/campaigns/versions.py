"""Versions: a campaign as it was each time that somebody saved it, to look at, to compare, and to bring back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.narrowing import dump_narrowing, load_narrowing
from bot.campaigns.places.destinations import Destination, as_plain
from bot.campaigns.quiz import Quiz, dump_text, load_text
from bot.campaigns.rules import Repeat, dump_rule, load_rule
from bot.campaigns.tables import CampaignRow, CampaignVersionRow
from bot.campaigns.threads import Onward, dump_onward, load_onward
from bot.campaigns.trial import Trial, parts_of, trial_of
from bot.city import Source
from bot.errors import NotFound
from bot.messages import Language, Picture
from bot.storage import Database


@dataclass(frozen=True, slots=True)
class Version:
    """A campaign as ``staff_id`` saved it. ``number``: the campaign's at that moment; numbers rise, and some are left out."""

    number: int
    staff_id: str
    saved_at: datetime
    draft: CampaignDraft


@dataclass(frozen=True, slots=True)
class Change:
    """One part that differs between two drafts. ``part``: as :class:`bot.campaigns.drafts.Problem` names it."""

    part: str
    before: str
    after: str


class Versions:
    """The saved versions of all campaigns. They are written with the campaign, see :func:`keep_version`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, campaign_id: int) -> list[Version]:
        """All versions, the last one first."""
        query = select(CampaignVersionRow).where(CampaignVersionRow.campaign_id == campaign_id)
        async with self._database.read() as session:
            return [_version(row) for row in await session.scalars(query.order_by(CampaignVersionRow.version.desc()))]

    async def get(self, campaign_id: int, number: int) -> Version:
        """One version. Raises NotFound."""
        async with self._database.read() as session:
            row = await session.get(CampaignVersionRow, (campaign_id, number))
        if row is None:
            raise NotFound
        return _version(row)


def keep_version(session: AsyncSession, row: CampaignRow, staff_id: str, draft: CampaignDraft, now: datetime) -> None:
    """Keep what is being saved, in the transaction that saves it."""
    content = dump_draft(draft)
    session.add(CampaignVersionRow(campaign_id=row.id, version=row.version, staff_id=staff_id, saved_at=now, content=content))


def changes(before: CampaignDraft, after: CampaignDraft) -> list[Change]:
    """Every part that differs, in the order of the form. A part that is not there is an empty text."""
    old, new = dict(_parts(before)), dict(_parts(after))
    return [
        Change(part, old.get(part, ""), new.get(part, "")) for part in {**old, **new} if old.get(part, "") != new.get(part, "")
    ]


def _parts(draft: CampaignDraft) -> Iterator[tuple[str, str]]:
    """Each part of a draft as a text that can be compared."""
    yield "title", draft.title
    yield "topic", draft.topic
    yield "send_at", draft.send_at.isoformat(timespec="minutes")
    yield from _repeat_parts(draft.repeat)
    yield "late_after", str(int(draft.late_after.total_seconds()) // 60)
    for name, value in asdict(draft.narrowing).items():
        yield f"audience.{name}", _listed(value)
    for language, body in sorted(draft.texts.items()):
        yield f"texts.{language}", body
    for language, picture in sorted(draft.pictures.items()):
        yield f"pictures.{language}", picture.digest
        yield f"alt.{language}", picture.alt
    yield from _quiz_parts(draft.quiz)
    yield from parts_of(draft.trial)
    yield "places", ", ".join(f"{one.place} ({one.language})" for one in draft.places)
    yield "onward", _way(draft.onward)
    yield "sources", "\n".join(" ".join(filter(None, (source.name, source.url))) for source in draft.sources)
    yield "resend_uncertain", "yes" if draft.resend_uncertain else ""


def _way(onward: Onward | None) -> str:
    if onward is None:
        return ""
    answers = [f"{number} → {target or '.'}" for number, target in onward.answers]
    begins = [] if onward.joining is None else [f"+{onward.joining}"]
    return "\n".join([*begins, f"{onward.key} → {onward.next or '.'} ({onward.days}, {onward.pace.value})", *answers])


def _repeat_parts(repeat: Repeat | None) -> Iterator[tuple[str, str]]:
    for name, value in (asdict(repeat) if repeat else {}).items():
        yield f"repeat.{name}", _listed(value)


def _listed(value: object) -> str:
    """A part's value; empty where it says nothing: None, no, 0, nothing chosen."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value) if value else ""


def _quiz_parts(quiz: Quiz | None) -> Iterator[tuple[str, str]]:
    if quiz is None:
        return
    yield "quiz.right", str(quiz.right or "")
    for language, text in sorted(quiz.texts.items()):
        answers = [f"{number}. {one.answer}\n{one.explanation}" for number, one in enumerate(text.answers, start=1)]
        yield f"quiz.{language}", "\n".join([text.question, *answers]).strip()


def dump_draft(draft: CampaignDraft) -> str:
    """A draft as it is stored: JSON."""
    quiz = draft.quiz
    return json.dumps(
        {
            "title": draft.title,
            "topic": draft.topic,
            "rule": dump_rule(draft.send_at, draft.repeat),
            "late_after": int(draft.late_after.total_seconds()),
            "resend_uncertain": draft.resend_uncertain,
            "texts": dict(draft.texts),
            "quiz": {"right": quiz.right, "texts": {one: dump_text(text) for one, text in quiz.texts.items()}} if quiz else None,
            "sources": [[source.name, source.url] for source in draft.sources],
            "audience": dump_narrowing(draft.narrowing),
            "pictures": {language: [picture.digest, picture.alt] for language, picture in draft.pictures.items()},
            "trial": draft.trial.as_plain() if draft.trial else None,
            "places": as_plain(draft.places),
            "onward": dump_onward(draft.onward) if draft.onward else None,
        },
        ensure_ascii=False,
    )


def load_draft(stored: str) -> CampaignDraft:
    """The reverse of :func:`dump_draft`."""
    kept = json.loads(stored)
    send_at, repeat = load_rule(kept["rule"])
    return CampaignDraft(
        title=kept["title"],
        topic=kept["topic"],
        send_at=send_at,
        texts=_by_language(kept["texts"]),
        late_after=timedelta(seconds=kept["late_after"]),
        resend_uncertain=kept["resend_uncertain"],
        quiz=_quiz(kept["quiz"]),
        sources=tuple(Source(name, url) for name, url in kept["sources"]),
        repeat=repeat,
        narrowing=load_narrowing(kept["audience"]),
        pictures={Language(one): Picture(*picture) for one, picture in kept["pictures"].items()},
        trial=_trial(kept.get("trial")),
        places=tuple(Destination(place, Language(language)) for place, language in kept.get("places", [])),
        onward=load_onward(kept["onward"]) if kept.get("onward") else None,
    )


def _quiz(kept: Mapping[str, Any] | None) -> Quiz | None:
    return Quiz({Language(one): load_text(text) for one, text in kept["texts"].items()}, kept["right"]) if kept else None


def _trial(kept: Mapping[str, Any] | None) -> Trial | None:
    return trial_of(_by_language(kept["texts"]), kept["metric"]) if kept else None


def _by_language(texts: Mapping[str, str]) -> dict[Language, str]:
    return {Language(language): text for language, text in texts.items()}


def _version(row: CampaignVersionRow) -> Version:
    return Version(row.version, row.staff_id, row.saved_at, load_draft(row.content))
