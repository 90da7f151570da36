"""One date of a campaign that repeats: moved alone or with all that follow, left out, and put back."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from starlette.responses import Response

from bot.campaigns.calendar import CHANGEABLE
from bot.campaigns.dates import DateChange, Reach
from bot.campaigns.plans import Campaign
from bot.console.calendar_page import Place
from bot.console.views.exchange import number_of
from bot.console.visit import Visit
from bot.errors import Conflict, Invalid


async def page(visit: Visit) -> Response:
    """A form for another day and time of one date; a drop on the calendar brings them along."""
    campaign, original = await _campaign(visit), _moment(visit.query("original"))
    wall = _wall(visit.query("day"), visit.query("time")) or original or campaign.send_at
    return await _page(visit, campaign, original, wall, view=visit.query("view"))


async def outlook(visit: Visit) -> Response:
    """What a day and time would come to, for the page's script."""
    campaign, original = await _campaign(visit), _moment(visit.query("original"))
    wall = _wall(visit.query("day"), visit.query("time"))
    return visit.render("campaign_move_outlook.html", **await _outlook(visit, campaign, original, wall, _reach(visit.query("reach"))))


async def change(visit: Visit) -> Response:
    """Move the date, or leave it out."""
    campaign, original = await _campaign(visit), _moment(visit.form["original"])
    skips, reach = visit.form["deed"] == "skip", _reach(visit.form["reach"])
    wall = None if skips else _wall(visit.form["day"], visit.form["time"])
    again = wall or original or campaign.send_at
    if original is None or (wall is None and not skips):
        return await _page(visit, campaign, original, again, view=visit.form["view"], problem="time_missing", status=422)
    new = DateChange(original, Reach.ONE if skips else reach, wall)
    try:
        await visit.services.date_desk.change(visit.member.id, campaign.id, _version(visit), new)
    except Invalid as error:
        return await _page(visit, campaign, original, again, view=visit.form["view"], problem=error.code, status=422)
    except Conflict:
        return await _page(visit, await _campaign(visit), original, again, view=visit.form["view"], problem="date_meanwhile", status=409)
    visit.detail = {"original": _plain(original), "to": _plain(wall) if wall else "", "reach": new.reach.value}
    return _back(visit, campaign, original, (wall or original).date(), "date_skipped" if skips else "date_moved")


async def restore(visit: Visit) -> Response:
    """Put the date back to where it was before it was moved or left out, with all that were moved together with it."""
    campaign, original = await _campaign(visit), _moment(visit.form["original"]) or datetime.min  # noqa: DTZ901 - no date's name
    try:
        await visit.services.date_desk.restore(visit.member.id, campaign.id, _version(visit), original)
    except Invalid as error:
        return await _page(visit, campaign, original, original, view=visit.form["view"], problem=error.code, status=422)
    except Conflict:
        return await _page(visit, await _campaign(visit), original, original, view=visit.form["view"], problem="date_meanwhile", status=409)
    visit.detail = {"original": _plain(original)}
    return _back(visit, campaign, original, original.date(), "date_restored")


async def _page(
    visit: Visit, campaign: Campaign, original: datetime | None, wall: datetime, *, view: str, problem: str = "", status: int = 200
) -> Response:
    now = visit.services.city.local(visit.services.clock())
    place = Place.read(view, wall.date().isoformat(), now.date())
    context: dict[str, Any] = {"campaign": campaign, "original": original, "wall": wall, "place": place, "reaches": tuple(Reach)}
    context["can_move"] = campaign.repeat is not None and campaign.state in CHANGEABLE and original is not None
    context["problem"] = f"calendar.problem.{problem}" if problem else ""
    return visit.render("campaign_date.html", status, **context, **await _outlook(visit, campaign, original, wall, Reach.ONE))


async def _outlook(visit: Visit, campaign: Campaign, original: datetime | None, wall: datetime | None, reach: Reach) -> dict[str, Any]:
    """Where it would stand and what would clash; ``refusals``: why it cannot stand there."""
    if original is None or wall is None or campaign.repeat is None:
        return {"entry": None, "refusals": [visit.say("calendar.problem.time_missing")]}
    new = DateChange(original, reach, wall)
    obstacles = await visit.services.date_desk.obstacles(campaign.id, new)
    entry = None if obstacles else await visit.services.agenda.if_changed(campaign.id, new)
    return {"entry": entry, "refusals": [visit.say(f"calendar.problem.{code}") for code in obstacles]}


def _back(visit: Visit, campaign: Campaign, original: datetime, day: date, notice: str) -> Response:
    place = Place.read(visit.form["view"], day.isoformat(), day)
    return visit.go(f"{place.path}#date-{campaign.id}-{original.date()}", notice)


async def _campaign(visit: Visit) -> Campaign:
    return await visit.services.campaigns.get(number_of(visit))


def _version(visit: Visit) -> int:
    """What is no number fits no version."""
    return int(value) if (value := visit.form["version"]).isdecimal() and len(value) < 18 else -1


def _reach(value: str) -> Reach:
    return Reach.FOLLOWING if value == Reach.FOLLOWING else Reach.ONE


def _moment(text: str) -> datetime | None:
    day, _, clock = text.partition("T")
    return _wall(day, clock)


def _plain(wall: datetime) -> str:
    return wall.isoformat(timespec="minutes")


def _wall(day: str, clock: str) -> datetime | None:
    """A time on the city's wall clock; None for what no form of ours sends."""
    try:
        return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock).replace(second=0, microsecond=0, tzinfo=None))
    except ValueError:
        return None
