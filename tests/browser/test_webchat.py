"""The web chat in a real browser: by mouse, by keyboard, without a script, in light and dark, on phone and desktop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import func, select

from bot.channels.webchat.tables import WebchatSession
from bot.messages import Reply
from bot.storage import Base, Database
from tests.unit.channels.webchat.fakes import Site

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}
NEUTRAL = "<!doctype html><title>Weather</title><p>Sunny"


class Served:
    """A site on a loopback port, with what its pages complained about."""

    def __init__(self, site: Site, url: str) -> None:
        self.site = site
        self.url = url
        self.complaints: list[str] = []

    async def open(self, chromium: Browser, **options: Any) -> Page:
        """A new visitor's page. Nothing but this site is reached; the neutral page is played."""
        context = await chromium.new_context(**{"viewport": PHONE, "reduced_motion": "reduce"} | options)
        await context.route(lambda address: not address.startswith(self.url), self._elsewhere)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        await page.goto(self.url)
        return page

    async def _elsewhere(self, route: Route) -> None:
        if route.request.url == self.site.city.quick_exit_url:
            await route.fulfill(body=NEUTRAL, content_type="text/html")
        else:
            self.complaints.append(f"asked for {route.request.url}")
            await route.abort()

    async def sessions(self) -> int:
        async with self.site.database.read() as session:
            return await session.scalar(select(func.count()).select_from(WebchatSession)) or 0


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'faro.sqlite3'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    site = Site(database, poll_seconds=20)
    server = uvicorn.Server(uvicorn.Config(site.router, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn offers no event
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    served = Served(site, f"http://127.0.0.1:{port}")
    yield served
    site.pulse.close()
    server.should_exit = True
    await running
    await database.close()
    assert served.complaints == []


async def say(page: Page, words: str) -> None:
    await page.get_by_label("Your message").fill(words)
    await page.keyboard.press("Enter")
    await expect(page.locator(".entry.person:not(.waiting) .text").last).to_have_text(words)


async def tabbed_to(page: Page, name: str) -> bool:
    """Whether pressing Tab, at most thirty times, leads to the button or field of that name."""
    for _ in range(30):
        await page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if await focused.count() and name in (await focused.get_attribute("value") or await focused.inner_text()):
            return True
    return False


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_axe_finds_nothing_at_any_moment_of_a_chat(served: Served, chromium: Browser, scheme: str, size: dict[str, int]) -> None:
    page = await served.open(chromium, viewport=size, color_scheme=scheme)
    await no_violations(page)
    await page.get_by_role("button", name="Trouble online").click()
    await expect(page.get_by_text("What is happening?")).to_be_visible()
    await say(page, "receipt")
    await page.locator(".languages summary").click()
    await no_violations(page)
    await page.locator(".attach summary").click()
    await page.evaluate("show('A notice')")
    await no_violations(page)


async def no_violations(page: Page) -> None:
    found = await Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_everything_to_press_is_large_enough_and_nothing_overflows(served: Served, chromium: Browser, size: dict[str, int]) -> None:
    page = await served.open(chromium, viewport=size)
    await say(page, "x" * 300)
    for target in await page.locator("button:visible, summary:visible, .button:visible, textarea:visible, .danger a").all():
        box = await target.bounding_box()
        assert box is not None and box["height"] >= 44 and box["width"] >= 44, (await target.inner_text(), box)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    leave = page.get_by_role("button", name="Leave now")
    await expect(leave).to_be_in_viewport()


async def test_typed_words_are_answered_and_the_box_is_ready_for_more(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium)
    await say(page, "hello there")
    await expect(page.get_by_text("I hear you.")).to_be_visible()
    box = page.get_by_label("Your message")
    await expect(box).to_be_focused()
    await expect(box).to_have_value("")
    await say(page, "and more")
    assert [await bubble.inner_text() for bubble in await page.locator(".entry.person .text").all()] == ["hello there", "and more"]
    assert await page.get_by_text("Hi. I am Faro.").count() == 1


async def test_the_whole_chat_works_by_keyboard(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium)
    assert await tabbed_to(page, "menu:online")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("What is happening?")).to_be_visible()
    await expect(page.locator(".entry", has_text="What is happening?")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="A scam")).to_be_focused()
    await expect(page.get_by_role("button", name="Trouble online")).to_have_attribute("aria-pressed", "true")


async def test_opening_the_language_menu_does_not_move_the_page(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium)
    for number in range(6):
        await say(page, f"message {number}")
    before = await page.evaluate("scrollY")
    await page.locator(".languages summary").click()
    assert before > 0 and await page.evaluate("scrollY") == before


async def test_what_has_the_focus_is_never_covered(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium)
    for number in range(4):
        await say(page, f"message {number}")
    await page.evaluate("scrollTo(0, 0)")
    covered = """() => {
        const focused = document.activeElement, box = focused.getBoundingClientRect();
        const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return !focused.contains(there);
    }"""
    for _ in range(8):
        await page.keyboard.press("Tab")
        assert await page.evaluate(covered) is False, await page.evaluate("document.activeElement.outerHTML")


async def test_a_line_break_is_typed_with_shift(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium)
    box = page.get_by_label("Your message")
    await box.fill("one")
    await box.press("Shift+Enter")
    await expect(box).to_have_value("one\n")
    assert served.site.talk.handled == []


