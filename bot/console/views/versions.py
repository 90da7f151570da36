"""A campaign's versions: who saved what and when, how two differ, and bringing one back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from starlette.responses import Response

from bot.campaigns.plans import Campaign
from bot.campaigns.tables import CampaignState
from bot.campaigns.versions import Change, Version, changes
from bot.console.differences import Stretch, stretches
from bot.console.preview import previews
from bot.console.views.exchange import number_of
from bot.console.visit import Visit
from bot.errors import NotFound
from bot.staff.roles import Permission

_EDITABLE = (CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED)


@dataclass(frozen=True)
class ShownChange:
    """One part that differs, in words. ``pictures``: the digests before and after, where it is a picture."""

    label: str
    words: tuple[Stretch, ...] = ()
    language: str | None = None
    pictures: tuple[str, str] | None = None


async def listing(visit: Visit) -> Response:
    """All versions, the last one first, with what each changed."""
    campaign = await _campaign(visit)
    kept = await visit.services.versions.list(campaign.id)
    changed = {new.number: _labels(visit, changes(old.draft, new.draft)) for new, old in pairwise(kept)}
    return visit.render("versions.html", campaign=campaign, versions=kept, changed=changed, authors=await _names(visit))


async def show(visit: Visit) -> Response:
    """One version, and how it differs from another one: the one before it, if none is chosen."""
    campaign = await _campaign(visit)
    kept = await visit.services.versions.list(campaign.id)
    version = _numbered(kept, visit.path_of("version"))
    if version is None:
        raise NotFound
    older = [one for one in kept if one.number < version.number]
    other = _numbered(kept, visit.query("with")) or (older[0] if older else None)
    differences = [_shown(visit, change) for change in changes(other.draft, version.draft)] if other else []
    return visit.render(
        "version.html",
        campaign=campaign,
        version=version,
        versions=kept,
        other=other,
        differences=differences,
        previews=previews(visit, version.draft),
        authors=await _names(visit),
        makes_another=campaign.state not in _EDITABLE,
        may_restore=visit.member.may(Permission.PLAN_CAMPAIGNS) and version.number != kept[0].number,
    )


async def restore(visit: Visit) -> Response:
    """Make it the draft again. A campaign that has gone out stays as it was: its old version becomes a new campaign."""
    campaign = await _campaign(visit)
    version = await visit.services.versions.get(campaign.id, _number(visit.path_of("version")))
    planner, member = visit.services.campaigns, visit.member.id
    if campaign.state in _EDITABLE:
        made = await planner.edit(member, campaign.id, _number(visit.form["version"]), version.draft)
    else:
        made = await planner.create(member, version.draft)
    visit.subject, visit.detail = str(made.id), {"campaign": campaign.id, "version": version.number}
    return visit.go(f"/campaigns/{made.id}", "version_restored")


def _numbered(kept: list[Version], number: str) -> Version | None:
    return next((one for one in kept if str(one.number) == number), None)


def _labels(visit: Visit, found: list[Change]) -> list[str]:
    return list(dict.fromkeys(_label(visit, change.part) for change in found))


def _label(visit: Visit, part: str) -> str:
    """A part's name: ``texts.fr`` is the message in French."""
    kind, _, name = part.partition(".")
    if kind == "audience":
        return visit.say(f"audience.{name}")
    if kind in ("texts", "pictures", "alt", "quiz") and name != "right":
        return visit.say(f"versions.part.{kind}", language=visit.dates.language(name))
    return visit.say(f"versions.part.{part.replace('.', '_')}")


def _shown(visit: Visit, change: Change) -> ShownChange:
    kind, _, name = change.part.partition(".")
    if kind == "pictures":
        return ShownChange(_label(visit, change.part), pictures=(change.before, change.after))
    say = _WORDS.get(change.part, _as_it_is)
    before, after = (say(visit, value) if value else "" for value in (change.before, change.after))
    return ShownChange(_label(visit, change.part), tuple(stretches(before, after)), name if kind in ("texts", "alt", "quiz") else None)


def _as_it_is(visit: Visit, value: str) -> str:
    return value


def _topic(visit: Visit, code: str) -> str:
    known = code in visit.services.city.topics
    return visit.services.city.label("topic", code, visit.language) if known else code


_WORDS: dict[str, Callable[[Visit, str], str]] = {
    "topic": _topic,
    "send_at": lambda visit, value: visit.dates.wall(datetime.fromisoformat(value)),
    "late_after": lambda visit, value: visit.say("campaign.minutes", count=int(value)),
    "repeat.rhythm": lambda visit, value: visit.say(f"campaign.rhythm.{value}"),
    "repeat.weekdays": lambda visit, value: ", ".join(visit.dates.weekday(int(day)) for day in value.split(", ")),
    "repeat.until": lambda visit, value: visit.dates.day(date.fromisoformat(value)),
    "repeat.term_only": lambda visit, value: "✓",
    "resend_uncertain": lambda visit, value: "✓",
    "audience.joined_since": lambda visit, value: visit.dates.day(date.fromisoformat(value)),
    "audience.not_within_days": lambda visit, value: visit.say("audience.days", count=int(value)),
    "audience.harm_hours": lambda visit, value: visit.say("audience.hours", count=int(value)),
    "audience.languages": lambda visit, value: ", ".join(visit.dates.language(one) for one in value.split(", ")),
}
"""Parts that are stored as codes or numbers, in words."""


def _number(value: str) -> int:
    """What is no number fits no version."""
    return int(value) if value.isdecimal() and len(value) < 10 else -1


async def _campaign(visit: Visit) -> Campaign:
    return await visit.services.campaigns.get(number_of(visit))


async def _names(visit: Visit) -> dict[str, str]:
    return {member.id: member.name for member in await visit.services.accounts.list()}
