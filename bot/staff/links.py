"""A member's own Telegram chat, linked by a code that the console shows and the member sends to the bot.

Pages, digests and rehearsals go there. The address is sealed under ``staff.key`` and leads from member to chat only: nobody
finds a colleague among the citizens' chats by it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from datetime import timedelta

from sqlalchemy import select, update

from bot.crypto import SymmetricKey
from bot.errors import NotFound, SealBroken
from bot.messages import Address, Channel, Clock
from bot.staff.audit import AuditTrail
from bot.staff.tables import LinkRow
from bot.storage import Database, upsert

CODE_LIVES = timedelta(minutes=15)
_CODE_BYTES = 5


class Links:
    """Makes codes, takes them, and knows whose chat is where.

    Args:
        seal: seals addresses (``Keyring.staff``).
    """

    def __init__(self, database: Database, audit: AuditTrail, seal: SymmetricKey, clock: Clock) -> None:
        self._database = database
        self._audit = audit
        self._seal = seal
        self._clock = clock

    async def begin(self, member_id: str) -> str:
        """A new code, such as ``ABCD-2345``: valid once, for :data:`CODE_LIVES`. The linked chat stays until it is taken."""
        letters = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
        async with self._database.begin() as session:
            until = self._clock() + CODE_LIVES
            await upsert(session, LinkRow, member_id=member_id, code_hash=_hash(letters), code_until=until)
        return f"{letters[:4]}-{letters[4:]}"

    async def redeem(self, code: str, address: Address) -> str | None:
        """Link the chat that sent a code; returns the member's id, None for a code that is wrong, used or too old."""
        if address.channel is not Channel.TELEGRAM:
            return None
        async with self._database.begin() as session:
            query = select(LinkRow).where(LinkRow.code_hash == _hash(code), LinkRow.code_until > self._clock()).with_for_update()
            row = (await session.scalars(query)).one_or_none()
            if row is None:
                return None
            row.address = self._seal.seal_json([address.channel.value, address.id], _context(row.member_id))
            row.linked_at, row.code_hash, row.code_until = self._clock(), None, None
            await self._audit.append(session, row.member_id, "account.link", row.member_id)
            return row.member_id

    async def address_of(self, member_id: str) -> Address | None:
        """Where the member's chat is; None: not linked, or what is stored was tampered with."""
        async with self._database.read() as session:
            row = await session.get(LinkRow, member_id)
        return self._opened(row) if row is not None else None

    async def unlink(self, member_id: str) -> None:
        """Forget the member's chat, and a code not used yet.

        Raises:
            NotFound: there is neither.
        """
        async with self._database.begin() as session:
            row = await session.get(LinkRow, member_id, with_for_update=True)
            if row is None:
                raise NotFound()
            await session.delete(row)
            await self._audit.append(session, member_id, "account.unlink", member_id)

    async def forget(self, address: Address) -> None:
        """Unlink a chat whose owner asks Faro to forget it. Opens every link, of which there are as many as staff."""
        async with self._database.read() as session:
            rows = (await session.scalars(select(LinkRow).where(LinkRow.address.is_not(None)))).all()
        for row in rows:
            if self._opened(row) == address:
                await self.unlink(row.member_id)

    async def lost(self, member_id: str) -> None:
        """The chat cannot be reached any more: forget its address, so that the account page says so."""
        async with self._database.begin() as session:
            await session.execute(update(LinkRow).where(LinkRow.member_id == member_id).values(address=None, linked_at=None))

    def _opened(self, row: LinkRow) -> Address | None:
        if row.address is None:
            return None
        try:
            channel, number = self._seal.open_json(row.address, _context(row.member_id))
        except (SealBroken, json.JSONDecodeError):
            return None
        return Address(Channel(channel), number)


def _hash(code: str) -> bytes:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.blake2b(letters.encode(), digest_size=32, person=b"faro staff link").digest()


def _context(member_id: str) -> str:
    return f"staff_link.address:{member_id}"
