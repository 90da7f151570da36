"""Sign-in, step by step: first the password, then the second factor.

Nothing tells whether a login exists: a wrong login, a wrong password and a disabled account take the same time and
get the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crypto import PasswordCost, PrivateKey
from bot.errors import NotAllowed
from bot.messages import Clock
from bot.staff import keys, passwords
from bot.staff.accounts import normalise_login
from bot.staff.audit import SYSTEM, AuditTrail
from bot.staff.keys import KeyPair
from bot.staff.members import Member, roles_of, row_of
from bot.staff.passwords import Passwords
from bot.staff.roles import READERS
from bot.staff.second_factor import SecondFactor
from bot.staff.sessions import Session, Sessions
from bot.staff.tables import MemberRow, RecoveryCodeRow
from bot.staff.throttle import Throttle, code_limits, password_limits
from bot.storage import Database


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session's token for the browser. ``needs_code``: the second factor is still to come."""

    token: str
    member: Member
    needs_code: bool


class SignIn:
    """Lets members in.

    Args:
        cost: what unwrapping a new key pair will cost; None: the default of ``bot.crypto``.
    """

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        audit: AuditTrail,
        hasher: Passwords,
        second_factor: SecondFactor,
        throttle: Throttle,
        clock: Clock,
        cost: PasswordCost | None = None,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._audit = audit
        self._passwords = hasher
        self._second_factor = second_factor
        self._throttle = throttle
        self._clock = clock
        self._cost = cost

    async def sign_in(self, login: str, password: str, code: str | None, client: str) -> SignedIn:
        """Check login and password, and the code when one is given; opens a session.

        Without a code the session is good for showing the second factor only (see :meth:`show_code`).

        Args:
            client: the browser's network address, for slowing down; it is hashed, never stored.

        Raises:
            NotAllowed: login, password or code is wrong; it does not say which.
            TooManyAttempts: wait ``retry_after`` seconds.
        """
        login, password = normalise_login(login)[:64], password[: passwords.MAXIMUM_LENGTH * 4]
        limits = password_limits(login, client)
        await self._throttle.enter(limits)
        row = await self._matching(login, password)
        if row is None:
            await self._audit.record(SYSTEM, "sign_in.refused")
            raise NotAllowed("login or password is wrong")
        await self._throttle.succeeded(limits)
        key = await self._renewed(row, password)
        token = await self._sessions.open(row.id, verified=False, key=key)
        return await self._with_code(token, code)

    async def _with_code(self, token: str, code: str | None) -> SignedIn:
        session = await self._sessions.find(token)
        if session is None:
            raise NotAllowed()
        if code is not None and session.member.second_factor:
            token = await self.show_code(session, code)
            return SignedIn(token, session.member, needs_code=False)
        return SignedIn(token, session.member, needs_code=session.member.second_factor)

    async def show_code(self, session: Session, code: str) -> str:
        """Check a code of the app, or a recovery code; goes on in a new session and returns its token.

        Raises:
            NotAllowed: the code is wrong or was used before.
            TooManyAttempts: wait ``retry_after`` seconds.
        """
        limits = code_limits(session.member.id)
        await self._throttle.enter(limits)
        how = await self._accept(session.member.id, code)
        if how is None:
            await self._audit.record(session.member.id, "sign_in.code_refused")
            raise NotAllowed("the code is wrong or was used before")
        await self._throttle.succeeded(limits)
        async with self._database.begin() as db:
            row = await row_of(db, session.member.id)
            row.last_sign_in_at = self._clock()
            row.totp_pending = None  # a second factor that was begun and left is not found by a later session
            await self._audit.append(db, session.member.id, "sign_in.done", "", {"with": how})
        return await self._sessions.rotate(session, verified=True)

    async def _matching(self, login: str, password: str) -> MemberRow | None:
        async with self._database.read() as db:
            row = (await db.scalars(select(MemberRow).where(MemberRow.login == login))).one_or_none()
        known = row if row is not None and row.disabled_at is None else None
        fits = await self._passwords.matches(known.password_hash if known else None, password)
        return known if fits else None

    async def _renewed(self, row: MemberRow, password: str) -> PrivateKey | None:
        """Bring an old hash up to date, give a moderator without a key pair one, and unwrap the private key."""
        encoded = await self._passwords.hash(password) if self._passwords.outdated(row.password_hash) else None
        async with self._database.read() as db:
            reads_tips = bool(await roles_of(db, row.id) & READERS)
        pair = await self._missing_pair(row, password) if reads_tips else None
        if encoded or pair:
            await self._store_renewed(row.id, encoded, pair)
        wrapped = pair.wrapped if pair else row.wrapped_key
        if not reads_tips or wrapped is None:
            return None
        return await self._passwords.run(lambda: keys.open_wrapped(wrapped, row.id, password))

    async def _missing_pair(self, row: MemberRow, password: str) -> KeyPair | None:
        if row.wrapped_key is not None:
            return None
        return await self._passwords.run(lambda: keys.new_pair(row.id, password, self._cost))

    async def _store_renewed(self, member_id: str, encoded: str | None, pair: KeyPair | None) -> None:
        async with self._database.begin() as db:
            fresh = await row_of(db, member_id)
            fresh.password_hash = encoded or fresh.password_hash
            if pair is not None:
                fresh.public_key, fresh.wrapped_key = pair.public, pair.wrapped
                await self._audit.append(db, member_id, "account.new_key", member_id)

    async def _accept(self, member_id: str, code: str) -> str | None:
        """Use up a code: ``app`` or ``recovery_code``, None when it fits neither."""
        async with self._database.begin() as db:
            row = await row_of(db, member_id)
            if row.totp_secret is None:
                return None
            step = self._second_factor.step(row.totp_secret, member_id, code, row.totp_last_step, self._clock())
            if step is not None:
                return "app" if await _use_step(db, member_id, step) else None
            used = self._second_factor.recovery_hash(member_id, code)
            spent = delete(RecoveryCodeRow).where(RecoveryCodeRow.member_id == member_id, RecoveryCodeRow.code_hash == used)
            return "recovery_code" if (await db.scalars(spent.returning(RecoveryCodeRow.member_id))).first() else None


async def _use_step(db: AsyncSession, member_id: str, step: int) -> bool:
    """Mark a time step as used; False when another request used it a moment before."""
    later = update(MemberRow).where(MemberRow.id == member_id, MemberRow.totp_last_step < step).values(totp_last_step=step)
    return (await db.scalars(later.returning(MemberRow.id))).first() is not None
