"""The public figures: anybody may look, in four languages, without a trace and without a load."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event
from starlette.applications import Starlette

from bot.city import City
from bot.conversation.texts import Catalogue
from bot.public import build_public
from bot.storage import Database
from bot.tips.figures import FigureBook
from bot.tips.tables import TipFiguresRow, TipRow
from tests.integration.staff.support import MovingClock

ROOT = Path(__file__).parents[3]
DUE = datetime(2026, 10, 31, 6, tzinfo=UTC)
CITY = City.load(ROOT / "city")
TEXTS = Catalogue.load(ROOT / "locales", CITY.languages)


class Site:
    """The page over HTTP, and what stands behind it."""

    def __init__(self, database: Database, city: City = CITY) -> None:
        self.database, self.clock = database, MovingClock(DUE)
        self.book = FigureBook(database, city, city.statistics_minimum, self.clock)
        app = Starlette(routes=build_public(self.book, city, self.clock, TEXTS))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://faro.test")

    async def came(self, month: int, count: int, category: str, district: str) -> None:
        at = datetime(2026, month, 10, 9, tzinfo=UTC)
        values = {"category": category, "district": district, "status": "handed_over", "urgent": False, "public_key": b"k", "details": b"s"}
        times = {"created_at": at, "updated_at": at, "first_answer_at": at + timedelta(hours=20)}
        async with self.database.begin() as session:
            session.add_all(TipRow(id=secrets.token_hex(16), locator=secrets.token_hex(4), **values, **times) for _ in range(count))

    async def page(self, query: str = "", **headers: str) -> str:
        answer = await self.http.get(f"/figures{query}", headers=headers)
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    site = Site(database)
    await site.came(5, 40, "drugs", "old_port")
    await site.came(7, 30, "drugs", "old_port")
    await site.came(8, 57, "hate", "harbour")
    await site.came(9, 4, "weapon", "harbour")
    await site.book.settle()
    yield site
    await site.http.aclose()


async def test_the_newest_quarter_is_shown_and_the_others_are_linked(site: Site) -> None:
    page = await site.page()
    assert "Q3 2026" in page and '<b class="big">91</b>' in page
    assert 'quarter=2026-Q2">Q2 2026' in page
    assert '<b class="big">40</b>' in await site.page("?quarter=2026-Q2")


async def test_small_numbers_are_hidden_and_the_page_says_so(site: Site) -> None:
    page = await site.page()
    cells = re.findall(r'<td class="number[^"]*">([^<]+)</td>', page)
    assert "hidden" in cells and "57" in cells
    assert not {"4", "34", "87"} & set(cells)
    assert "A number below 10 is hidden" in page and "What these numbers do not say" in page


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Ce que ces nombres"), ("es", "Lo que estos números"), ("it", "Che cosa questi numeri")]
)
async def test_it_speaks_the_browsers_language_and_any_other_by_a_link(site: Site, language: str, words: str) -> None:
    asked = await site.page(**{"Accept-Language": f"xx, {language}-XX;q=0.8"})
    assert words in asked and f'<html lang="{language}">' in asked
    assert await site.page(f"?lang={language}") == asked


async def test_what_comes_from_the_address_is_never_shown(site: Site) -> None:
    assert await site.page("?lang=<b>&quarter=<script>") == await site.page()


async def test_the_page_leaves_and_takes_nothing(site: Site) -> None:
    answer = await site.http.get("/figures")
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text and "<form" not in answer.text and "style=" not in answer.text
    assert answer.headers["cache-control"] == "public, max-age=3600" and answer.headers["vary"] == "Accept-Language"
    policy = answer.headers["content-security-policy"]
    assert "script-src" not in policy and "default-src 'none'" in policy
    assert (await site.http.get("/figures/static/figures.css")).status_code == 200
    assert (await site.http.post("/figures")).status_code == 405


async def test_many_looks_read_the_store_once_an_hour(site: Site) -> None:
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(site.database.engine.sync_engine, "before_cursor_execute", note)
    for query in ("", "?lang=fr", "?quarter=2026-Q2", "?quarter=x", ""):
        await site.page(query)
    first = len(statements)
    site.clock.forward(minutes=59)
    await site.page()
    assert 0 < first == len(statements)
    assert all("tip_figures" in statement for statement in statements if "SELECT" in statement)
    site.clock.forward(minutes=1)
    await site.page()
    assert len(statements) > first


async def test_a_store_that_fails_gets_a_page_all_the_same(site: Site) -> None:
    async with site.database.engine.begin() as connection:
        await connection.run_sync(TipFiguresRow.__table__.drop)  # type: ignore[attr-defined]
    answer = await site.http.get("/figures")
    assert answer.status_code == 503 and "cannot be read right now" in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_before_anything_is_counted_the_page_says_when(database: Database) -> None:
    site = Site(database)
    assert "Nothing is counted yet" in await site.page()


async def test_a_quarter_with_few_tips_shows_no_number(database: Database) -> None:
    site = Site(database)
    await site.came(7, 9, "drugs", "old_port")
    await site.book.settle()
    page = await site.page()
    assert "Fewer than 10 tips" in page and "<td" not in page


async def test_a_city_can_do_without_the_page(database: Database) -> None:
    site = Site(database, replace(CITY, public_figures=False))
    assert (await site.http.get("/figures")).status_code == 404
