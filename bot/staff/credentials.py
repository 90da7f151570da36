"""What members do with their own credentials: second factor, password, unlocking their key."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crypto import PasswordCost, PrivateKey
from bot.errors import Invalid, NotAllowed, SealBroken
from bot.messages import Clock
from bot.staff import keys, passwords
from bot.staff.audit import AuditTrail
from bot.staff.members import row_of
from bot.staff.passwords import Passwords
from bot.staff.second_factor import Enrolment, SecondFactor
from bot.staff.sessions import Session, Sessions, end_sessions
from bot.staff.tables import MemberRow, RecoveryCodeRow
from bot.staff.throttle import Throttle, code_limits
from bot.storage import Database


class Credentials:
    """Changes credentials; the session shows who asks, and goes on under a new token afterwards.

    Args:
        about: further words that no password may hold, such as the city's name.
        cost: what unwrapping a re-wrapped key costs; None: the default of ``bot.crypto``.
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
        about: tuple[str, ...] = (),
        cost: PasswordCost | None = None,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._audit = audit
        self._passwords = hasher
        self._second_factor = second_factor
        self._throttle = throttle
        self._clock = clock
        self._about = about
        self._cost = cost

    async def begin_enrolment(self, session: Session, password: str | None = None) -> Enrolment:
        """The secret to put into an authenticator app; the same one until a code of it was shown.

        Raises:
            NotAllowed: whoever has a second factor needs the password to begin with another one.
            TooManyAttempts: wait ``retry_after`` seconds.
        """
        member = session.member
        _may_enrol(session)
        if password is not None:
            await self._reproved(session, password)
        async with self._database.begin() as db:
            row = await row_of(db, member.id)
            if row.totp_pending is None:
                if row.totp_secret is not None and password is None:
                    raise NotAllowed()
                row.totp_pending = self._second_factor.new_secret(member.id)
            pending = row.totp_pending
        return self._second_factor.enrolment(pending, member.id, member.login)

    async def finish_enrolment(self, session: Session, code: str) -> tuple[str, tuple[str, ...]]:
        """The first code proves that the app has the secret; returns the new token and ten recovery codes.

        Raises:
            NotAllowed: the code does not fit, or the session may not change the second factor.
            TooManyAttempts: wait ``retry_after`` seconds.
        """
        _may_enrol(session)
        member_id, limits = session.member.id, code_limits(session.member.id)
        await self._throttle.enter(limits)
        async with self._database.begin() as db:
            row = await row_of(db, member_id)
            step = row.totp_pending and self._second_factor.step(row.totp_pending, member_id, code, 0, self._clock())
            if not step:
                raise NotAllowed("the code does not fit")
            row.totp_secret, row.totp_pending, row.totp_last_step = row.totp_pending, None, step
            codes = await self._new_recovery_codes(db, member_id)
            row.last_sign_in_at = self._clock()
            await self._audit.append(db, member_id, "account.second_factor", member_id)
            ended = await end_sessions(db, member_id, but=session.id)
        self._sessions.forget_keys(ended)
        await self._throttle.succeeded(limits)
        return await self._sessions.rotate(session, verified=True), codes

    async def change_password(self, session: Session, old: str, new: str) -> str:
        """Choose a new password; ends all other sessions and returns this one's new token.

        Raises:
            NotAllowed: the old password is wrong, or a second factor is still to be shown.
            Invalid: the new password is too easy to guess, or the old one again.
            TooManyAttempts: wait ``retry_after`` seconds.
        """
        member = session.member
        if member.second_factor and not session.verified:
            raise NotAllowed()
        row = await self._reproved(session, old)
        if passwords.normalise(old) == passwords.normalise(new):
            raise Invalid("password", "error.password_same")
        passwords.check_strength(new, (member.login, member.name, *self._about))
        encoded = await self._passwords.hash(new)
        wrapped, former = await self._rewrapped(row, old, new), await self._former_rewrapped(row, old, new)
        async with self._database.begin() as db:
            fresh = await row_of(db, member.id)
            if fresh.password_hash != row.password_hash:
                raise NotAllowed("the password was changed meanwhile")
            if (fresh.wrapped_key, fresh.former_key) != (row.wrapped_key, row.former_key):
                raise NotAllowed("the key was renewed meanwhile")
            fresh.password_hash, fresh.wrapped_key, fresh.former_key, fresh.must_change_password = encoded, wrapped, former, False
            await self._audit.append(db, member.id, "account.password", member.id)
            ended = await end_sessions(db, member.id, but=session.id)
        self._sessions.forget_keys(ended)
        return await self._sessions.rotate(session, verified=session.verified)

    async def confirm(self, session: Session, password: str) -> None:
        """Ask for the password once more, before something that outlives the session.

        Raises:
            NotAllowed: it is wrong.
            TooManyAttempts: wait ``retry_after`` seconds.
        """
        await self._reproved(session, password)

    async def unlock(self, session: Session, password: str) -> PrivateKey:
        """Unwrap the member's private key and hold it for the session.

        Raises:
            NotAllowed: wrong password, or the member owns no key.
            TooManyAttempts: wait ``retry_after`` seconds.
        """
        row = await self._reproved(session, password)
        if row.wrapped_key is None:
            raise NotAllowed("this account has no key")
        key = await self._opened(row, password)
        self._sessions.unlock(session, key)
        await self._audit.record(session.member.id, "account.unlock", session.member.id)
        return key

    async def _reproved(self, session: Session, password: str) -> MemberRow:
        limits = code_limits(session.member.id)
        await self._throttle.enter(limits)
        async with self._database.read() as db:
            row = await row_of(db, session.member.id, lock=False)
        if not await self._passwords.matches(row.password_hash, password):
            raise NotAllowed("the password is wrong")
        await self._throttle.succeeded(limits)
        return row

    async def _opened(self, row: MemberRow, password: str) -> PrivateKey:
        wrapped = row.wrapped_key or b""
        try:
            return await self._passwords.run(lambda: keys.open_wrapped(wrapped, row.id, password))
        except SealBroken:
            raise NotAllowed("the key does not open with this password") from None

    async def _rewrapped(self, row: MemberRow, old: str, new: str) -> bytes | None:
        wrapped = row.wrapped_key
        if wrapped is None:
            return None
        return await self._passwords.run(lambda: keys.rewrap(wrapped, row.id, old, new, self._cost))

    async def _former_rewrapped(self, row: MemberRow, old: str, new: str) -> bytes | None:
        if (former := row.former_key) is None:
            return None
        private = await self._passwords.run(lambda: keys.open_set_aside(former, row.id, old))
        return await self._passwords.run(lambda: keys.set_aside(private, row.id, new, self._cost))

    async def _new_recovery_codes(self, db: AsyncSession, member_id: str) -> tuple[str, ...]:
        codes = self._second_factor.new_recovery_codes()
        await db.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.member_id == member_id))
        db.add_all(RecoveryCodeRow(member_id=member_id, code_hash=self._second_factor.recovery_hash(member_id, code)) for code in codes)
        return codes


def _may_enrol(session: Session) -> None:
    """Whoever has a second factor must have shown it before replacing it. Raises NotAllowed."""
    if session.member.must_change_password or (session.member.second_factor and not session.verified):
        raise NotAllowed()
