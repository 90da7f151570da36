"""Who wants messages about what. The only place where an address is kept beyond a conversation, sealed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns import audience, ledger
from bot.campaigns.city import CityFacts
from bot.campaigns.tables import RecipientRow, SubscriptionRow
from bot.crypto import SymmetricKey
from bot.errors import Invalid
from bot.messages import Address, Channel, Citizen, Clock, Language, Pseudonym
from bot.storage import Database, insert_or_ignore, upsert


class Subscriptions:
    """Topics by person. Unsubscribing also stops what is under way, in the same transaction.

    Args:
        state_key: seals the addresses.
    """

    def __init__(self, database: Database, city: CityFacts, state_key: SymmetricKey, clock: Clock) -> None:
        self._database = database
        self._city = city
        self._key = state_key
        self._clock = clock

    async def add(self, citizen: Citizen, topic: str) -> None:
        """Subscribe; twice is the same as once.

        Raises:
            Invalid: the city has no such topic.
        """
        if topic not in self._city.topics:
            raise Invalid("topic", "topic_unknown")
        async with self._database.begin() as session:
            await self._keep_recipient(session, citizen)
            wish = {"pseudonym": citizen.pseudonym, "topic": topic, "since": citizen.now}
            await session.execute(insert_or_ignore(session, SubscriptionRow).values(**wish))

    async def drop(self, citizen: Citizen, topic: str) -> None:
        """Unsubscribe from one topic, at once. With the last one, the address is deleted."""
        async with self._database.begin() as session:
            # Held, so that a topic chosen at the same moment is not deleted with the address.
            await session.get(RecipientRow, citizen.pseudonym, with_for_update=True)
            await session.execute(delete(SubscriptionRow).where(_of(citizen.pseudonym), SubscriptionRow.topic == topic))
            left = await session.scalar(select(func.count()).select_from(SubscriptionRow).where(_of(citizen.pseudonym)))
            if not left:
                await _forget(session, citizen.pseudonym)
            await ledger.stop_for(session, citizen.pseudonym, topic, self._clock())

    async def drop_all(self, citizen: Citizen) -> None:
        """Unsubscribe from everything, at once, and delete the address."""
        async with self._database.begin() as session:
            await session.execute(delete(SubscriptionRow).where(_of(citizen.pseudonym)))
            await _forget(session, citizen.pseudonym)
            await ledger.stop_for(session, citizen.pseudonym, None, self._clock())

    async def topics_of(self, pseudonym: Pseudonym) -> tuple[str, ...]:
        """The person's topics, in the city's order; topics the city gave up are left out."""
        async with self._database.read() as session:
            chosen = set(await session.scalars(select(SubscriptionRow.topic).where(_of(pseudonym))))
        return tuple(topic for topic in self._city.topics if topic in chosen)

    async def count(self, topic: str) -> int | None:
        """About how many subscribers can be reached, rounded down; None when fewer than the city's statistics may show."""
        whom = audience.Audience(topic, self._clock(), self._city.time_zone)
        async with self._database.read() as session:
            return audience.rounded(await audience.count(session, whom), self._city.statistics_minimum)

    async def language_changed(self, pseudonym: Pseudonym, language: Language) -> None:
        """Write to the person in ``language`` from the next campaign on."""
        async with self._database.begin() as session:
            await session.execute(update(RecipientRow).where(RecipientRow.pseudonym == pseudonym).values(language=language))

    async def reachability_changed(self, pseudonym: Pseudonym, reachable: bool) -> None:
        """The person blocked the bot, or came back."""
        changed = and_(RecipientRow.pseudonym == pseudonym, RecipientRow.reachable != reachable)
        since = None if reachable else self._clock()
        async with self._database.begin() as session:
            await session.execute(update(RecipientRow).where(changed).values(reachable=reachable, unreachable_since=since))

    async def _keep_recipient(self, session: AsyncSession, citizen: Citizen) -> None:
        known = {
            "channel": citizen.address.channel.value,
            "address": seal_address(self._key, citizen.pseudonym, citizen.address),
            "language": citizen.language,
            "reachable": True,
            "unreachable_since": None,
        }
        await upsert(session, RecipientRow, pseudonym=citizen.pseudonym, **known)


def seal_address(key: SymmetricKey, pseudonym: str, address: Address) -> bytes:
    """Seal an address to its pseudonym's row."""
    return key.seal_json([address.channel.value, address.id], _context(pseudonym))


def open_address(key: SymmetricKey, pseudonym: str, sealed: bytes) -> Address:
    """Open what :func:`seal_address` sealed. Raises SealBroken, also for another person's row."""
    channel, identifier = key.open_json(sealed, _context(pseudonym))
    return Address(Channel(channel), identifier)


def _context(pseudonym: str) -> str:
    return f"recipient:{pseudonym}:address"


def _of(pseudonym: str) -> ColumnElement[bool]:
    return SubscriptionRow.pseudonym == pseudonym


async def _forget(session: AsyncSession, pseudonym: str) -> None:
    await session.execute(delete(RecipientRow).where(RecipientRow.pseudonym == pseudonym))
