"""Accounts: what an administrator does, and what it does to keys and sessions."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import Conflict, Invalid, NotAllowed
from bot.staff.first_run import create_first_staff
from bot.staff.keys import open_wrapped
from bot.staff.members import row_of
from bot.staff.roles import Role
from tests.integration.staff.support import CLIENT, PASSWORD, Office, open_office


async def test_the_first_run_makes_one_account_per_role_and_only_once(office: Office) -> None:
    made = await create_first_staff(office.database, office.accounts, office.audit)
    assert [role for _, role, _ in made] == list(Role)
    assert len({password for _, _, password in made}) == len(Role)
    assert await create_first_staff(office.database, office.accounts, office.audit) == []
    login, _, password = made[0]
    assert (await office.sign_in.sign_in(login, password, None, CLIENT)).member.must_change_password


async def test_two_processes_starting_together_make_one_set_of_accounts(office: Office, database_url: str) -> None:
    other = await open_office(database_url)
    both = await asyncio.gather(*(create_first_staff(o.database, o.accounts, o.audit) for o in (office, other)))
    await other.database.close()
    assert sorted(len(made) for made in both) == [0, len(Role)]
    assert len(await office.accounts.list()) == len(Role)


async def test_a_login_can_be_taken_once(office: Office) -> None:
    await office.accounts.create("system", "anna", "Anna", [Role.OFFICER])
    with pytest.raises(Conflict):
        await office.accounts.create("system", " Anna ", "Another", [Role.ANALYST])


@pytest.mark.parametrize(
    ("login", "name", "roles", "field"),
    [
        ("", "Anna", [Role.ADMIN], "login"),
        ("a b", "Anna", [Role.ADMIN], "login"),
        ("anna", "  ", [Role.ADMIN], "name"),
        ("anna", "Anna", [], "roles"),
        ("anna", "Anna", [Role.MODERATOR, Role.OFFICER], "roles"),
    ],
)
async def test_unusable_accounts_are_refused(office: Office, login: str, name: str, roles: list[Role], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await office.accounts.create("system", login, name, roles)
    assert refused.value.field == field


async def test_only_moderators_own_keys_and_only_active_ones_are_readers(office: Office) -> None:
    await office.accounts.create("system", "boss", "Boss", [Role.ADMIN])
    reader, _ = await office.accounts.create("system", "mo", "Mo", [Role.MODERATOR])
    gone, _ = await office.accounts.create("system", "max", "Max", [Role.MODERATOR])
    await office.accounts.disable("system", gone.id)
    assert [member_id for member_id, _ in await office.accounts.reader_keys()] == [reader.id]


async def test_resetting_a_moderators_password_makes_a_new_key_pair(office: Office) -> None:
    member, first = await office.accounts.create("system", "mo", "Mo", [Role.MODERATOR])
    [(_, before)] = await office.accounts.reader_keys()
    second = await office.accounts.reset_password("system", member.id)
    [(_, after)] = await office.accounts.reader_keys()
    assert before != after
    with pytest.raises(NotAllowed):
        await office.sign_in.sign_in("mo", first, None, CLIENT)
    assert (await office.sign_in.sign_in("mo", second, None, CLIENT)).member.must_change_password


async def test_taking_the_moderator_role_away_destroys_the_key(office: Office) -> None:
    member, _ = await office.accounts.create("system", "mo", "Mo", [Role.MODERATOR])
    await office.accounts.set_roles("system", member.id, [Role.ANALYST])
    assert await office.accounts.reader_keys() == []


async def test_who_becomes_a_moderator_gets_a_key_at_the_next_sign_in(office: Office) -> None:
    member_id, secret = await office.member("ana", Role.ANALYST)
    await office.accounts.set_roles("system", member_id, [Role.MODERATOR])
    session = await office.enter("ana", secret)
    [(_, public)] = await office.accounts.reader_keys()
    key = office.sessions.key_of(session)
    assert key is not None
    assert key.public_key == public


@pytest.mark.parametrize("deed", ["disable", "set_roles", "reset_password", "reset_second_factor", "end_sessions"])
async def test_what_changes_a_members_standing_ends_their_sessions_and_keys(office: Office, deed: str) -> None:
    member_id, secret = await office.member("mo", Role.MODERATOR)
    session = await office.enter("mo", secret)
    assert office.sessions.key_of(session) is not None
    act = getattr(office.accounts, deed)
    await (act("system", member_id, [Role.ANALYST]) if deed == "set_roles" else act("system", member_id))
    assert await office.sessions.list_of(member_id) == []
    assert len(office.keys) == 0


async def test_the_last_administrator_cannot_be_lost(office: Office) -> None:
    boss, _ = await office.accounts.create("system", "boss", "Boss", [Role.ADMIN])
    with pytest.raises(Conflict):
        await office.accounts.disable(boss.id, boss.id)
    with pytest.raises(Conflict):
        await office.accounts.set_roles(boss.id, boss.id, [Role.ANALYST])
    second, _ = await office.accounts.create("system", "second", "Second", [Role.ADMIN])
    await office.accounts.disable(second.id, boss.id)
    assert (await office.accounts.get(boss.id)).disabled


async def test_a_disabled_member_cannot_sign_in_until_enabled(office: Office) -> None:
    member_id, secret = await office.member("ana", Role.ANALYST)
    await office.accounts.disable("system", member_id)
    with pytest.raises(NotAllowed):
        await office.enter("ana", secret)
    await office.accounts.enable("system", member_id)
    assert (await office.enter("ana", secret)).complete


async def test_every_deed_leaves_its_entry_and_never_a_password(office: Office) -> None:
    member, first = await office.accounts.create("system", "ana", "Ana", [Role.ANALYST])
    await office.accounts.reset_password("system", member.id)
    await office.accounts.disable("system", member.id)
    assert await office.actions() == ["staff.create", "staff.reset_password", "staff.disable"]
    assert first not in str(await office.audit.page())


async def test_the_private_key_opens_with_the_password_of_its_owner_only(office: Office) -> None:
    member_id, _ = await office.member("mo", Role.MODERATOR)
    async with office.database.read() as session:
        wrapped = (await row_of(session, member_id, lock=False)).wrapped_key
    [(_, public)] = await office.accounts.reader_keys()
    assert open_wrapped(wrapped or b"", member_id, PASSWORD).public_key == public
