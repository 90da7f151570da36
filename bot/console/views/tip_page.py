"""The page of one tip: what the tipster told, and what moderators did with it."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from markupsafe import Markup
from starlette.responses import Response

from bot.console.district_map import district_map
from bot.console.veiling import parts
from bot.console.views.tip_keys import moderators
from bot.console.visit import Visit, label_of
from bot.errors import NotAllowed
from bot.messages import Language
from bot.staff.audit import SYSTEM
from bot.staff.roles import Permission
from bot.tips.case.manifest import Purpose
from bot.tips.casework import Label
from bot.tips.holding import LONGEST_HOLD
from bot.tips.identity import clues
from bot.tips.masking import BLOCK, Veil
from bot.tips.review import MAX_REPLY
from bot.tips.status import Status
from bot.tips.vault import Reader

LOOKS = frozenset({"tip.read", "tip.excerpt", "tip.attachment", "tip.file"})
"""Deeds that change nothing."""
_SUGGESTED = 12


def reader_of(visit: Visit) -> Reader:
    """The member with their key. The pages are declared to need it; it may be gone a moment later all the same."""
    if (key := visit.key) is None:
        raise NotAllowed("the key is locked")
    return Reader(visit.member.id, key)


async def show(visit: Visit, problem: str = "", typed: str = "", *, about: str = "answer", unmasked: bool = False) -> Response:
    """The page; ``problem`` is said at the form that ``about`` names, with what was typed there. ``unmasked``: with masked words."""
    reader, tip_id, desk = reader_of(visit), visit.path_of("id"), visit.services.moderation
    opened = await visit.services.tips.open(reader, tip_id, unmasked=unmasked)
    everybody, holders = await moderators(visit), await desk.grants.holders(tip_id)
    labels = await desk.casework.labels(reader, tip_id, unmasked=unmasked)
    masks = await desk.masks.list(reader, tip_id, unmasked=unmasked)
    veil = Veil(mask.words for mask in masks)
    now = visit.services.clock()
    return visit.render(
        "tip.html",
        422 if problem else 200,
        tip=opened,
        statuses=[one for one in Status if one is not Status.NEW or opened.summary.status is Status.NEW],
        problems=defaultdict(str, {about: problem}),
        typed=defaultdict(str, {about: typed} if problem else {"answer": template_text(visit, opened.language)}),
        limit=MAX_REPLY,
        reply_id=secrets.token_hex(16),
        holders=[member for member in everybody if member.id in holders],
        workers=[member for member in everybody if member.id in holders and member.may(Permission.WORK_TIPS)],
        others=[member for member in everybody if member.id not in holders],
        name=await names(visit),
        notes=await desk.casework.notes(reader, tip_id, unmasked=unmasked),
        labels=labels,
        codes={label.code for label in labels},
        offered_labels=_offered(visit, labels),
        free=", ".join(label.text for label in labels if label.text and BLOCK not in label.text),
        linked=await desk.likeness.linked(tip_id),
        suggestions=await desk.likeness.suggestions(tip_id),
        keeping=await desk.holding.keeping(reader, tip_id, unmasked=unmasked),
        held=lambda until: until is not None and until > now,
        hold_to=(visit.services.city.local(now) + timedelta(days=90)).date(),
        hold_limit=(visit.services.city.local(now) + LONGEST_HOLD - timedelta(days=1)).date(),
        history=[entry for entry in await visit.services.audit.of(tip_id) if entry.action not in LOOKS],
        duty_hours=duty_hours(visit, opened.summary.waiting_since),
        paging=await visit.services.paging.of(tip_id),
        masks=masks,
        map=_map(visit, opened.summary.district),
        unmasked=unmasked,
        veiled=lambda text: parts(text, veil),
        maskable=[found.excerpt for entry in opened.entries for found in clues(entry.text) if BLOCK not in found.excerpt][:_SUGGESTED],
        purposes=list(Purpose),
        has_custodian=any(member.may(Permission.UNMASK_TIPS) for member in everybody if member.id in holders),
    )


def _offered(visit: Visit, labels: Iterable[Label]) -> list[str]:
    """Labels to choose from: those of the city, and what the tip carries of those that the city gave up."""
    known = visit.services.city.tip_labels
    return [*known, *(label.code for label in labels if label.text is None and label.code not in known)]


def _map(visit: Visit, district: str | None) -> Markup:
    """Where in the city the tip's district lies; nothing when none was told, or there is no such district any more."""
    city = visit.services.city
    if district not in [one.code for one in city.districts]:
        return Markup("")
    name = city.label("district", district, visit.language)
    about = [visit.say("district_map.marked", district=name), visit.say("district_map.coarse")]
    return district_map(city.districts, district, visit.say("district_map.title"), ". ".join(about))


async def has_custodian(visit: Visit) -> bool:
    """Whether a custodian can open this tip."""
    holders = await visit.services.moderation.grants.holders(visit.path_of("id"))
    return any(member.may(Permission.UNMASK_TIPS) for member in await moderators(visit) if member.id in holders)


def duty_hours(visit: Visit, since: datetime | None) -> int | None:
    """Hours of duty since a tipster's unanswered word; None: nothing waits."""
    if since is None:
        return None
    return int(visit.services.city.duty_time(since, visit.services.clock()).total_seconds() // 3600)


def template_text(visit: Visit, language: Language) -> str:
    """The answer that the address asks to start from, in the tipster's language."""
    city = visit.services.city
    for reply in city.tip_replies:
        if reply.code == visit.query("template"):
            text = reply.text.get(language) or reply.text[city.languages[0]]
            return text.replace("{emergency}", city.emergency_number)
    return ""


async def names(visit: Visit) -> Names:
    """The names of everybody who works here."""
    known = {member.id: member.name for member in await visit.services.accounts.list()}
    return Names(known | {SYSTEM: visit.say("audit.system")})


class Names:
    """``names(id)``: a member's name."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known

    def __call__(self, member_id: str) -> str:
        """The name, or the id's beginning when nobody has it."""
        return label_of(self._known, member_id)
