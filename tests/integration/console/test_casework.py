"""Working on a tip in the console."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import update

from bot.staff.roles import Role
from bot.tips.tables import TipLabelRow, TipRow
from tests.integration.console.support import World

VAN = "Somebody sells bicycles out of a white van behind the market hall, always on Thursday evening."


async def test_a_day_of_work_on_one_tip(world: World) -> None:
    browser = world.browser()
    me = await browser.member(Role.MODERATOR)
    first, tip = await world.tell("drugs", VAN), await world.tell("stolen_goods", VAN)
    page = (await browser.open(f"/tips/{tip}")).text
    assert "12 of 12 marks alike" in page and "hours of duty" not in page, "nobody waits for nought hours"
    here = f"/tips/{tip}"
    for path, fields in (
        ("assign", {"to": me}),
        ("note", {"note": "Ask the <b>market</b> office.", "note_id": "ab" * 16}),
        ("labels", {"labels": "school", "free": "white van, Thursday"}),
        ("link", {"other": first}),
        ("status", {"status": "in_review"}),
        ("hold", {"until": (world.clock.now + timedelta(days=30)).date().isoformat(), "reason": "The court asked."}),
    ):
        assert (await browser.send(f"{here}/{path}", fields)).headers["location"] == f"/console{here}", path
        page = (await browser.open(here)).text
    for shown in ("Ask the &lt;b&gt;market&lt;/b&gt; office.", "School", "white van", "Linked", "The court asked.", "status (In review)"):
        assert shown in page, shown
    assert "Perhaps the same" not in page
    actions = [entry.action for entry in await world.office.audit.of(tip)]
    assert {"tip.assign", "tip.note", "tip.label", "tip.link", "tip.status", "tip.hold"} <= set(actions)
    trail = str(await world.office.audit.page(limit=500))
    assert "market" not in trail and "white van" not in trail and "court" not in trail


async def test_what_the_city_gave_up_is_still_shown_by_its_code_on_every_page(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", VAN, district="old_port")
    await browser.open(f"/tips/{tip}")
    await browser.send(f"/tips/{tip}/labels", {"labels": "school"})
    async with world.office.database.begin() as session:
        await session.execute(update(TipRow).values(category="gone_category", district="gone_district"))
        await session.execute(update(TipLabelRow).values(code="gone_label"))
    for path in ("/", "/tips", f"/tips/{tip}", f"/tips/{tip}/export"):
        answer = await browser.open(path)
        assert answer.status_code == 200, path
        assert "gone_category" in answer.text or path.endswith("export"), path
    page = (await browser.open(f"/tips/{tip}")).text
    assert "gone_district" in page and "gone_label" in page
    found = await browser.send("/tips/search", {"words": "bicycles"})
    assert "gone_category" in (await browser.open(found.headers["location"].removeprefix("/console"))).text
    await browser.open(f"/tips/{tip}")
    kept = await browser.send(f"/tips/{tip}/labels", {"labels": ["gone_label", "patrol"]})
    assert kept.status_code == 303 and "gone_label" in (await browser.open(f"/tips/{tip}")).text, "saving does not lose it"
    await browser.open(f"/tips/{tip}/export")
    package = await browser.send(f"/tips/{tip}/export", {"purpose": "police", "reason": "File 17"})
    assert package.headers["content-type"] == "application/zip"
    other = await world.tell("drugs", VAN)
    await browser.open(f"/tips/{other}")
    assert (await browser.send(f"/tips/{other}/labels", {"labels": "gone_label"})).status_code == 422, "not anew"


async def test_what_was_typed_comes_back_with_the_reason(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", VAN)
    for path, fields, words in (
        ("note", {"note": " "}, "Write something first"),
        ("labels", {"free": "x" * 41}, "A label is too long"),
        ("hold", {"until": "soon", "reason": "The court asked."}, "within 180 days"),
        ("hold", {"until": "2030-01-01", "reason": "The court asked."}, "within 180 days"),
    ):
        await browser.open(f"/tips/{tip}")
        answer = await browser.send(f"/tips/{tip}/{path}", fields)
        assert answer.status_code == 422 and words in answer.text, path
    assert "The court asked." in answer.text


async def test_a_template_fills_the_answer_in_the_tipsters_language(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", VAN, language="fr")
    page = (await browser.open(f"/tips/{tip}?template=danger_now")).text
    assert re.search(r"<textarea[^>]*>Si quelqu’un est en danger maintenant, appelle le 112\.", page)
    assert re.search(r'<textarea id="text"[^>]*></textarea>', (await browser.open(f"/tips/{tip}?template=nonsense")).text)


async def test_a_tip_is_deleted_when_two_moderators_agree(world: World) -> None:
    first, second = world.browser(), world.browser()
    await first.member(Role.MODERATOR, login="first")
    await second.member(Role.MODERATOR)
    tip = await world.tell("drugs", VAN)
    await first.open(f"/tips/{tip}")
    await first.send(f"/tips/{tip}/ask-deletion")
    page = (await first.open(f"/tips/{tip}")).text
    assert "First asks to delete it" in page and "Delete it for good" not in page
    assert (await first.send(f"/tips/{tip}/delete")).status_code == 409
    assert "Delete it for good" in (await second.open(f"/tips/{tip}")).text
    assert (await second.send(f"/tips/{tip}/delete")).headers["location"] == "/console/tips"
    assert (await second.open(f"/tips/{tip}")).status_code == 404
    page = (await second.open("/tip-deletions")).text
    assert "Two moderators agreed" in page and tip not in page
