"""The escrow: how it stands, what somebody asks to do with it, and the second person's word. No share ever comes here."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from bot.console.views.tip_keys import moderators
from bot.console.visit import Visit, label_of
from bot.errors import Conflict, Invalid, NotFound
from bot.staff.members import Member
from bot.staff.roles import Permission
from bot.tips.escrow.register import Escrow
from bot.tips.escrow.requests import Kind, Request
from bot.tips.escrow.shares import SHARES

_COMMANDS = {Kind.MAKE: "faro escrow make", Kind.OPEN: "faro escrow open", Kind.RETIRE: "faro escrow retire"}


async def page(visit: Visit) -> Response:
    """How things stand; for holders, and for those who decide about it. Raises NotFound for anybody else."""
    standing = await visit.services.moderation.escrow.standing()
    if not visit.member.may(Permission.MANAGE_ESCROW) and visit.member.id not in _holders(standing):
        raise NotFound()
    return await _page(visit, standing)


async def ask(visit: Visit) -> Response:
    """Ask for a deed; a second person has to agree."""
    form, requests, me = visit.form, visit.services.moderation.escrow_requests, visit.member.id
    if form["kind"] != Kind.MAKE and not await visit.services.moderation.escrow.standing():
        raise Conflict()
    try:
        match form["kind"]:
            case Kind.MAKE:
                made = await requests.ask_to_make(me, form["reason"], tuple(await _chosen_holders(visit)))
            case Kind.OPEN:
                made = await requests.ask_to_open(me, form["reason"], await _chosen_reader(visit), _chosen_category(visit))
            case Kind.RETIRE:
                made = await requests.ask_to_retire(me, form["reason"])
            case _:
                raise Invalid("kind", "kind")
    except Invalid as error:
        return await _page(visit, await visit.services.moderation.escrow.standing(), visit.say(f"escrow.problem.{error.code}"))
    await _note(visit, made)
    return visit.go("/escrow", "escrow_asked")


async def agree(visit: Visit) -> Response:
    """The second person's word, with the request that they saw."""
    await _note(visit, await visit.services.moderation.escrow_requests.agree(visit.path_of("id"), visit.member.id))
    return visit.go("/escrow", "escrow_agreed")


async def drop(visit: Visit) -> Response:
    """Nothing is to be done after all."""
    await _note(visit, await visit.services.moderation.escrow_requests.drop(visit.path_of("id")))
    return visit.go("/escrow", "escrow_dropped")


async def report_lost(visit: Visit) -> Response:
    """A share is gone. Its holder says so, or somebody who decides about the escrow."""
    holder = visit.form["holder"]
    if holder != visit.member.id and not visit.member.may(Permission.MANAGE_ESCROW):
        raise NotFound()
    services = visit.services
    async with services.moderation.escrow.deed() as session:
        await services.moderation.escrow.report_lost(session, holder)
        await services.audit.append(session, visit.member.id, "escrow.lost", holder)
    return visit.go("/escrow", "escrow_lost")


async def _page(visit: Visit, standing: list[Escrow], problem: str = "") -> Response:
    services = visit.services
    members = [member for member in await services.accounts.list() if not member.disabled]
    request = await services.moderation.escrow_requests.current()
    return visit.render(
        "escrow.html",
        422 if problem else 200,
        standing=standing,
        present=next((escrow for escrow in standing if escrow.present), None),
        total=await services.moderation.grants.total(),
        names={member.id: member.name for member in await services.accounts.list()},
        label_of=label_of,
        members=members,
        readers=await moderators(visit),
        categories=_categories(visit),
        request=request,
        command=_COMMANDS[request.kind] if request else "",
        decides=visit.member.may(Permission.MANAGE_ESCROW),
        may_agree=request is not None and visit.member.id not in (request.asked_by, request.to),
        shares=range(SHARES),
        form=visit.form,
        now=services.clock(),
        problem=problem,
    )


def _holders(standing: list[Escrow]) -> set[str]:
    return {share.holder for escrow in standing for share in escrow.shares}


def _categories(visit: Visit) -> Mapping[str, str]:
    city = visit.services.city
    return {category.code: city.label("category", category.code, visit.language) for category in city.tip_categories}


async def _chosen_holders(visit: Visit) -> list[str]:
    """Three members with an account that is open. Raises Invalid."""
    known = {member.id: member for member in await visit.services.accounts.list()}
    chosen = [visit.form[f"holder_{number}"] for number in range(SHARES)]
    if any(_is_shut(known.get(holder)) for holder in chosen):
        raise Invalid("holders", "holders")
    return chosen


def _is_shut(member: Member | None) -> bool:
    return member is None or member.disabled


async def _chosen_reader(visit: Visit) -> str:
    if visit.form["to"] not in {member.id for member in await moderators(visit)}:
        raise Invalid("to", "to")
    return visit.form["to"]


def _chosen_category(visit: Visit) -> str:
    category = visit.form["category"]
    if category and category not in _categories(visit):
        raise Invalid("category", "category")
    return category


async def _note(visit: Visit, request: Request) -> None:
    """For the trail: what, for whom, and why."""
    names = {member.id: member.name for member in await visit.services.accounts.list()}
    visit.subject = request.to
    visit.detail = {"what": request.kind.value, "reason": request.reason}
    if request.holders:
        visit.detail["holders"] = ", ".join(names.get(holder, holder) for holder in request.holders)
    if request.kind is Kind.OPEN:
        visit.detail["category"] = request.category or "*"
