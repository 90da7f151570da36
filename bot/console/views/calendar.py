"""The calendar of campaigns, and moving one to another time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from starlette.responses import Response

from bot.campaigns.calendar import Entry, can_move
from bot.campaigns.drafts import Problem
from bot.campaigns.plans import Campaign
from bot.console.calendar_page import Layout, Place, View
from bot.console.views.exchange import number_of
from bot.console.visit import Visit
from bot.errors import Conflict
from bot.staff.roles import Permission

_IN_THE_WAY = ("time_past", "time_too_far")
"""Where a campaign cannot be put at all. Quiet hours only keep it from being submitted there."""


async def calendar(visit: Visit) -> Response:
    """A month, a week or a list of what was sent and what is planned."""
    now = visit.services.city.local(visit.services.clock())
    place = Place.read(visit.query("view"), visit.query("day"), now.date())
    sheet = await visit.services.agenda.between(place.span(visit.dates.first_weekday))
    return visit.render(
        "calendar.html",
        place=place,
        views=tuple(View),
        today=Place(place.view, now.date()),
        layout=Layout(place, sheet, visit.services.city, now),
        now=now,
        may_move=visit.member.may(Permission.PLAN_CAMPAIGNS),
    )


async def move_page(visit: Visit) -> Response:
    """A form for another day and time; a drop on the calendar brings them along."""
    campaign = await _campaign(visit)
    wall = _wall(visit.query("day"), visit.query("time"))
    return await _page(visit, campaign, wall or campaign.send_at, visit.query("view"))


async def outlook(visit: Visit) -> Response:
    """What a day and time would come to, for the page's script."""
    campaign, wall = await _campaign(visit), _wall(visit.query("day"), visit.query("time"))
    return visit.render("campaign_move_outlook.html", **await _outlook(visit, campaign, wall))


async def move(visit: Visit) -> Response:
    """Give a campaign another time. It is a draft again, whoever had approved it."""
    campaign, wall = await _campaign(visit), _wall(visit.form["day"], visit.form["time"])
    if not _can_move(campaign) or wall is None or wall == campaign.send_at or _in_the_way(visit, campaign, wall):
        return await _page(visit, campaign, wall or campaign.send_at, visit.form["view"], status=422, tried=wall)
    draft = replace(campaign.draft, send_at=wall)
    try:
        await visit.services.campaigns.edit(visit.member.id, campaign.id, _version(visit), draft)
    except Conflict:
        # Shown as it is now: whoever presses the button again decides knowing that.
        return await _page(visit, await _campaign(visit), wall, visit.form["view"], status=409, problem="error.moved_meanwhile")
    visit.detail = {"from": campaign.send_at.isoformat(timespec="minutes"), "to": wall.isoformat(timespec="minutes")}
    place = Place.read(visit.form["view"], visit.form["day"], wall.date())
    return visit.go(f"{place.path}#campaign-{campaign.id}", "campaign_moved")


async def _page(
    visit: Visit, campaign: Campaign, wall: datetime, view: str, *, status: int = 200, tried: datetime | None = None, problem: str = ""
) -> Response:
    context = await _outlook(visit, campaign, wall)
    if status == 422 and _can_move(campaign):
        problem = "error.not_moved" if tried == campaign.send_at else "error.not_there"
    now = visit.services.city.local(visit.services.clock())
    place = Place.read(view, visit.query("day") or visit.form["day"], now.date())
    return visit.render("campaign_move.html", status, campaign=campaign, wall=wall, place=place, problem=problem, **context)


async def _outlook(visit: Visit, campaign: Campaign, wall: datetime | None) -> dict[str, Any]:
    """Where it would stand and what would clash; ``refusals``: why it cannot stand there."""
    refusals = _in_the_way(visit, campaign, wall) if wall else [Problem("send_at", "time_missing")]
    entry: Entry | None = None
    if wall is not None and not refusals:
        entry = await visit.services.agenda.if_moved(campaign.id, wall)
    words = [visit.say(f"campaign.problem.{problem.code}", **problem.params) for problem in refusals]
    return {"entry": entry, "refusals": words, "can_move": _can_move(campaign)}


def _in_the_way(visit: Visit, campaign: Campaign, wall: datetime) -> list[Problem]:
    problems = visit.services.campaigns.check(replace(campaign.draft, send_at=wall))
    return [problem for problem in problems if problem.field == "send_at" and problem.code in _IN_THE_WAY]


def _can_move(campaign: Campaign) -> bool:
    return can_move(campaign.state, campaign.repeat)


async def _campaign(visit: Visit) -> Campaign:
    return await visit.services.campaigns.get(number_of(visit))


def _version(visit: Visit) -> int:
    """What is no number fits no version."""
    return int(value) if (value := visit.form["version"]).isdecimal() and len(value) < 18 else -1


def _wall(day: str, clock: str) -> datetime | None:
    """A time on the city's wall clock; None for what no form of ours sends."""
    try:
        return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock).replace(second=0, microsecond=0, tzinfo=None))
    except ValueError:
        return None
