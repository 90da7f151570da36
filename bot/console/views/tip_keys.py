"""Who may open tips: moderators share what they may read, administrators keep the recovery key and take access away."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from bot.console.visit import Visit
from bot.errors import Conflict, Invalid, NotFound
from bot.staff.members import Member
from bot.staff.roles import Permission
from bot.tips.case import signing
from bot.tips.regrant import ESCROW, RECOVERY, Progress
from bot.tips.vault import Reader

_PROBLEMS = {"mistyped": "error.recovery_key", "another": "error.recovery_other"}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who can open how many tips. ``member`` None: nobody's, but the recovery key or the escrow, as ``target`` says."""

    member: Member | None
    tips: int
    target: str = ""


async def sharing(visit: Visit) -> Response:
    """Who can open how many tips, with a button to hand on what I can open."""
    return await sharing_page(visit)


async def sharing_page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    """The same, with what went wrong when the visitor's own key was to be renewed."""
    moderation = visit.services.moderation
    counts = await moderation.grants.counts()
    holders = [Holder(member, counts[member.id], member.id) for member in await moderators(visit) if member.id in counts]
    if await moderation.recovery.present() is not None:
        holders.append(Holder(None, await moderation.grants.recoverable(), RECOVERY))
    if await moderation.escrow.present() is not None:
        holders += [Holder(None, escrow.tips, ESCROW) for escrow in await moderation.escrow.standing() if escrow.present]
    return visit.render(
        "keys.html",
        status,
        holders=holders,
        total=await moderation.grants.total(),
        runs=await _runs(visit),
        renewing=await visit.services.renewal.is_under_way(visit.member.id),
        problem=problem,
    )


async def progress(visit: Visit) -> Response:
    """The runs alone, for the page to fetch again and again."""
    return visit.render("keys_progress.html", runs=await _runs(visit))


async def share(visit: Visit) -> Response:
    """Hand everything I can open to one moderator, or to the recovery key: in the background."""
    to, moderation = visit.form["member"], visit.services.moderation
    if to not in (RECOVERY, ESCROW):
        await moderation.grants.entitled(to)
    elif await (moderation.recovery.present() if to == RECOVERY else moderation.escrow.present()) is None:
        raise NotFound()
    services, session = visit.services, visit.current

    async def done(result: Progress) -> None:
        detail = {"tips": result.done, "failed": result.failed, "stopped": result.stopped}
        await services.audit.record(session.member.id, "keys.shared", to, detail)
        await moderation.escrow.settle()

    def reader() -> Reader | None:
        key = services.sessions.key_of(session)
        return Reader(session.member.id, key) if key else None

    moderation.regrant.begin(session.member.id, to, reader, done)
    visit.subject = to
    return visit.go("/keys", "keys_sharing")


async def grant_one(visit: Visit) -> Response:
    """Let a colleague open one tip."""
    tip, member = visit.path_of("id"), visit.form["member"]
    if (key := visit.key) is None:
        raise NotFound()
    await visit.services.moderation.grants.grant(Reader(visit.member.id, key), tip, member)
    visit.detail = {"to": member}
    return visit.go(f"/tips/{tip}", "tip_granted")


async def revoke_one(visit: Visit) -> Response:
    """Keep a colleague from opening one tip. Only who can open it may; nobody takes it from themselves."""
    tip, member, grants = visit.path_of("id"), visit.form["member"], visit.services.moderation.grants
    if visit.member.id not in await grants.holders(tip) or member == visit.member.id:
        raise Conflict()
    await grants.revoke(tip, member)
    visit.detail = {"from": member}
    return visit.go(f"/tips/{tip}", "tip_revoked")


async def recovery(visit: Visit) -> Response:
    """Where the recovery key stands, and who can open how many tips."""
    return await _recovery_page(visit)


async def new_recovery_key(visit: Visit) -> Response:
    """Make a key and show it, this one time, with a field to type it back."""
    return visit.render("tip_keys_new.html", key=await visit.services.moderation.recovery.begin(), problem="")


async def confirm_recovery_key(visit: Visit) -> Response:
    """It was typed back: from now on it counts."""
    try:
        await visit.services.moderation.recovery.confirm(visit.form["key"])
    except Invalid as error:
        return visit.render("tip_keys_new.html", 422, key="", problem=visit.say(_PROBLEMS[error.code]))
    return visit.go("/tip-keys", "recovery_key")


async def revoke_all(visit: Visit) -> Response:
    """Take a moderator's access to all earlier tips away."""
    revoked = await visit.services.moderation.grants.revoke_all(visit.path_of("id"))
    visit.detail = {"gone": revoked.gone, "kept": revoked.kept}
    return visit.go("/tip-keys", "keys_kept" if revoked.kept else "keys_revoked")


async def moderators(visit: Visit) -> list[Member]:
    """Everybody who may read tips."""
    return [member for member in await visit.services.accounts.list() if member.may(Permission.READ_TIPS) and member.has_key]


async def _recovery_page(visit: Visit) -> Response:
    counts = await visit.services.moderation.grants.counts()
    return visit.render(
        "tip_keys.html",
        standing=await visit.services.moderation.recovery.standing(),
        recoverable=await visit.services.moderation.grants.recoverable(),
        total=await visit.services.moderation.grants.total(),
        signing_key=signing.written(visit.services.moderation.cases.public_key),
        holders=[Holder(member, counts.get(member.id, 0)) for member in await moderators(visit)],
    )


async def _runs(visit: Visit) -> list[tuple[str, Progress]]:
    """Whom the visitor grants access, by name, and how far it is."""
    names = {member.id: member.name for member in await visit.services.accounts.list()}
    names |= {target: visit.say(f"keys.{target}") for target in (RECOVERY, ESCROW)}
    runs = visit.services.moderation.regrant.progress(visit.member.id)
    return [(names.get(to, ""), run) for to, run in runs.items()]
