"""A public place in a real browser: allowed by an officer, named by a campaign, approved with it, and what became of it."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.browser.console_support import DESKTOP, PHONE, Seeded, serve
from tests.integration.campaigns.places_kit import CHANNEL, seen


async def _at(chromium: Browser, console: Seeded, who: str, size: dict[str, int]) -> Page:
    context = await chromium.new_context(viewport=size)  # type: ignore[arg-type]  # a plain dict
    await console.enter(context, who)
    return await context.new_page()


async def _fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_an_officer_allows_a_channel_and_a_campaign_is_posted_there(chromium: Browser, tmp_path: Path) -> None:
    async with serve(tmp_path) as console:
        world = console.world
        await world.notices.hear(seen(title="<b>Port</b> Clair"))
        await world.notices.hear(seen("-100666", title="A stranger's group", username=None))
        officer, approver = await _at(chromium, console, "officer", DESKTOP), await _at(chromium, console, "approver", PHONE)
        await officer.goto(f"{console.url}/console/campaigns")
        await officer.get_by_role("link", name="Public places").click()
        row = officer.get_by_role("row", name="<b>Port</b> Clair")
        await expect(row).to_contain_text(CHANNEL)
        await row.get_by_label("Language of").select_option("fr")
        await row.get_by_role("button", name="Allow").click()
        await expect(row).to_contain_text("Allowed Français")
        await officer.get_by_role("row", name="A stranger's group").get_by_role("button", name="Refuse").click()
        await expect(officer.get_by_role("row", name="A stranger's group")).to_contain_text("Refused")

        # Only what is allowed can be chosen; it is shown as it will stand there, also to whoever approves.
        number = await world.campaign(console.ids["officer"], "Lock it twice")
        await officer.goto(f"{console.url}/console/campaigns/{number}")
        await officer.get_by_role("link", name="Choose public places").click()
        await expect(officer.get_by_role("checkbox")).to_have_count(1)
        await officer.get_by_label("<b>Port</b> Clair").check()
        await officer.get_by_role("button", name="Save").click()
        places = officer.get_by_role("region", name="Public places")
        await expect(places).to_contain_text("Je réponds seulement en privé")
        await officer.get_by_role("button", name="Ask for approval").click()
        await approver.goto(f"{console.url}/console/campaigns/{number}")
        await expect(approver.get_by_role("region", name="Public places")).to_contain_text("<b>Port</b> Clair")
        await _fits(approver)
        await approver.get_by_role("button", name="Approve").click()

        # It is posted; the page tells where and when, and takes it back after a second press.
        present, world.clock.now = world.clock.now, (await world.services.campaigns.get(number)).fires_at
        await world.clockwork.tick(world.clock.now)
        assert await world.poster.run_once() == 1
        world.clock.now = present  # else the sessions would have ended
        await officer.goto(f"{console.url}/console/campaigns/{number}")
        await expect(places.get_by_role("link", name="Look at the message")).to_have_attribute("href", "https://t.me/portclair/1")
        await _fits(officer)
        await places.get_by_text("Delete from there").click()
        await places.get_by_role("button", name="Delete the message").click()
        await expect(places).to_contain_text("Deleted from there")
        assert world.board.deleted == [(CHANNEL, (1,))]
