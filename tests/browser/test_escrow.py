"""The escrow in a real browser: one asks on a desktop, another agrees on a phone in the dark, without script; a moderator renews a key."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from bot.crypto import PrivateKey
from bot.tips.escrow.shares import split
from tests.browser.console_support import DESKTOP, PHONE, Seeded, serve

PASSWORD = "tidal-copper-wagon-noon"


async def _made(console: Seeded) -> None:
    register, secret = console.world.services.moderation.escrow, bytes(PrivateKey.generate())
    holders = [console.ids[role] for role in ("admin", "analyst", "officer")]
    async with register.deed() as session:
        await register.replace(session, PrivateKey(secret).public_key, dict(zip(holders, split(secret), strict=True)))


async def test_two_people_agree_on_an_escrow_and_a_moderator_seals_to_it(chromium: Browser, tmp_path: Path) -> None:
    async with serve(tmp_path) as console:
        desk = await chromium.new_context(viewport=DESKTOP)
        await console.enter(desk, "admin")
        admin = await desk.new_page()
        await admin.goto(f"{console.url}/console/")
        await admin.get_by_role("link", name="Escrow").click()
        await admin.locator("summary", has_text="Make a new escrow").click()
        for number, who in enumerate(("Admin", "Analyst", "Officer"), 1):
            await admin.get_by_label(f"Holder {number}").select_option(label=who)
        await admin.get_by_label("Reason").fill("For the day when nobody is left")
        await admin.get_by_role("button", name="Ask").click()
        await expect(admin.get_by_role("status").first).to_contain_text("A second person has to agree")

        phone = await chromium.new_context(viewport=PHONE, java_script_enabled=False, color_scheme="dark")
        await console.enter(phone, "custodian")
        custodian = await phone.new_page()
        await custodian.goto(f"{console.url}/console/escrow")
        await expect(custodian.get_by_text("For the day when nobody is left")).to_be_visible()
        await custodian.get_by_role("button", name="I agree").click()
        await expect(custodian.locator("code", has_text="faro escrow make")).to_be_visible()

        await _made(console)
        await admin.goto(f"{console.url}/console/escrow")
        await expect(admin.locator("table")).to_contain_text("Analyst")
        found = (await Axe().run(admin)).response["violations"]
        assert found == [], [one["id"] for one in found]
        await admin.set_viewport_size({"width": 360, "height": 740})
        assert await admin.evaluate("document.documentElement.scrollWidth <= innerWidth")

        await console.enter(desk, "moderator")
        await admin.goto(f"{console.url}/console/keys")
        await admin.get_by_label("Password").fill(PASSWORD)
        await admin.get_by_role("button", name="Renew my key now").click()
        await expect(admin.get_by_role("status").first).to_contain_text("You have a new key")
        await admin.goto(f"{console.url}/console/keys")
        await admin.get_by_role("row", name="Escrow").get_by_role("button").click()
        await expect(admin.locator("[data-done]")).to_contain_text("For Escrow")
