"""Access to tips in the console: sharing it, the recovery key, taking it away."""

from __future__ import annotations

import asyncio
import re

from bot.staff.roles import Role
from tests.integration.console.support import Browser, World


async def shared(browser: Browser, to: str) -> None:
    """Press the button and wait until the page says that it is over."""
    await browser.open("/keys")
    assert (await browser.send("/keys/share", {"member": to})).headers["location"] == "/console/keys"
    for _ in range(200):
        if "data-done" in (await browser.open("/keys/progress")).text:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never ended")


async def test_a_colleague_gets_all_earlier_tips_in_one_press(world: World) -> None:
    first, later = world.browser(), world.browser()
    await first.member(Role.MODERATOR)
    tips = [await world.tell("drugs", f"Behind the station {number}") for number in range(3)]
    newcomer = await later.member(Role.MODERATOR, login="later")
    assert "0 of 3" in (await first.open("/keys")).text

    await shared(first, newcomer)

    assert "Finished" in first.page and "3 of 3" in (await first.open("/keys")).text
    assert "Behind the station 2" in (await later.open(f"/tips/{tips[2]}")).text
    trail = await world.office.audit.page()
    assert [(entry.action, entry.subject) for entry in reversed(trail) if entry.action.startswith("keys.")] == [
        ("keys.share", newcomer),
        ("keys.shared", newcomer),
    ]
    assert next(entry.detail for entry in trail if entry.action == "keys.shared") == {"tips": 3, "failed": 0, "stopped": False}


async def test_after_a_reset_password_a_colleague_opens_the_old_tips_again(world: World) -> None:
    first, second = world.browser(), world.browser()
    await first.member(Role.MODERATOR)
    lost = await second.member(Role.MODERATOR, login="lost")
    tip = await world.tell("drugs", "Behind the station")
    await world.office.accounts.reset_password("system", lost)
    assert "0 of 1" in (await first.open("/keys")).text
    await shared(first, lost)
    assert "0 of 1" not in (await first.open("/keys")).text
    assert lost in await world.services.moderation.grants.holders(tip)


async def test_access_to_one_tip_is_granted_and_taken_away_on_its_page(world: World) -> None:
    first, later = world.browser(), world.browser()
    mine = await first.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station")
    newcomer = await later.member(Role.MODERATOR)
    await first.open(f"/tips/{tip}")
    await first.send(f"/tips/{tip}/grant", {"member": newcomer})
    assert "Behind the station" in (await later.open(f"/tips/{tip}")).text
    await first.open(f"/tips/{tip}")
    assert (await first.send(f"/tips/{tip}/revoke", {"member": mine})).status_code == 409
    await first.open(f"/tips/{tip}")
    await first.send(f"/tips/{tip}/revoke", {"member": newcomer})
    assert (await later.open(f"/tips/{tip}")).status_code == 403
    later.page = first.page
    await later.open("/keys")
    assert (await later.send(f"/tips/{tip}/revoke", {"member": mine})).status_code == 409, "who cannot open it decides nothing"
    granted = [entry for entry in await world.office.audit.page() if entry.action in ("tip.grant", "tip.revoke")]
    assert [entry.detail for entry in reversed(granted)] == [{"to": newcomer}, {"from": newcomer}]


async def test_nobody_else_is_granted_anything(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    officer, _ = await world.office.member("officer", Role.OFFICER)
    await world.tell("drugs", "Behind the station")
    for to in (officer, "recovery", "", "x"):
        await browser.open("/keys")
        assert (await browser.send("/keys/share", {"member": to})).status_code == 404


async def test_without_the_key_in_memory_sharing_asks_for_the_password(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    page = (await browser.open("/keys")).text
    for session_id in list(world.office.keys._held):
        world.office.keys.drop(session_id)
    assert (await browser.open("/keys")).headers["location"] == "/console/unlock?next=/console/keys"
    browser.page = page
    assert (await browser.send("/keys/share", {"member": "x"})).headers["location"] == "/console/unlock?next=/console/keys"


async def test_a_recovery_key_is_shown_once_and_counts_after_it_was_typed_back(world: World) -> None:
    admin, moderator = world.browser(), world.browser()
    await admin.member(Role.ADMIN)
    await moderator.member(Role.MODERATOR)
    await world.tell("drugs", "Before")
    assert "There is none yet" in (await admin.open("/tip-keys")).text
    answer = await admin.send("/tip-keys/new")
    paper = re.findall(r'<code class="big recovery-key">([A-Z2-7 ]+)</code>', answer.text)[0]
    assert answer.headers["cache-control"] == "no-store" and len(paper.replace(" ", "")) == 56
    wrong = await admin.send("/tip-keys/confirm", {"key": paper[:-4]})
    assert wrong.status_code == 422 and "missing or mistyped" in wrong.text and paper not in wrong.text
    assert (await admin.send("/tip-keys/confirm", {"key": paper.lower()})).headers["location"] == "/console/tip-keys"
    page = (await admin.open("/tip-keys")).text
    assert paper not in page and "0 of 1 tips" in page and "are missing" in page
    await shared(moderator, "recovery")
    assert "1 of 1 tips" in (await admin.open("/tip-keys")).text
    actions = await world.office.actions()
    assert "recovery_key.make" in actions and "recovery_key.confirm" in actions
    assert paper not in str(await world.office.audit.page(limit=500))


async def test_an_administrator_takes_access_to_all_earlier_tips_away(world: World) -> None:
    admin, first, second = world.browser(), world.browser(), world.browser()
    await admin.member(Role.ADMIN)
    gone = await first.member(Role.MODERATOR)
    alone = await world.tell("drugs", "Alone")
    await second.member(Role.MODERATOR)
    both = await world.tell("drugs", "Both")
    await admin.open("/tip-keys")
    await admin.send(f"/tip-keys/{gone}/revoke")
    assert "except to tips that nobody else can open" in (await admin.open("/tip-keys")).text
    assert (await first.open(f"/tips/{both}")).status_code == 403
    assert (await first.open(f"/tips/{alone}")).status_code == 200
    assert (await world.office.audit.page())[0].detail in ({"gone": 1, "kept": 1}, {})
    assert any(entry.detail == {"gone": 1, "kept": 1} for entry in await world.office.audit.page())
