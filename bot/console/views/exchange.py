"""Campaigns as files: one from another city becomes a draft, one of ours leaves as a file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from starlette.responses import Response

from bot.campaigns.exchange import Content, Mistake, Series, read, write
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
    return await begin(visit, found, "campaign_imported")


async def begin(visit: Visit, content: Content | Series, notice: str) -> Response:
    """Keep drafts of it, the first for tomorrow, and show the first one."""
    episodes = content.episodes if isinstance(content, Series) else (content,)
    days = content.every_days if isinstance(content, Series) else 0
    first = datetime.combine(visit.services.city.local(visit.services.clock()).date() + timedelta(days=1), _AT)
    city, language = visit.services.city, visit.language
    drafts = [one.draft(city, first + timedelta(days=days * number), language) for number, one in enumerate(episodes)]
    planner, author = visit.services.campaigns, visit.member.id
    made = await planner.create_series(author, drafts) if len(drafts) > 1 else (await planner.create(author, drafts[0]),)
    visit.subject = str(made[0].id)
    return visit.go(f"/campaigns/{made[0].id}", notice)


async def export(visit: Visit) -> Response:
    """A campaign's content as a file."""
    if not (value := visit.path_of("id")).isdecimal() or len(value) > 18:
        raise NotFound
    campaign = await visit.services.campaigns.get(int(value))
    headers = {"Content-Disposition": f'attachment; filename="{_file_name(campaign.title)}"'}
    return Response(write(Content.of(campaign.draft)), media_type="application/yaml; charset=utf-8", headers=headers)


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
