"""A real Chromium for the browser tests: an existing one first. No browser is a failure, never a skip."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Playwright, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--no-sandbox",  # Tests may run as root, where Chromium's own sandbox cannot.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium(playwright: Playwright) -> str:
    """The browser to use: FARO_CHROMIUM, one of the system's, or the one that Playwright has downloaded."""
    named = os.environ.get("FARO_CHROMIUM")
    if named:
        if not Path(named).is_file():
            pytest.fail(f"FARO_CHROMIUM names {named}, and there is no such file")
        return named
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    own = playwright.chromium.executable_path
    if found is None and not Path(own).is_file():
        pytest.fail("no Chromium found: run `make chromium`, or set FARO_CHROMIUM to one")
    return found or own


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A running browser; open a context of your own in it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(playwright), args=list(_QUIET))
        yield browser
        await browser.close()
