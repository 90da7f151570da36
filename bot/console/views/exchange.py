"""Campaigns as files: one from another city becomes a draft, one of ours leaves as a file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from starlette.responses import Response

from bot.campaigns.exchange import Content, Mistake, Series, read, write, write_series
from bot.campaigns.exchange_schema import FEWEST_EPISODES
from bot.campaigns.series import planned, series_of
from bot.campaigns.tables import CampaignState
from bot.console.visit import Visit
from bot.errors import NotFound

_AT = time(17)
"""School is over, and the night far."""


async def import_page(visit: Visit) -> Response:
    """Where a file is chosen or pasted."""
    return _form(visit)


async def import_file(visit: Visit) -> Response:
    """Make a draft of it, of a series one for each episode; or say what is wrong."""
    found = read(visit.form["text"])
    if isinstance(found, tuple):
        return _form(visit, found)
    found = _with_topic(found, visit.form["topic"])
    if found.topic not in visit.services.city.topics:
        return _form(visit, (Mistake("topic", "topic_unknown"),))
    return await begin(visit, found, tomorrow(visit), "campaign_imported")


def tomorrow(visit: Visit) -> datetime:
    """The wall-clock time that a plan without one begins with."""
    return datetime.combine(visit.services.city.local(visit.services.clock()).date() + timedelta(days=1), _AT)


async def begin(visit: Visit, content: Content | Series, first: datetime, notice: str) -> Response:
    """Keep drafts of it and show the first one.

    Args:
        first: when the first message goes out, on the city's wall clock; the others follow at the same time of day.
    """
    drafts = planned(content, visit.services.city, first, visit.language)
    planner, author = visit.services.campaigns, visit.member.id
    made = await planner.create_series(author, drafts) if len(drafts) > 1 else (await planner.create(author, drafts[0]),)
    visit.subject = str(made[0].id)
    if made[0].draft.onward is not None:
        return visit.go(f"/threads/{made[0].series}", "campaign_imported" if notice == "campaign_imported" else "thread_started")
    return visit.go(f"/campaigns/{made[0].id}", notice)


async def export(visit: Visit) -> Response:
    """A campaign's content as a file."""
    campaign = await visit.services.campaigns.get(number_of(visit))
    return _file(campaign.title, write(Content.of(campaign.draft), campaign.draft.pictures))


async def export_series(visit: Visit) -> Response:
    """The series that a campaign belongs to as one file, without cancelled episodes; it has the title of its first one."""
    campaign = await visit.services.campaigns.get(number_of(visit))
    episodes = await visit.services.campaigns.series(campaign.series) if campaign.series else []
    going = [await visit.services.campaigns.get(one.id) for one in episodes if one.state is not CampaignState.CANCELLED]
    if len(going) < FEWEST_EPISODES:
        raise NotFound
    return _file(going[0].title, write_series(series_of([one.draft for one in going])))


def number_of(visit: Visit) -> int:
    """The campaign's number in the address. Raises NotFound for what is none."""
    if not (value := visit.path_of("id")).isdecimal() or len(value) > 18:
        raise NotFound
    return int(value)


def _file(title: str, text: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{_file_name(title)}"'}
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)


def _form(visit: Visit, mistakes: Sequence[Mistake] = ()) -> Response:
    shown = [(_place(visit, one), visit.say(f"library.mistake.{one.code}", **one.params)) for one in mistakes]
    status = 422 if mistakes else 200
    return visit.render("campaign_import.html", status, mistakes=shown, text=visit.form["text"], topic=visit.form["topic"])


def _place(visit: Visit, mistake: Mistake) -> str:
    line = visit.say("library.line", number=mistake.line) if mistake.line else ""
    return ", ".join(filter(None, (mistake.key, line)))


def _with_topic(content: Content | Series, topic: str) -> Content | Series:
    """The city's own topic instead of the file's, where one was chosen."""
    if not topic:
        return content
    if isinstance(content, Content):
        return replace(content, topic=topic)
    return replace(content, episodes=tuple(replace(one, topic=topic) for one in content.episodes))


def _file_name(title: str) -> str:
    """The title in plain letters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return (re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "campaign") + ".yml"
