"""Accounts: making them, changing their roles, disabling and resetting them. Each deed is audited in its transaction."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crypto import PasswordCost, PublicKey
from bot.errors import Conflict, Invalid
from bot.messages import Clock, Language
from bot.staff import keys, passwords
from bot.staff.audit import AuditTrail, Detail
from bot.staff.members import Member, load, member_of, roles_of, row_of
from bot.staff.passwords import Passwords
from bot.staff.roles import READERS, Role, check_roles
from bot.staff.sessions import Sessions, end_sessions
from bot.staff.tables import MemberRoleRow, MemberRow, RecoveryCodeRow
from bot.staff.tokens import remove_tokens
from bot.storage import Database

MemberKeys = list[tuple[str, PublicKey]]
"""Staff ids with their public keys."""

_SessionIds = list[str]
_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?")


def normalise_login(login: str) -> str:
    """The one form of a login: no spaces around, lower case."""
    return login.strip().casefold()


@dataclass(frozen=True, slots=True)
class NewMember:
    """A member ready to be stored, and the first password, which is shown once."""

    row: MemberRow
    roles: frozenset[Role]
    first_password: str


class Accounts:
    """Everything an administrator does with accounts.

    Args:
        cost: what unwrapping a moderator's private key costs; None: the default of ``bot.crypto``.
        language: the language a new member starts with.
    """

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        audit: AuditTrail,
        hasher: Passwords,
        clock: Clock,
        language: Language,
        cost: PasswordCost | None = None,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._audit = audit
        self._passwords = hasher
        self._clock = clock
        self._language = language
        self._cost = cost

    async def create(self, actor: str, login: str, name: str, roles: Iterable[Role]) -> tuple[Member, str]:
        """Add a member; returns them and the first password, which must be changed at the first sign-in.

        Raises:
            Invalid: login, name or roles are not acceptable.
            Conflict: the login is taken.
        """
        new = await self.prepare(login, name, roles)
        try:
            async with self._database.begin() as session:
                await self.insert(session, actor, new)
        except IntegrityError:
            raise Conflict(f"the login {new.row.login} is taken") from None
        return member_of(new.row, new.roles), new.first_password

    async def prepare(self, login: str, name: str, roles: Iterable[Role]) -> NewMember:
        """Check and make everything slow (hash, key pair) before any transaction. Raises Invalid."""
        wanted, login, name = check_roles(roles), normalise_login(login), " ".join(name.split())
        if not _LOGIN.fullmatch(login):
            raise Invalid("login", "error.login")
        if not 1 <= len(name) <= 120:
            raise Invalid("name", "error.name")
        first = passwords.generate()
        row = MemberRow(id=secrets.token_hex(16), login=login, name=name, language=self._language, created_at=self._clock())
        row.totp_last_step = 0
        row.must_change_password = True
        await self._give_password(row, first, bool(wanted & READERS))
        return NewMember(row, wanted, first)

    async def insert(self, session: AsyncSession, actor: str, new: NewMember) -> None:
        """Store a prepared member in the caller's transaction."""
        await self._audit.append(session, actor, "staff.create", new.row.id, {"roles": _names(new.roles)})
        session.add(new.row)
        await session.flush()
        session.add_all(MemberRoleRow(member_id=new.row.id, role=role) for role in new.roles)
        await session.flush()

    async def set_roles(self, actor: str, member_id: str, roles: Iterable[Role]) -> None:
        """Change what a member may do; ends their sessions. Raises Invalid, NotFound, Conflict (last administrator)."""
        wanted = check_roles(roles)
        async with self._database.begin() as session:
            await self._keep_an_admin(session, member_id, stays=Role.ADMIN in wanted)
            row = await row_of(session, member_id)
            await session.execute(delete(MemberRoleRow).where(MemberRoleRow.member_id == member_id))
            session.add_all(MemberRoleRow(member_id=member_id, role=role) for role in wanted)
            if not wanted & READERS:
                row.public_key = row.wrapped_key = row.former_key = None  # who reads no tips keeps no key to them
            ended = await self._ended(session, actor, "staff.roles", member_id, {"roles": _names(wanted)})
        self._sessions.forget_keys(ended)

    async def disable(self, actor: str, member_id: str) -> None:
        """Shut an account; ends its sessions and removes its tokens. Raises NotFound, Conflict (last administrator)."""
        async with self._database.begin() as session:
            await self._keep_an_admin(session, member_id, stays=False)
            row = await row_of(session, member_id)
            row.disabled_at = self._clock()
            await remove_tokens(session, member_id)
            ended = await self._ended(session, actor, "staff.disable", member_id)
        self._sessions.forget_keys(ended)

    async def enable(self, actor: str, member_id: str) -> None:
        """Open a shut account again. Raises NotFound."""
        async with self._database.begin() as session:
            row = await row_of(session, member_id)
            row.disabled_at = None
            await self._audit.append(session, actor, "staff.enable", member_id)

    async def reset_password(self, actor: str, member_id: str) -> str:
        """A new first password; sessions and tokens end. A moderator's key pair is replaced: tips received before stay closed to them
        until another moderator grants access again. Raises NotFound.
        """
        first = passwords.generate()
        async with self._database.read() as session:
            reads_tips = bool((await load(session, member_id)).roles & READERS)
        fresh = MemberRow(id=member_id)
        await self._give_password(fresh, first, reads_tips)
        async with self._database.begin() as session:
            row = await row_of(session, member_id)
            row.password_hash, row.must_change_password = fresh.password_hash, True
            row.public_key, row.wrapped_key, row.former_key = fresh.public_key, fresh.wrapped_key, None
            await remove_tokens(session, member_id)
            ended = await self._ended(session, actor, "staff.reset_password", member_id, {"new_key": reads_tips})
        self._sessions.forget_keys(ended)
        return first

    async def reset_second_factor(self, actor: str, member_id: str) -> None:
        """Forget a lost second factor; the member sets up a new one at the next sign-in. Raises NotFound."""
        async with self._database.begin() as session:
            row = await row_of(session, member_id)
            row.totp_secret = row.totp_pending = None
            await session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.member_id == member_id))
            ended = await self._ended(session, actor, "staff.reset_second_factor", member_id)
        self._sessions.forget_keys(ended)

    async def end_sessions(self, actor: str, member_id: str, *, but: str | None = None) -> None:
        """Sign a member out everywhere, except in session ``but``. Raises NotFound."""
        async with self._database.begin() as session:
            await row_of(session, member_id)
            ended = await self._ended(session, actor, "staff.end_sessions", member_id, but=but)
        self._sessions.forget_keys(ended)

    async def set_language(self, member_id: str, language: Language) -> None:
        """The language that the console speaks with this member. Raises NotFound."""
        async with self._database.begin() as session:
            (await row_of(session, member_id)).language = language
            await self._audit.append(session, member_id, "account.language", member_id, {"language": language})

    async def get(self, member_id: str) -> Member:
        """One member. Raises NotFound."""
        async with self._database.read() as session:
            return await load(session, member_id)

    async def list(self) -> list[Member]:
        """All members, the disabled last, by login."""
        async with self._database.read() as session:
            rows = (await session.scalars(select(MemberRow).order_by(MemberRow.login))).all()
            members = [member_of(row, await roles_of(session, row.id)) for row in rows]
        return sorted(members, key=lambda member: member.disabled)

    async def reader_keys(self) -> MemberKeys:
        """Staff id and public key of everyone entitled to read new tips; empty when nobody would work on them."""
        query = (
            select(MemberRow.id, MemberRow.public_key, MemberRoleRow.role)
            .join(MemberRoleRow, MemberRoleRow.member_id == MemberRow.id)
            .where(MemberRoleRow.role.in_(READERS), MemberRow.disabled_at.is_(None), MemberRow.public_key.is_not(None))
        )
        async with self._database.read() as session:
            found = [(member_id, PublicKey(key), role) for member_id, key, role in await session.execute(query) if key is not None]
        works = any(role == Role.MODERATOR for _, _, role in found)
        return [(member_id, key) for member_id, key, _ in found] if works else []

    async def _give_password(self, row: MemberRow, password: str, reads_tips: bool) -> None:
        row.password_hash = await self._passwords.hash(password)
        if reads_tips:
            pair = await self._passwords.run(lambda: keys.new_pair(row.id, password, self._cost))
            row.public_key, row.wrapped_key = pair.public, pair.wrapped

    async def _ended(
        self, session: AsyncSession, actor: str, action: str, member_id: str, detail: Detail | None = None, but: str | None = None
    ) -> _SessionIds:
        await self._audit.append(session, actor, action, member_id, detail)
        return await end_sessions(session, member_id, but=but)

    async def _keep_an_admin(self, session: AsyncSession, member_id: str, *, stays: bool) -> None:
        """Refuse to take away the last administrator: nobody could let anyone in again."""
        query = (
            select(MemberRow.id)
            .join(MemberRoleRow, MemberRoleRow.member_id == MemberRow.id)
            .where(MemberRoleRow.role == Role.ADMIN, MemberRow.disabled_at.is_(None))
            .with_for_update()
        )
        admins = set(await session.scalars(query))
        if not stays and admins == {member_id}:
            raise Conflict("the last administrator must stay")


def _names(roles: Iterable[Role]) -> str:
    return " ".join(sorted(roles))