async def test_new_messages_are_announced(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium)
    log = page.get_by_role("log")
    await expect(log).to_have_attribute("aria-live", "polite")
    await say(page, "hello")
    await expect(log.locator(".entry.faro").last).to_contain_text("Faro:")


async def test_the_chat_is_there_again_after_a_reload(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium)
    await page.get_by_role("button", name="Trouble online").click()
    await expect(page.get_by_text("What is happening?")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("What is happening?")).to_be_visible()
    await expect(page.get_by_role("button", name="Trouble online")).to_have_attribute("aria-pressed", "true")
    assert len(served.site.talk.handled) == 1


async def test_a_pushed_message_appears_by_itself(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium)
    await say(page, "hello")
    await served.site.messenger.send(served.site.talk.handled[0].address, Reply("**News** for you"))
    await expect(page.get_by_text("News for you")).to_be_visible()
    assert await page.get_by_text("hello").count() == 1


async def test_words_that_did_not_get_through_stay_and_are_sent_once(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium)
    await page.context.route("**/chat/message", lambda route: route.abort(), times=1)
    box = page.get_by_label("Your message")
    await box.fill("important")
    await box.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("did not get through")
    await expect(box).to_have_value("important")
    served.complaints.clear()  # The browser reports the failed request, as it should.
    await say(page, "important")
    await expect(page.get_by_role("alert")).to_be_hidden()
    assert len(served.site.talk.handled) == 1


async def test_another_language_changes_the_page(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium)
    await say(page, "hello")
    await page.locator(".languages summary").click()
    await page.get_by_role("button", name="Français").click()
    await expect(page.locator("html")).to_have_attribute("lang", "fr")
    await expect(page.get_by_text("hello", exact=True)).to_be_visible()


async def test_a_photo_is_sent(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium)
    await page.locator(".attach summary").click()
    field = page.get_by_label("Photo, recording, video or document, up to 20 MB")
    await field.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG"})
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("You sent a photo.")).to_be_visible()
    assert served.site.talk.files == [b"\x89PNG"]


# Leaving


@pytest.mark.parametrize("way", ["button", "escape", "no script"])
async def test_leaving_deletes_the_chat_and_shows_a_neutral_page(served: Served, chromium: Browser, way: str) -> None:
    page = await served.open(chromium, java_script_enabled=way != "no script")
    await page.get_by_label("Your message").fill("my secret")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".entry.person:not(.waiting)")).to_contain_text("my secret")
    assert await served.sessions() == 1
    if way == "escape":
        for _ in range(3):
            await page.keyboard.press("Escape")
    else:
        await page.get_by_role("button", name="Leave now").click()
    await page.wait_for_url(served.site.city.quick_exit_url)
    await all_sessions_ended(served)
    assert await no_trace_in_history(page, served)


async def test_leaving_in_the_middle_of_the_first_message_deletes_it_too(served: Served, chromium: Browser) -> None:
    served.site.talk.seconds_per_answer = 0.5
    page = await served.open(chromium)
    await page.get_by_label("Your message").fill("my secret")
    await page.keyboard.press("Enter")
    while not served.site.talk.handled:  # noqa: ASYNC110  the fake has no event to offer
        await asyncio.sleep(0.02)
    for _ in range(3):
        await page.keyboard.press("Escape")
    await page.wait_for_url(served.site.city.quick_exit_url)
    await all_sessions_ended(served)
    await asyncio.sleep(0.6)
    assert await served.sessions() == 0


async def all_sessions_ended(served: Served) -> None:
    """The page does not wait for its farewell to arrive, so it may take a moment."""
    for _ in range(150):
        if await served.sessions() == 0:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the session is still there")


async def no_trace_in_history(page: Page, served: Served) -> bool:
    """Going back shows no chat, and no cookie is left."""
    await page.go_back()
    assert not await page.get_by_text("my secret").count()
    context: BrowserContext = page.context
    return not [cookie for cookie in await context.cookies(served.url) if cookie["value"]]


async def test_escape_announces_what_comes_and_forgets_after_a_while(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium)
    await page.keyboard.press("Escape")
    await expect(page.locator("#spoken")).to_have_text("Press Escape 2 more times to leave.")
    await page.keyboard.press("Escape")
    await expect(page.locator("#spoken")).to_have_text("Press Escape once more to leave.")
    await asyncio.sleep(2.1)
    await page.keyboard.press("Escape")
    await expect(page.locator("#spoken")).to_have_text("Press Escape 2 more times to leave.")
    assert page.url.startswith(served.url)


# Without a script


async def test_without_a_script_everything_works_by_plain_forms(served: Served, chromium: Browser) -> None:
    page = await served.open(chromium, java_script_enabled=False)
    await page.get_by_role("button", name="Trouble online").click()
    await expect(page.get_by_text("What is happening?")).to_be_visible()
    await page.get_by_label("Your message").fill("hello")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("I hear you.")).to_be_visible()
    await expect(page.get_by_text("I hear you.")).to_be_in_viewport()
    await page.locator(".languages summary").click()
    await page.get_by_role("button", name="Español").click()
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    await expect(page.get_by_role("button", name="Trouble online")).to_have_attribute("aria-pressed", "true")
