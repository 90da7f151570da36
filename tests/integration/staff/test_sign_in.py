"""Sign-in: who gets in, how far, how often one may try, and when it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bot.errors import Invalid, NotAllowed, TooManyAttempts
from bot.staff.members import row_of
from bot.staff.roles import Role
from tests.integration.staff.support import CLIENT, PASSWORD, Office, open_office

NEW = "brisk-lantern-olive-quarry"


async def test_password_and_code_open_a_complete_session(office: Office) -> None:
    _, secret = await office.member("ana", Role.ANALYST)
    signed = await office.sign_in.sign_in("ANA ", PASSWORD, None, CLIENT)
    assert signed.needs_code
    waiting = await office.session(signed.token)
    assert not waiting.complete
    token = await office.sign_in.show_code(waiting, office.code(secret))
    assert (await office.session(token)).complete
    assert await office.sessions.find(signed.token) is None, "the token before the code is worth nothing afterwards"


async def test_wrong_login_wrong_password_and_disabled_account_get_the_same_answer(office: Office) -> None:
    await office.member("ana", Role.ANALYST)
    gone, _ = await office.member("gone", Role.ANALYST)
    await office.accounts.disable("system", gone)
    answers = []
    for login, password in (("nobody", PASSWORD), ("ana", "wrong"), ("gone", PASSWORD)):
        with pytest.raises(NotAllowed) as refused:
            await office.sign_in.sign_in(login, password, None, CLIENT)
        answers.append(str(refused.value))
    assert len(set(answers)) == 1


async def test_a_login_that_nobody_has_is_hashed_all_the_same(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bool] = []
    passwords = office.sign_in._passwords
    original = passwords._fits
    monkeypatch.setattr(passwords, "_fits", lambda encoded, password: tried.append(True) or original(encoded, password))
    with pytest.raises(NotAllowed):
        await office.sign_in.sign_in("nobody", PASSWORD, None, CLIENT)
    assert tried == [True]


async def test_a_code_works_once(office: Office) -> None:
    _, secret = await office.member("ana", Role.ANALYST)
    await office.enter("ana", secret)
    with pytest.raises(NotAllowed):
        await office.enter("ana", secret)
    office.clock.forward(seconds=30)
    assert (await office.enter("ana", secret)).complete


async def test_a_recovery_code_works_once_however_it_is_typed(office: Office) -> None:
    _, first = await office.accounts.create("system", "ana", "Ana", [Role.ANALYST])
    session = await office.session((await office.sign_in.sign_in("ana", first, None, CLIENT)).token)
    session = await office.session(await office.credentials.change_password(session, first, PASSWORD))
    secret = (await office.credentials.begin_enrolment(session)).text_key.replace(" ", "")
    _, codes = await office.credentials.finish_enrolment(session, office.code(secret))
    assert len(set(codes)) == 10
    typed = codes[3].upper().replace("-", " ")
    assert not (await office.sign_in.sign_in("ana", PASSWORD, typed, CLIENT)).needs_code
    with pytest.raises(NotAllowed):
        await office.sign_in.sign_in("ana", PASSWORD, typed, CLIENT)


async def test_guessing_waits_longer_and_longer_but_never_for_good(office: Office) -> None:
    _, secret = await office.member("ana", Role.ANALYST)
    for _ in range(5):
        with pytest.raises(NotAllowed):
            await office.sign_in.sign_in("ana", "wrong", None, CLIENT)
    with pytest.raises(TooManyAttempts) as wait:
        await office.enter("ana", secret)
    assert 0 < wait.value.retry_after <= 2
    office.clock.forward(seconds=2)
    with pytest.raises(NotAllowed):
        await office.sign_in.sign_in("ana", "wrong", None, CLIENT)
    with pytest.raises(TooManyAttempts) as longer:
        await office.enter("ana", secret)
    assert longer.value.retry_after > wait.value.retry_after
    office.clock.forward(minutes=15)
    assert (await office.enter("ana", secret)).complete


async def test_an_unknown_login_waits_like_a_known_one(office: Office) -> None:
    waits = []
    await office.member("ana", Role.ANALYST)
    for number, login in enumerate(("ana", "nobody")):
        for _ in range(5):
            with pytest.raises(NotAllowed):
                await office.sign_in.sign_in(login, "wrong", None, f"192.0.2.{number}")
        with pytest.raises(TooManyAttempts) as wait:
            await office.sign_in.sign_in(login, "wrong", None, f"192.0.2.{number}")
        waits.append(wait.value.retry_after)
    assert waits[0] == waits[1]


async def test_guesses_from_many_addresses_delay_the_owner_a_minute_at_most(office: Office) -> None:
    _, secret = await office.member("ana", Role.ANALYST)
    for number in range(40):
        office.clock.forward(minutes=1)
        with pytest.raises(NotAllowed):
            await office.sign_in.sign_in("ana", "wrong", None, f"198.51.100.{number}")
    with pytest.raises(TooManyAttempts) as wait:
        await office.enter("ana", secret)
    assert wait.value.retry_after <= 60


async def test_one_address_trying_many_logins_is_slowed_down(office: Office) -> None:
    for number in range(20):
        with pytest.raises(NotAllowed):
            await office.sign_in.sign_in(f"login{number}", "wrong", None, CLIENT)
    with pytest.raises(TooManyAttempts):
        await office.sign_in.sign_in("another", "wrong", None, CLIENT)


async def test_codes_cannot_be_guessed_through(office: Office) -> None:
    await office.member("ana", Role.ANALYST)
    waiting = await office.session((await office.sign_in.sign_in("ana", PASSWORD, None, CLIENT)).token)
    for _ in range(5):
        with pytest.raises(NotAllowed):
            await office.sign_in.show_code(waiting, "000000")
    with pytest.raises(TooManyAttempts):
        await office.sign_in.show_code(waiting, "000000")


async def test_a_session_ends_after_half_an_hour_without_a_page(office: Office) -> None:
    _, secret = await office.member("mo", Role.MODERATOR)
    token = (await office.sign_in.sign_in("mo", PASSWORD, office.code(secret), CLIENT)).token
    office.clock.forward(minutes=29)
    session = await office.session(token)
    office.clock.forward(minutes=29)
    assert office.sessions.key_of(session) is not None
    office.clock.forward(minutes=2)
    assert office.sessions.key_of(session) is None
    office.clock.forward(minutes=30)
    assert await office.sessions.find(token) is None


async def test_a_page_that_refreshes_itself_does_not_keep_a_session_alive(office: Office) -> None:
    _, secret = await office.member("ana", Role.ANALYST)
    token = (await office.sign_in.sign_in("ana", PASSWORD, office.code(secret), CLIENT)).token
    for _ in range(29):
        office.clock.forward(minutes=1)
        assert await office.sessions.find(token, passive=True) is not None
    office.clock.forward(minutes=1)
    assert await office.sessions.find(token, passive=True) is None


async def test_a_session_in_use_ends_after_twelve_hours(office: Office) -> None:
    _, secret = await office.member("ana", Role.ANALYST)
    token = (await office.sign_in.sign_in("ana", PASSWORD, office.code(secret), CLIENT)).token
    for _ in range(35):
        office.clock.forward(minutes=20)
        assert await office.sessions.find(token) is not None
    office.clock.forward(minutes=20)
    assert await office.sessions.find(token) is None


async def test_the_clock_sweeps_sessions_and_keys_that_are_over(office: Office) -> None:
    member_id, secret = await office.member("mo", Role.MODERATOR)
    await office.enter("mo", secret)
    office.clock.forward(minutes=31)
    await office.sessions.sweep()
    assert len(office.keys) == 0
    assert await office.sessions.list_of(member_id) == []


async def test_a_restart_forgets_keys_and_the_password_brings_them_back(office: Office, database_url: str) -> None:
    _, secret = await office.member("mo", Role.MODERATOR)
    token = (await office.sign_in.sign_in("mo", PASSWORD, office.code(secret), CLIENT)).token
    restarted = await open_office(database_url, clock=office.clock)
    session = await restarted.session(token)
    assert restarted.sessions.key_of(session) is None
    with pytest.raises(NotAllowed):
        await restarted.credentials.unlock(session, "wrong")
    key = await restarted.credentials.unlock(session, PASSWORD)
    assert restarted.sessions.key_of(session) == key
    await restarted.database.close()


async def test_a_new_password_ends_other_sessions_and_keeps_the_key(office: Office) -> None:
    member_id, secret = await office.member("mo", Role.MODERATOR)
    other = await office.enter("mo", secret)
    office.clock.forward(seconds=30)
    session = await office.enter("mo", secret)
    key = office.sessions.key_of(session)
    token = await office.credentials.change_password(session, PASSWORD, NEW)
    now = await office.session(token)
    assert [s.id for s in await office.sessions.list_of(member_id)] == [now.id]
    assert office.sessions.key_of(now) == key
    assert office.sessions.key_of(other) is None
    assert await office.credentials.unlock(now, NEW) == key


@pytest.mark.parametrize(
    ("old", "new", "refusal"), [(PASSWORD, PASSWORD, Invalid), ("wrong", NEW, NotAllowed), (PASSWORD, "short", Invalid)]
)
async def test_a_password_change_needs_the_old_one_and_a_better_one(office: Office, old: str, new: str, refusal: type[Exception]) -> None:
    _, secret = await office.member("ana", Role.ANALYST)
    session = await office.enter("ana", secret)
    with pytest.raises(refusal):
        await office.credentials.change_password(session, old, new)


async def test_the_first_password_does_not_reach_the_second_factor_before_it_is_changed(office: Office) -> None:
    _, first = await office.accounts.create("system", "ana", "Ana", [Role.ANALYST])
    session = await office.session((await office.sign_in.sign_in("ana", first, None, CLIENT)).token)
    with pytest.raises(NotAllowed):
        await office.credentials.begin_enrolment(session)


async def test_who_knows_only_the_password_cannot_replace_the_second_factor_or_the_password(office: Office) -> None:
    await office.member("ana", Role.ANALYST)
    waiting = await office.session((await office.sign_in.sign_in("ana", PASSWORD, None, CLIENT)).token)
    with pytest.raises(NotAllowed):
        await office.credentials.begin_enrolment(waiting)
    with pytest.raises(NotAllowed):
        await office.credentials.change_password(waiting, PASSWORD, NEW)


async def test_hashes_made_with_old_parameters_are_renewed_at_sign_in(office: Office, database_url: str) -> None:
    member_id, secret = await office.member("ana", Role.ANALYST)
    stronger = await open_office(database_url, hasher=PasswordHasher(time_cost=2, memory_cost=16, parallelism=1), clock=office.clock)
    await stronger.enter("ana", secret)
    async with stronger.database.read() as session:
        assert "m=16,t=2" in (await row_of(session, member_id, lock=False)).password_hash
    await stronger.database.close()


async def test_neither_login_nor_address_is_stored_by_the_throttle(sqlite_url: str, tmp_path: Path) -> None:
    office = await open_office(sqlite_url)
    with pytest.raises(NotAllowed):
        await office.sign_in.sign_in("somebody-rare", "wrong", None, "203.0.113.99")
    await office.database.close()
    stored = _bytes_of(tmp_path)
    assert b"somebody-rare" not in stored
    assert b"203.0.113.99" not in stored


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_a_new_app_needs_the_password_and_the_old_code_stops_working(office: Office) -> None:
    _, old = await office.member("ana", Role.ANALYST)
    session = await office.enter("ana", old)
    with pytest.raises(NotAllowed):
        await office.credentials.begin_enrolment(session)
    with pytest.raises(NotAllowed):
        await office.credentials.begin_enrolment(session, "wrong")
    new = (await office.credentials.begin_enrolment(session, PASSWORD)).text_key.replace(" ", "")
    await office.credentials.finish_enrolment(session, office.code(new))
    office.clock.forward(seconds=60)
    with pytest.raises(NotAllowed):
        await office.enter("ana", old)
    assert (await office.enter("ana", new)).complete


async def test_an_enrolment_left_half_way_is_forgotten_at_the_next_sign_in(office: Office) -> None:
    _, secret = await office.member("ana", Role.ANALYST)
    session = await office.enter("ana", secret)
    await office.credentials.begin_enrolment(session, PASSWORD)
    office.clock.forward(seconds=30)
    later = await office.enter("ana", secret)
    with pytest.raises(NotAllowed):
        await office.credentials.begin_enrolment(later)


async def test_tries_made_at_once_are_counted_one_by_one(office: Office) -> None:
    await office.member("ana", Role.ANALYST)
    tries = [office.sign_in.sign_in("ana", "wrong", None, CLIENT) for _ in range(12)]
    refused = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, NotAllowed) for one in refused) == 5
    assert sum(isinstance(one, TooManyAttempts) for one in refused) == 7
