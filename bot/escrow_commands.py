"""What ``faro escrow`` does to a store. Shares are typed here and nowhere else: in a process that does one thing and ends."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.administration import Office, open_office
from bot.crypto import PrivateKey, PublicKey
from bot.errors import Conflict, NotFound
from bot.settings import Settings
from bot.staff.audit import SYSTEM
from bot.staff.members import Member
from bot.tips.escrow.memory import held
from bot.tips.escrow.requests import Kind, Request
from bot.tips.escrow.shares import Share, join, split
from bot.tips.regrant import Progress
from bot.tips.vault import key_id


@dataclass(frozen=True, slots=True)
class Agreed:
    """What two people agreed on, by name."""

    request: Request
    asked_by: str
    agreed_by: str
    holders: tuple[Member, ...]
    to: str


@dataclass(frozen=True, slots=True)
class NewEscrow:
    """A key that exists as its shares only; each goes to one holder, in order."""

    public: PublicKey
    shares: tuple[Share, ...] = field(repr=False)


async def agreed_on(settings: Settings, kind: Kind) -> Agreed:
    """What is to be done. Raises Conflict: two people have not agreed on it, or too long ago."""
    async with open_office(settings) as office:
        return await _agreed(office, kind)


def new_escrow() -> NewEscrow:
    """Make a key and split it; the key itself is overwritten before this returns."""
    with held(secrets.token_bytes(PrivateKey.SIZE)) as secret:
        # PrivateKey and PublicKey keep copies apart: the public one outlives the secret.
        return NewEscrow(PublicKey(bytes(PrivateKey(secret).public_key)), tuple(split(secret)))


async def install(settings: Settings, agreed: Agreed, made: NewEscrow) -> None:
    """Every share was typed back: from now on the new escrow counts, and its predecessor waits to be replaced tip by tip.

    Raises:
        Conflict, NotFound: the request was dropped or changed meanwhile.
    """
    async with open_office(settings) as office, office.database.begin() as session:
        request = await office.tips.escrow_requests.agreed(session, Kind.MAKE)
        if request.id != agreed.request.id:
            raise Conflict("something else was agreed on meanwhile")
        shares = dict(zip(request.holders, made.shares, strict=True))
        name = await office.tips.escrow.replace(session, made.public, shares)
        await office.tips.escrow_requests.done(session, request)
        detail = {**_who(agreed), "holders": _names(agreed.holders)}
        await office.staff.audit.append(session, SYSTEM, "escrow.made", name, detail)


async def prove(settings: Settings, share: Share) -> str:
    """A holder tests their share; returns the holder's name.

    Raises:
        Invalid: it belongs to no escrow that there is.
    """
    async with open_office(settings) as office:
        escrow, holder = await office.tips.escrow.owner(share)
        async with office.database.begin() as session:
            await office.tips.escrow.prove(session, holder, share)
            await office.staff.audit.append(session, holder, "escrow.prove", escrow)
        return (await office.staff.accounts.get(holder)).name


async def open_tips(settings: Settings, agreed: Agreed, shares: Sequence[Share], shown: Callable[[Progress], None]) -> Progress:
    """Give the member that two people agreed on access to the tips, with two shares.

    Args:
        shown: called with the progress after each batch.

    Raises:
        Invalid: a share is unknown, both are one person's, or of two escrows. NotAllowed: the escrow opens no such tip.
        NotFound: the member may not read tips, or the request was dropped meanwhile. Conflict: it is not agreed on any more.
    """
    async with open_office(settings) as office, _whole_key(office, shares) as (escrow, private):
        current = await _agreed(office, Kind.OPEN)
        if current.request.id != agreed.request.id:
            raise Conflict("something else was agreed on meanwhile")
        request, progress = current.request, Progress()
        await office.tips.grants.entitled(request.to)
        detail = {**_who(current), "holders": _names(await _owners(office, shares)), "category": request.category, "escrow": escrow}
        await office.staff.audit.record(SYSTEM, "escrow.open", request.to, detail)
        await office.tips.regrant.open_escrow(private, request.to, request.category, progress, shown)
        async with office.database.begin() as session:
            await office.tips.escrow_requests.done(session, request)
            counted = {"tips": progress.done, "failed": progress.failed}
            await office.staff.audit.append(session, SYSTEM, "escrow.opened", request.to, counted)
    return progress


async def retire(settings: Settings, agreed: Agreed) -> int:
    """End the escrow and delete every seal to it; returns how many there were.

    Raises:
        Conflict: it is not agreed on any more. NotFound: there is no escrow.
    """
    async with open_office(settings) as office:
        async with office.database.begin() as session:
            request = await office.tips.escrow_requests.agreed(session, Kind.RETIRE)
            await office.tips.escrow.retire(session)
            await office.tips.escrow_requests.done(session, request)
            await office.staff.audit.append(session, SYSTEM, "escrow.retired", "", _who(agreed))
        return await office.tips.escrow.settle()


@asynccontextmanager
async def _whole_key(office: Office, shares: Sequence[Share]) -> AsyncIterator[tuple[str, PrivateKey]]:
    """The escrow's name and its key for as long as it is needed; overwritten afterwards. Raises Invalid."""
    name = await office.tips.escrow.agree_on(shares)
    with held(join(shares)) as secret:
        private = PrivateKey(secret)
        if key_id(private.public_key) != name:
            raise NotFound("these shares give another key than this escrow's")
        yield name, private


async def _agreed(office: Office, kind: Kind) -> Agreed:
    async with office.database.begin() as session:
        request = await office.tips.escrow_requests.agreed(session, kind)
    members = {member.id: member for member in await office.staff.accounts.list()}

    def name(member_id: str) -> str:
        return members[member_id].name if member_id in members else member_id

    holders = tuple(members[holder] for holder in request.holders)
    return Agreed(request, name(request.asked_by), name(request.agreed_by), holders, name(request.to))


async def _owners(office: Office, shares: Sequence[Share]) -> list[Member]:
    return [await office.staff.accounts.get((await office.tips.escrow.owner(share))[1]) for share in shares]


def _who(agreed: Agreed) -> dict[str, str | int | bool]:
    return {"asked": agreed.asked_by, "agreed": agreed.agreed_by, "reason": agreed.request.reason}


def _names(members: Sequence[Member]) -> str:
    return ", ".join(member.name for member in members)
