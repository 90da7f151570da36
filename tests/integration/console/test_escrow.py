"""The escrow's page, two people's word, and a moderator's new key."""

from __future__ import annotations

import asyncio

from bot.console.security import SESSION_COOKIE
from bot.crypto import PrivateKey
from bot.escrow_news import EscrowNews
from bot.messages import Language, Reply
from bot.staff.roles import Role
from bot.tips.escrow.shares import split
from tests.integration.console.support import Browser, World
from tests.integration.staff.support import PASSWORD


async def holders(world: World) -> list[str]:
    return [(await world.office.member(f"holder-{number}", Role.ANALYST))[0] for number in range(3)]


async def escrow_of(world: World, people: list[str]) -> None:
    secret = bytes(PrivateKey.generate())
    async with world.services.moderation.escrow.deed() as session:
        shares = dict(zip(people, split(secret), strict=True))
        await world.services.moderation.escrow.replace(session, PrivateKey(secret).public_key, shares)


async def ask(browser: Browser, kind: str, **fields: str) -> int:
    await browser.open("/escrow")
    return (await browser.send("/escrow/ask", {"kind": kind, "reason": "Nobody can open them", **fields})).status_code


async def test_one_asks_another_agrees_and_everybody_concerned_is_told(world: World) -> None:
    people = await holders(world)
    first, second = world.browser(), world.browser()
    asker = await first.member(Role.ADMIN)
    custodian = await second.member(Role.CUSTODIAN)
    chosen = {f"holder_{number}": holder for number, holder in enumerate(people)}
    assert "There is no escrow" in (await first.open("/escrow")).text
    assert await ask(first, "make", **{**chosen, "holder_2": people[0]}) == 422 and "three different people" in first.page
    assert await ask(first, "open", to=custodian) == 409, "there is nothing to open with"
    assert await ask(first, "make", **chosen) == 303
    request = await world.services.moderation.escrow_requests.current()
    assert request is not None and "I agree" not in (await first.open("/escrow")).text
    assert (await first.send(f"/escrow/{request.id}/agree")).status_code == 409, "nobody agrees with themselves"
    assert "Nobody can open them" in (await second.open("/escrow")).text
    assert (await second.send(f"/escrow/{request.id}/agree")).status_code == 303
    assert "faro escrow make" in (await first.open("/escrow")).text
    trail = [entry for entry in await world.office.audit.page() if entry.action.startswith("escrow.")]
    assert [(entry.actor, entry.action) for entry in trail] == [(custodian, "escrow.agree"), (asker, "escrow.ask")]
    assert {entry.detail["reason"] for entry in trail} == {"Nobody can open them"}
    assert set(await told(world)) == {*people, asker, custodian} and await told(world) == []


async def told(world: World) -> list[str]:
    heard: list[str] = []

    class Ear:
        async def tell(self, member_id: str, message: Reply, *, everywhere: bool) -> bool:
            heard.append(member_id)
            return True

    def say(language: Language, state: str) -> Reply:
        return Reply(f"{language} {state}")

    moderation = world.services.moderation
    parts = (moderation.escrow_requests, moderation.escrow, world.services.accounts)
    await EscrowNews(*parts, Ear(), say).run_once()  # type: ignore[arg-type]
    return heard


async def test_holders_see_the_page_and_report_their_own_share_only(world: World) -> None:
    people = await holders(world)
    own = world.browser()
    me = await own.member(Role.ANALYST, login="own")
    assert (await own.open("/escrow")).status_code == 404 and 'href="/console/escrow"' not in own.page
    await escrow_of(world, [me, *people[:2]])
    page = (await own.open("/escrow")).text
    assert "Last proven" in page and "Ask for something" not in page
    assert 'href="/console/escrow"' in (await own.open("/")).text, "a holder finds the page in the menu"
    assert (await own.send("/escrow/lost", {"holder": people[0]})).status_code == 404
    await own.open("/escrow")
    assert (await own.send("/escrow/lost", {"holder": me})).status_code == 303
    assert "Make a new escrow now" in (await own.open("/escrow")).text
    assert await ask(own, "retire") == 403


async def test_a_moderator_adds_earlier_tips_to_the_escrow(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    await world.tell("drugs", "Behind the station")
    await escrow_of(world, await holders(world))
    await browser.open("/keys")
    await browser.send("/keys/share", {"member": "escrow"})
    await over(browser)
    assert (await world.services.moderation.escrow.standing())[0].tips == 1


async def over(browser: Browser) -> None:
    for _ in range(200):
        if "data-done" in (await browser.open("/keys/progress")).text:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never ended")


async def test_a_renewed_key_opens_the_old_tips_and_the_old_key_is_gone(world: World) -> None:
    browser = world.browser()
    me = await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station")
    before = dict(await world.office.accounts.reader_keys())[me]
    await browser.open("/keys")
    assert (await browser.send("/account/key", {"password": "wrong"})).status_code == 422
    assert (await browser.send("/account/key", {"password": PASSWORD})).status_code == 303
    await over(browser)
    after = dict(await world.office.accounts.reader_keys())[me]
    assert bytes(before) != bytes(after) and not await world.services.renewal.is_under_way(me)
    assert "Behind the station" in (await browser.open(f"/tips/{tip}")).text
    assert [action for action in await world.office.actions() if action.startswith("account.key")] == ["account.key", "account.key_done"]


async def test_a_renewal_that_was_interrupted_goes_on_also_after_a_new_password(world: World) -> None:
    browser = world.browser()
    me = await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station")
    session = await world.office.session(browser.http.cookies[SESSION_COOKIE])
    await world.services.renewal.begin(session, PASSWORD)
    assert (await browser.open(f"/tips/{tip}")).status_code == 403, "the grant is to the key of before"
    fresh = await world.office.session(await world.services.credentials.change_password(session, PASSWORD, "granite-owl-harbour-nine"))
    renewed = await world.services.renewal.begin(fresh, "granite-owl-harbour-nine")
    assert bytes(renewed.new.public_key) == bytes(dict(await world.office.accounts.reader_keys())[me]), "no third key"
    await world.services.renewal.finish(me)
    assert not await world.services.renewal.is_under_way(me)
