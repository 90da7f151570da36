"""Masking words and handing a tip on, as people do it in a browser."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect
from typer.testing import CliRunner

from bot.cli import app
from bot.crypto import SigningKey
from tests.browser.console_support import DESKTOP, serve

_PUBLIC = bytes(SigningKey(bytes(32)).verify_key).hex()
_SELECT = """entry => {
  const walk = document.createTreeWalker(entry, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const start = node.data.indexOf("market hall");
    if (start >= 0) getSelection().setBaseAndExtent(node, start, node, start + "market hall".length);
  }
}"""


async def test_words_are_selected_masked_looked_at_and_handed_on(chromium: Browser, tmp_path: Path) -> None:
    async with serve(tmp_path) as console:
        context = await chromium.new_context(viewport=DESKTOP, accept_downloads=True)
        await console.enter(context, "moderator")
        tip = await console.world.tell("stolen_goods", "Somebody sells bicycles behind the market hall.")
        page = await context.new_page()
        await page.goto(f"{console.url}/console/tips/{tip}")
        words = page.locator(".entry-tipster .words")
        await words.evaluate(_SELECT)
        await page.get_by_role("button", name="Mask the selected words").click()
        await expect(page.get_by_role("status")).to_contain_text("The words are masked")
        await expect(words).to_have_text("Somebody sells bicycles behind the Masked words.")
        assert "market hall" not in await page.content()

        await page.get_by_role("link", name="Case package").click()
        await page.get_by_label("What for").select_option("police")
        await page.get_by_label("Who gets it, and why").fill("Police, file 17")
        async with page.expect_download() as download:
            await page.get_by_role("button", name="Make the package").click()
        package = tmp_path / (await download.value).suggested_filename
        await (await download.value).save_as(package)
        run = CliRunner().invoke(app, ["case", "verify", str(package), "--key", _PUBLIC])
        assert run.exit_code == 0, run.output
        assert b"market hall" not in package.read_bytes()

        await console.enter(context, "custodian")
        await page.goto(f"{console.url}/console/tips/{tip}")
        await page.get_by_text("Masked words: 1 mask").click()
        await page.get_by_label("What for").select_option("check")
        await page.get_by_role("button", name="Show the masked words").click()
        await expect(words.locator("mark")).to_have_text("market hall")
        await page.locator("summary", has_text="Redact").click()
        await page.get_by_role("button", name="Redact for good").click()
        await expect(words).to_have_text("Somebody sells bicycles behind the […].")
        await context.close()
