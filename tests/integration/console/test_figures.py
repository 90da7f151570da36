"""The figures' page and its files: fixed periods, the same hidden numbers everywhere, for analysts only, in the audit trail."""

from __future__ import annotations

import csv
import io
import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader

from bot.staff.roles import Role
from bot.tips.tables import TipRow
from tests.integration.console.support import Browser, World

DUE = datetime(2026, 10, 31, 6, tzinfo=UTC)


async def came(world: World, month: int, count: int, category: str = "drugs", district: str | None = "old_port", **changes: object) -> None:
    """So many tips of a month of 2026, answered within two hours."""
    at = datetime(2026, month, 10, 9, tzinfo=UTC)
    values: dict[str, object] = {"status": "closed", "first_answer_at": at + timedelta(hours=2), **changes}
    rows = [
        TipRow(
            id=secrets.token_hex(16),
            locator=secrets.token_hex(4),
            category=category,
            district=district,
            urgent=False,
            created_at=at,
            updated_at=at,
            public_key=b"k" * 32,
            details=b"sealed",
            **values,
        )
        for _ in range(count)
    ]
    async with world.office.database.begin() as session:
        session.add_all(rows)


@pytest.fixture
async def analyst(world: World) -> Browser:
    """Signed in, with two quarters counted: 110 tips in the second, 83 in the third, 3 of them of one kind."""
    await came(world, 5, 50)
    await came(world, 6, 60, "hate", "harbour")
    await came(world, 7, 40)
    await came(world, 8, 3, "hate", "harbour")
    await came(world, 9, 40, "hate", None, first_answer_at=None, status="new")
    world.clock.now = DUE
    assert await world.services.figures.settle() == 2
    browser = world.browser()
    await browser.member(Role.ANALYST)
    return browser


def numbers(page: str) -> list[str]:
    """What the tables' cells say, in order."""
    cells = re.findall(r'<td class="figure"[^>]*>(.*?)</td>', page)
    return [re.sub(r"<[^>]+>", "", cell) for cell in cells]


async def test_the_newest_quarter_is_shown_first(analyst: Browser) -> None:
    page = (await analyst.open("/statistics")).text
    assert "Q3 2026" in page and "<b>83</b>" in page
    assert 'aria-current="page">Q3 2026' in page
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="chart"') == 5
    assert "Within 4 hours" in page


async def test_page_csv_and_pdf_show_the_same_numbers(analyst: Browser) -> None:
    page = numbers((await analyst.open("/statistics/2026-Q3")).text)
    answer = await analyst.open("/statistics/2026-Q3/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["count"] or row["mark"] for row in rows] == page
    assert "hidden" in page and "3" not in page
    assert answer.headers["content-disposition"] == 'attachment; filename="faro-tips-2026-Q3.csv"'
    document = await analyst.open("/statistics/2026-Q3/pdf")
    assert document.headers["content-type"] == "application/pdf"
    told = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(document.content)).pages).split()
    assert set(page) <= set(told)
    assert told.count("hidden") + told.count("hidden,") == page.count("hidden") + 1  # the words above the tables say it, too


async def test_a_year_adds_up_what_its_quarters_show(analyst: Browser) -> None:
    page = (await analyst.open("/statistics/2026")).text
    assert "<b>193</b>" in page
    assert "60 or more" in page
    rows = list(csv.DictReader(io.StringIO((await analyst.open("/statistics/2026/csv")).content.decode("utf-8-sig"))))
    assert {"at_least", "hidden", ""} == {row["mark"] for row in rows}


@pytest.mark.parametrize("path", ["/2026-Q4", "/2019", "/x", "/2026-Q3'/csv", "/0/pdf"])
async def test_periods_that_were_not_counted_do_not_exist(analyst: Browser, path: str) -> None:
    assert (await analyst.open(f"/statistics{path}")).status_code == 404


async def test_what_goes_on_now_is_rounded_down(world: World, analyst: Browser) -> None:
    await came(world, 10, 17, first_answer_at=None, waiting_since=DUE - timedelta(days=5))
    page = (await analyst.open("/statistics")).text
    now = page[page.index("What goes on now") :]
    assert now.count("<dd>10 or more</dd>") == 3 and "fewer than 10" in now


async def test_before_the_first_quarter_is_counted_the_page_says_when(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.ANALYST)
    page = (await browser.open("/statistics")).text
    assert "No quarter is counted yet" in page
    assert "30 days after the end of the first quarter" in page


async def test_each_look_is_in_the_audit_trail(world: World, analyst: Browser) -> None:
    for path in ("/statistics", "/statistics/2026-Q3/csv", "/statistics/2026/pdf"):
        await analyst.open(path)
    trail = [(entry.action, entry.subject) for entry in await world.office.audit.page(None, 3)]
    assert trail == [("statistics.pdf", "2026"), ("statistics.csv", "2026-Q3"), ("statistics.read", "")]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OFFICER, Role.APPROVER, Role.MODERATOR])
async def test_only_analysts_see_figures(world: World, role: Role) -> None:
    browser = world.browser()
    await browser.member(role)
    for path in ("/statistics", "/statistics/2026-Q3", "/statistics/2026-Q3/csv", "/statistics/2026-Q3/pdf"):
        assert (await browser.open(path)).status_code == 403
