"""Tests to oneself in the console: the message in every language, and what is said when it does not work."""

from __future__ import annotations

from bot.campaigns.rehearsal import MOST_TESTS
from bot.errors import Unreachable
from bot.messages import Address, Channel
from bot.staff.roles import Role
from tests.integration.console.support import Browser, World


async def _linked(world: World) -> tuple[Browser, int]:
    officer = world.browser()
    officer_id = await officer.member(Role.OFFICER)
    campaign = await world.campaign(officer_id)
    assert "Link your own chat" in (await officer.open(f"/campaigns/{campaign}")).text
    assert (await officer.send(f"/campaigns/{campaign}/test")).headers["location"] == "/console/account"
    code = await world.services.links.begin(officer_id)
    await world.services.links.redeem(code, Address(Channel.TELEGRAM, "7"))
    await officer.open(f"/campaigns/{campaign}")
    return officer, campaign


async def test_an_officer_gets_the_message_in_every_language_marked(world: World) -> None:
    officer, campaign = await _linked(world)
    answer = await officer.send(f"/campaigns/{campaign}/test")
    assert answer.status_code == 303 and answer.headers["location"].endswith(f"/campaigns/{campaign}")
    assert "on its way to your own chat" in (await officer.open(f"/campaigns/{campaign}")).text
    languages = world.services.city.languages
    assert [(who, text.splitlines()[0]) for who, text in world.messenger.sent] == [("7", f"**Test** ({one})") for one in languages]
    assert (await world.office.actions())[-1] == "campaign.test"


async def test_what_went_wrong_is_said(world: World) -> None:
    officer, campaign = await _linked(world)
    world.messenger.faults["7"] = [Unreachable()] * 4
    answer = await officer.send(f"/campaigns/{campaign}/test")
    assert answer.status_code == 502 and "Your own chat cannot be reached." in answer.text
    for _ in range(MOST_TESTS - 1):
        await officer.send(f"/campaigns/{campaign}/test")
    answer = await officer.send(f"/campaigns/{campaign}/test")
    assert answer.status_code == 429 and "Wait a while" in answer.text
