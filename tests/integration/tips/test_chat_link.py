"""What links a tip to a chat stays closed to the console: no page, no service and no key of it leads there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.crypto import Keyring, PrivateKey
from bot.errors import SealBroken
from bot.staff.roles import Permission
from bot.tips.notices import Notices
from bot.tips.sealing import open_address
from bot.tips.tables import TipNoticeRow
from bot.tips.vault import Reader, ReaderKey
from tests.integration.tips.conftest import HOME, World

_LEAVES = (str, bytes, int, float, bool, type(None))


def reachable(thing: Any, seen: set[int]) -> Iterator[Any]:
    """Everything of Faro's that an object holds, also through containers and closures."""
    if id(thing) in seen or isinstance(thing, _LEAVES):
        return
    seen.add(id(thing))
    yield thing
    for inner in _held(thing):
        yield from reachable(inner, seen)


def _held(thing: Any) -> list[Any]:
    if isinstance(thing, dict):
        return [*thing.keys(), *thing.values()]
    if isinstance(thing, (list, tuple, set, frozenset)):
        return list(thing)
    if closure := getattr(thing, "__closure__", None):
        return [cell.cell_contents for cell in closure]
    if not type(thing).__module__.startswith("bot."):
        return []
    slots = [getattr(thing, name) for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ()) if hasattr(thing, name)]
    return [*getattr(thing, "__dict__", {}).values(), *slots]


async def _sealed(world: World, tip_id: str) -> bytes:
    async with world.database.read() as session:
        return (await session.scalars(select(TipNoticeRow.address).where(TipNoticeRow.tip_id == tip_id))).one()


async def test_neither_moderators_nor_custodian_nor_the_tips_own_key_open_where_the_tipster_is(world: World) -> None:
    custodian = PrivateKey.generate()
    world.readers.append(ReaderKey("c1", custodian.public_key))
    sent = await world.told(notify=True)
    sealed = await _sealed(world, sent.tip_id)
    key = await world.tips.moderation.grants.key(Reader("c1", custodian), sent.tip_id)
    for private in (world.moderator.private_key, custodian, PrivateKey(key.secret), world.keyring.signing.to_curve25519_private_key()):
        with pytest.raises(SealBroken):
            open_address(private, sent.tip_id, sealed)
    with pytest.raises(SealBroken):
        key.open(sealed, "notice")
    assert open_address(world.keyring.notify, sent.tip_id, sealed).address == HOME


async def test_what_the_console_gets_does_not_hold_the_way_to_a_chat(world: World) -> None:
    held = list(reachable(world.tips.moderation, set()))
    assert world.tips.review in held, "the walk goes through the desks"
    assert not [thing for thing in held if isinstance(thing, (Keyring, Notices))]
    private = [bytes(thing) for thing in held if isinstance(thing, PrivateKey)]
    assert bytes(world.keyring.notify) not in private


def test_no_permission_names_it() -> None:
    """Whoever adds one answers to decision 21 first."""
    assert not [permission for permission in Permission if any(word in permission for word in ("chat", "contact", "notice", "address"))]
