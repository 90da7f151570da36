"""A new key pair for a moderator whose old private key may be known to somebody.

The new pair counts at once: new tips are sealed to it. The old one is set aside under the password until every grant to it
was sealed anew (``bot.tips.regrant``), then it is gone from the store. Each step is written down before the next one
begins, so a renewal that was interrupted goes on with the password.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.crypto import PasswordCost, PrivateKey
from bot.errors import Conflict, NotAllowed, SealBroken
from bot.staff import keys
from bot.staff.audit import AuditTrail
from bot.staff.credentials import Credentials
from bot.staff.members import row_of
from bot.staff.passwords import Passwords
from bot.staff.sessions import Session, Sessions, end_sessions
from bot.storage import Database


@dataclass(frozen=True, slots=True)
class Renewed:
    """The keys before and after."""

    old: PrivateKey = field(repr=False)
    new: PrivateKey = field(repr=False)


class KeyRenewal:
    """Replaces a member's key pair in their own session.

    Args:
        cost: what unwrapping the new key costs; None: the default of ``bot.crypto``.
    """

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        audit: AuditTrail,
        hasher: Passwords,
        credentials: Credentials,
        cost: PasswordCost | None = None,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._audit = audit
        self._passwords = hasher
        self._credentials = credentials
        self._cost = cost

    async def is_under_way(self, member_id: str) -> bool:
        """Whether grants to the old key still wait to be sealed anew."""
        async with self._database.read() as db:
            return (await row_of(db, member_id, lock=False)).former_key is not None

    async def begin(self, session: Session, password: str) -> Renewed:
        """Make a new pair and unlock it in this session; all others end. A renewal under way goes on instead: no third key.

        Raises:
            NotAllowed: wrong password, no key, or a key that does not open. TooManyAttempts: wait ``retry_after`` seconds.
            Conflict: the key was changed at the same time in another session.
        """
        old = await self._credentials.unlock(session, password)
        member_id = session.member.id
        async with self._database.read() as db:
            row = await row_of(db, member_id, lock=False)
        if row.former_key is not None:
            return Renewed(await self._set_aside(row.former_key, member_id, password), old)
        pair = await self._passwords.run(lambda: keys.new_pair(member_id, password, self._cost))
        former = await self._passwords.run(lambda: keys.set_aside(old, member_id, password, self._cost))
        new = await self._passwords.run(lambda: keys.open_wrapped(pair.wrapped, member_id, password))
        async with self._database.begin() as db:
            fresh = await row_of(db, member_id)
            if (fresh.wrapped_key, fresh.former_key) != (row.wrapped_key, None):
                raise Conflict("the key was changed meanwhile")
            fresh.public_key, fresh.wrapped_key, fresh.former_key = pair.public, pair.wrapped, former
            await self._audit.append(db, member_id, "account.key", member_id)
            ended = await end_sessions(db, member_id, but=session.id)
        self._sessions.forget_keys(ended)
        self._sessions.unlock(session, new)
        return Renewed(old, new)

    async def finish(self, member_id: str) -> None:
        """Every grant was sealed anew: forget the old private key."""
        async with self._database.begin() as db:
            row = await row_of(db, member_id)
            if row.former_key is not None:
                row.former_key = None
                await self._audit.append(db, member_id, "account.key_done", member_id)

    async def _set_aside(self, former: bytes, member_id: str, password: str) -> PrivateKey:
        try:
            return await self._passwords.run(lambda: keys.open_set_aside(former, member_id, password))
        except SealBroken:
            raise NotAllowed("the old key does not open with this password") from None
