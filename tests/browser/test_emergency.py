"""An emergency broadcast in a real browser: two members of staff, one message, and its all-clear."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.browser.console_support import DESKTOP, PHONE, Seeded, serve


async def _at(chromium: Browser, console: Seeded, who: str, size: dict[str, int]) -> Page:
    context = await chromium.new_context(viewport=size)  # type: ignore[arg-type]  # a plain dict
    await console.enter(context, who)
    return await context.new_page()


async def _fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_two_people_send_a_broadcast_and_prepare_its_end(chromium: Browser, tmp_path: Path) -> None:
    async with serve(tmp_path) as console:
        officer, approver = await _at(chromium, console, "officer", DESKTOP), await _at(chromium, console, "approver", PHONE)
        await officer.goto(f"{console.url}/console/")
        await officer.get_by_role("link", name="Emergency").click()
        await officer.get_by_role("link", name="Flood").click()
        await officer.get_by_label("Streets or district").fill("Quai des Brumes")
        await officer.get_by_label("Until when").fill("in the evening")
        await officer.get_by_label("Why it is sent").fill("The river rises")
        await officer.get_by_role("button", name="Look at it").click()
        await expect(officer.get_by_role("alert")).to_contain_text("such as 18:30")
        await officer.get_by_label("Until when").fill("18:30")
        await officer.get_by_role("button", name="Look at it").click()
        await expect(officer.locator("[lang=it].bubble")).to_contain_text("Quai des Brumes, fino alle 18:30")

        # The approver finds it on a phone; a word that is not the city's name sends nothing.
        confirm = officer.get_by_role("button", name="Confirm and call a second person")
        await officer.get_by_label("type the name of the city").fill("Portclair")
        await confirm.click()
        await expect(officer.locator("#progress")).to_contain_text("Waits for a second person")
        await approver.goto(f"{console.url}/console/emergency")
        await approver.get_by_role("alert").get_by_role("link", name="Flood").click()
        await _fits(approver)
        await expect(approver.get_by_role("button", name="Send it now")).to_be_in_viewport(ratio=1)
        await approver.get_by_label("type the name of the city").fill("yes")
        await approver.get_by_role("button", name="Send it now").click()
        await expect(approver.get_by_role("alert")).to_contain_text("not the name of the city")
        await approver.get_by_label("type the name of the city").fill("portclair")
        await approver.get_by_role("button", name="Send it now").click()
        await expect(approver.get_by_role("status").first).to_contain_text("It goes out now")

        # What goes on is seen without reloading; the all-clear waits for its own two confirmations.
        await console.world.clockwork.tick(console.world.clock.now)
        await expect(officer.locator("#progress")).to_contain_text("0 of 40 handled")
        await officer.reload()
        await officer.get_by_role("button", name="Prepare the all-clear").click()
        await expect(officer.locator("[lang=en].bubble")).to_contain_text("The flood warning for Quai des Brumes is over.")
        await expect(officer.get_by_role("button", name="Confirm and call a second person")).to_be_visible()
        await _fits(officer)
