"""The console as a person meets it: accessible in light and dark, on phone and desktop, with keyboard, with and without script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, expect

from tests.browser.console_support import DESKTOP, PHONE, serve

_RULES: dict[str, Any] = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
_MEANT = ("status of 403", "status of 404")
_REFLOW = {"width": 320, "height": 640}
"""WCAG 1.4.10: no scrolling in two directions down to 320 CSS pixels."""


@pytest.mark.parametrize(("theme", "size"), [("light", DESKTOP), ("dark", PHONE)])
async def test_every_page_is_accessible_fits_and_breaks_no_policy(chromium: Browser, tmp_path: Path, theme: Any, size: Any) -> None:
    found: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(meant in message.text for meant in _MEANT):
            found.append(f"console: {message.text}")

    async with serve(tmp_path) as console:
        context = await chromium.new_context(viewport=size, color_scheme=theme)
        page = await context.new_page()
        page.on("console", complain)
        for name, (who, path) in console.pages().items():
            await console.enter(context, who)
            await page.goto(f"{console.url}/console{path}")
            if not page.url.endswith(path):
                found.append(f"{name}: led to {page.url}")
            results = await Axe().run(page, options=_RULES)
            found += [f"{name}: {one['id']} {[node['target'] for node in one['nodes']]}" for one in results.response["violations"]]
            await page.set_viewport_size(_REFLOW)
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{name}: wider than 320 pixels")
            await page.set_viewport_size(size)
        await context.close()
    assert found == []


async def test_the_queue_is_worked_with_the_keyboard_alone(chromium: Browser, tmp_path: Path) -> None:
    async with serve(tmp_path) as console:
        context = await chromium.new_context(viewport=DESKTOP)
        await console.enter(context, "moderator")
        page = await context.new_page()
        await page.goto(f"{console.url}/console/tips")
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        for key in ("j", "j", "k"):
            await page.keyboard.press(key)
        await expect(page.locator(".row-link").first).to_be_focused()
        for key in ("ArrowDown", "x", "ArrowUp"):
            await page.keyboard.press(key)
        await expect(page.locator("tbody tr").nth(1).get_by_role("checkbox")).to_be_checked()
        await page.keyboard.press("?")
        await expect(page.get_by_text("to the search field")).to_be_visible()
        await page.keyboard.press("/")
        await page.keyboard.type('knife "changing room"')
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/console/tip-searches/*")
        await expect(page.locator("mark").first).to_have_text("knife")
        await page.locator(".row-link").press("Enter")
        await page.wait_for_url("**/console/tips/*")
        await expect(page.locator("h1")).to_have_text("A weapon")
        await page.get_by_label("Your answer").fill("Is anybody in danger now?")
        await page.get_by_role("button", name="Send the answer").press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Your answer is sent")
        await context.close()


async def test_an_urgent_tip_is_acknowledged_and_found_on_the_map(chromium: Browser, tmp_path: Path) -> None:
    async with serve(tmp_path) as console:
        tip = await console.world.tell("weapon", "In the changing room", choices={"weapon_seen": "yes"}, district="old_port")
        context = await chromium.new_context(viewport=DESKTOP)
        await console.enter(context, "moderator")
        page = await context.new_page()
        await page.goto(f"{console.url}/console/tips/{tip}")
        await page.get_by_role("button", name="I take care of it").press("Enter")
        await expect(page.get_by_role("status").first).to_contain_text("Nobody else is called")
        await expect(page.get_by_text("acknowledged after")).to_be_visible()
        await expect(page.get_by_role("button", name="I take care of it")).to_have_count(0)
        await page.goto(f"{console.url}/console/tips")
        await page.get_by_role("link", name="By district on a map").press("Enter")
        await page.wait_for_url("**/console/tip-map")
        await expect(page.locator("main svg").first).to_be_visible()
        await page.get_by_role("row").get_by_role("link").first.press("Enter")
        await page.wait_for_url("**/console/tips?*district=*")
        await expect(page.locator(f'a[href="/console/tips/{tip}"]').first).to_be_visible()
        await context.close()


async def test_a_picture_is_not_fetched_until_asked_for_and_then_blurred_until_asked_again(chromium: Browser, tmp_path: Path) -> None:
    async with serve(tmp_path) as console:
        context = await chromium.new_context(viewport=DESKTOP)
        await console.enter(context, "moderator")
        page = await context.new_page()
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        await page.goto(f"{console.url}/console/tips/{console.ids['tip']}")
        await page.wait_for_load_state("networkidle")
        assert not any("attachments" in url for url in fetched)
        await page.get_by_text("Picture 1, not shown yet").click()
        image = page.locator(".picture img")
        await expect(image).to_have_js_property("complete", True)
        assert any("attachments" in url for url in fetched)
        assert "blur" in await image.evaluate("one => getComputedStyle(one).filter")
        await page.get_by_label("Show it clearly").check()
        assert await image.evaluate("one => getComputedStyle(one).filter") == "none"
        assert await image.evaluate("one => one.naturalWidth") == 640
        await context.close()


async def test_writing_a_campaign_previews_and_counts_as_one_types(chromium: Browser, tmp_path: Path) -> None:
    async with serve(tmp_path) as console:
        context = await chromium.new_context(viewport=DESKTOP)
        await console.enter(context, "officer")
        page = await context.new_page()
        await page.goto(f"{console.url}/console/campaigns/new")
        await page.get_by_role("textbox", name="English").fill("**Stop** <i>now</i> 🙂")
        await expect(page.locator("#preview_en b")).to_have_text("Stop")
        await expect(page.locator("#preview_en")).to_contain_text("<i>now</i>")
        await expect(page.locator("[data-counts=text_en]")).to_have_text("22 / 3800")
        await context.close()


async def test_the_progress_moves_by_itself(chromium: Browser, tmp_path: Path) -> None:
    async with serve(tmp_path) as console:
        context = await chromium.new_context(viewport=DESKTOP)
        await console.enter(context, "officer")
        page = await context.new_page()
        number = console.ids["running"]
        await page.goto(f"{console.url}/console/campaigns/{number}")
        await expect(page.locator("#progress")).to_contain_text("Under way")
        await console.world.services.campaigns.cancel(console.ids["officer"], int(number))
        await expect(page.locator("#progress")).to_contain_text("Finished", timeout=8000)
        await context.close()


async def test_everything_needed_works_without_script(chromium: Browser, tmp_path: Path) -> None:
    async with serve(tmp_path) as console:
        context = await chromium.new_context(viewport=PHONE, java_script_enabled=False)
        await console.enter(context, "moderator")
        page = await context.new_page()
        await page.goto(f"{console.url}/console/tips")
        await page.get_by_label("About").select_option("weapon")
        await page.get_by_role("button", name="Filter").click()
        await page.get_by_role("link", name="A weapon").click()
        await page.get_by_label("Handed over").check()
        await page.get_by_role("button", name="Save the status").click()
        await expect(page.get_by_role("status")).to_contain_text("The status is changed")
        await context.close()
