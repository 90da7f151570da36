"""The calendar in a real browser: a campaign goes to another day by mouse, to another hour by keyboard, and focus goes with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, expect

from bot.campaigns.rules import Repeat, Rhythm
from tests.browser.console_support import PHONE, Seeded, serve

_TALL = {"width": 1280, "height": 1900}
"""A whole month at once: nothing scrolls away under the mouse."""


async def _approved(console: Seeded, campaign_id: str) -> None:
    """Somebody else approves the waiting campaign."""
    campaigns = console.world.services.campaigns
    await campaigns.approve(console.ids["approver"], int(campaign_id), (await campaigns.get(int(campaign_id))).content_hash)


async def _send_at(console: Seeded, campaign_id: str) -> datetime:
    return (await console.world.services.campaigns.get(int(campaign_id))).send_at


async def _weekly(console: Seeded, first: datetime) -> int:
    """A campaign for three weeks that nobody has approved yet."""
    draft = replace(console.world.draft("Every week"), send_at=first, repeat=Repeat(Rhythm.WEEKLY, (first.weekday(),), times=3))
    return (await console.world.services.campaigns.create(console.ids["officer"], draft)).id


async def test_an_officer_moves_campaigns_with_mouse_keyboard_and_form(chromium: Browser, tmp_path: Path) -> None:
    async with serve(tmp_path) as console:
        context = await chromium.new_context(viewport=_TALL)
        await console.enter(context, "officer")
        page = await context.new_page()
        draft, waiting = console.ids["draft"], console.ids["submitted"]
        begun = await _send_at(console, draft)
        dragged = begun + timedelta(days=2)
        title = page.locator(f"#campaign-{draft}")
        notice = page.get_by_role("status")

        # A month: dragged two days on, at the same time of day.
        await page.goto(f"{console.url}/console/campaigns/calendar?view=month&day={begun.date()}")
        card = page.locator(".card", has=title)
        await card.drag_to(page.locator(f'[data-day="{dragged.date()}"]'))
        await expect(notice).to_contain_text("Moved. It is a draft now")
        await expect(title).to_be_focused()
        assert await _send_at(console, draft) == dragged
        # A day that is over takes nothing.
        await card.drag_to(page.locator("td.past").first)
        assert await _send_at(console, draft) == dragged

        # Taken with M and left with Escape: nothing has changed, and focus is back on the card.
        await title.focus()
        await page.keyboard.press("m")
        await expect(page.locator("#carrying")).to_be_focused()
        await page.keyboard.press("ArrowRight")
        await expect(page.locator("#carry-said")).to_contain_text("Nothing speaks against it")
        await page.keyboard.press("Escape")
        await expect(card.locator(".move")).to_be_focused()

        # What is being sent says why it stays.
        await page.locator("td .card-running .card-title").press("m")
        await expect(page.locator("#carrying")).to_contain_text("cannot be moved any more")

        # A week: a day and an hour further with the arrow keys; night is named before the drop.
        await page.goto(f"{console.url}/console/campaigns/calendar?view=week&day={dragged.date()}")
        await card.locator(".move").press("Enter")
        for key in ("ArrowRight", *["ArrowDown"] * 4):
            await page.keyboard.press(key)
        await expect(page.locator("#carry-said")).to_contain_text("Nobody is written to at night")
        for key in ("ArrowUp", "ArrowUp", "ArrowUp", "Enter"):
            await page.keyboard.press(key)
        await expect(notice).to_contain_text("Moved. It is a draft now")
        await expect(title).to_be_focused()
        assert await _send_at(console, draft) == dragged + timedelta(days=1, hours=1)

        # What is approved is asked about once more.
        await _approved(console, waiting)
        await page.goto(f"{console.url}/console/campaigns/calendar?view=month&day={begun.date()}")
        await page.locator(f"#campaign-{waiting}").press("m")
        await expect(page.locator("#carry-words")).to_contain_text("somebody has to approve it anew")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/move?**")
        assert await _send_at(console, waiting) == begun
        await page.get_by_role("button", name="Move it here").click()
        await expect(notice).to_contain_text("Moved. It is a draft now")
        assert await _send_at(console, waiting) == begun + timedelta(days=7)

        # What repeats: one date is dragged, a form asks which dates are meant; one press puts it back, another date is left out.
        weekly = await _weekly(console, begun)
        await page.goto(f"{console.url}/console/campaigns/calendar?view=month&day={begun.date()}")
        title = page.locator(f"#date-{weekly}-{begun.date()}")
        await page.locator(".card", has=title).drag_to(page.locator(f'[data-day="{dragged.date()}"]'))
        await page.wait_for_url("**/date?**")
        await expect(page.get_by_label("This date only")).to_be_checked()
        await page.get_by_label("Time").fill("23:30")
        await expect(page.locator("#outlook")).to_contain_text("Nobody is written to at night")
        await page.get_by_label("Time").fill(f"{dragged:%H:%M}")
        await page.get_by_role("button", name="Move it here").click()
        await expect(notice).to_contain_text("Moved. The approval stays")
        await expect(title).to_be_focused()
        await expect(page.locator("td .card", has=title)).to_contain_text("Moved from")
        await page.locator("td .card", has=title).get_by_role("button").click()
        await expect(notice).to_contain_text("Put back to where it was")
        later = page.locator(f"#date-{weekly}-{begun.date() + timedelta(days=7)}")
        await later.press("m")
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/date?**")
        await page.get_by_role("button", name="Leave this date out").click()
        await expect(page.locator("td .card", has=later)).to_contain_text("Left out")
        assert len((await console.world.services.campaigns.get(weekly)).changes) == 1
        await context.close()

        # On a phone without script it is a list, and a form moves.
        context = await chromium.new_context(viewport=PHONE, java_script_enabled=False)
        await console.enter(context, "officer")
        page = await context.new_page()
        await page.goto(f"{console.url}/console/campaigns/calendar?day={begun.date()}")
        await expect(page.get_by_role("table")).to_have_count(0)
        await page.get_by_role("link", name="Move: Safe at the harbour festival").click()
        await page.get_by_label("Day").fill(begun.date().isoformat())
        await page.get_by_role("button", name="Move it here").click()
        await expect(page.get_by_role("status")).to_contain_text("Moved. It is a draft now")
        assert (await _send_at(console, draft)).date() == begun.date()
        await context.close()
