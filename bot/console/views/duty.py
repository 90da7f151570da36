"""The duty roster: who is called for urgent tips, when, in which order."""

from __future__ import annotations

from datetime import date, time

from starlette.responses import Response

from bot.console.visit import Visit
from bot.errors import Invalid
from bot.staff.duty import Shift, on_duty
from bot.staff.members import Member
from bot.staff.roles import Permission


async def roster(visit: Visit) -> Response:
    """All shifts, who is on duty now, and who cannot be reached."""
    return await _page(visit)


async def add(visit: Visit) -> Response:
    """Add a shift."""
    try:
        await visit.services.roster.add(visit.member.id, _shift(visit))
    except Invalid as error:
        return await _page(visit, error.code)
    return visit.go("/duty", "duty_changed")


async def remove(visit: Visit) -> Response:
    """Take a shift out."""
    await visit.services.roster.remove(visit.member.id, visit.path_of("id"))
    return visit.go("/duty", "duty_changed")


async def _page(visit: Visit, problem: str = "") -> Response:
    services = visit.services
    shifts, members = await services.roster.shifts(), await workers(visit)
    known = {member.id: member.name for member in members}
    return visit.render(
        "duty.html",
        422 if problem else 200,
        shifts=[shift for shift in shifts if shift.member_id in known],
        now=[known[one] for one in on_duty(shifts, services.city.local(services.clock())) if one in known],
        members=members,
        names=known,
        unreachable=[member.name for member in members if not await _can_be_paged(visit, member)],
        may_edit=visit.member.may(Permission.MANAGE_DUTY),
        problem=problem,
        form=visit.form,
        ticked=set(visit.form.all("weekdays")) if problem else set("01234"),
    )


async def workers(visit: Visit) -> list[Member]:
    """Everybody who works on tips."""
    return [member for member in await visit.services.accounts.list() if member.may(Permission.WORK_TIPS)]


async def _can_be_paged(visit: Visit, member: Member) -> bool:
    return (await visit.services.reach.wishes(member.id)).pages and await visit.services.herald.reaches(member.id)


def _shift(visit: Visit) -> Shift:
    form = visit.form
    try:
        starts, ends = time.fromisoformat(form["starts"]), time.fromisoformat(form["ends"])
        first, last = (date.fromisoformat(form[name]) if form[name] else None for name in ("first", "last"))
        rank, days = int(form["rank"]), frozenset(int(day) for day in form.all("weekdays"))
    except ValueError:
        raise Invalid("shift", "error.shift_unreadable") from None
    return Shift(form["member"], rank, days, starts, ends, first, last)
