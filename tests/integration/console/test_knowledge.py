"""Articles in the console: who may do what, what a form keeps, what people then read, and what nobody could answer."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.messages import Address, Channel, Citizen, Language, Pseudonym
from bot.staff.roles import Role
from tests.integration.console.support import Browser, World

FIELDS: dict[str, Any] = {
    "topic": "bikes",
    "checked_on": "2026-11-01",
    "sources": "Police | https://police.example/helmets",
    **{f"title_{one}": f"Helmets ({one})" for one in ("en", "fr", "es", "it")},
    **{f"questions_{one}": f"need a helmet {one}\nwhich helmet {one}" for one in ("en", "fr", "es", "it")},
    **{f"text_{one}": f"**Wear** one in {{city}}. ({one})" for one in ("en", "fr", "es", "it")},
}


@pytest.fixture
async def officer(world: World) -> Browser:
    browser = world.browser()
    await browser.member(Role.OFFICER)
    return browser


def version(browser: Browser) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.page)
    assert found
    return found[1]


async def deeds(world: World) -> list[tuple[str, str]]:
    found = await world.services.audit.page()
    return [(entry.action, entry.subject) for entry in found if entry.action.startswith(("article", "question"))]


async def test_an_officer_writes_publishes_changes_and_withdraws_an_article(world: World, officer: Browser) -> None:
    await officer.open("/knowledge/new")
    answer = await officer.send("/knowledge/new", FIELDS | {"deed": "save"})
    assert answer.headers["location"].endswith("/knowledge/helmets-en")
    await officer.open("/knowledge/helmets-en")
    assert "Draft" in officer.page and "<b>Wear</b> one in Portclair" in officer.page
    await officer.send("/knowledge/helmets-en/publish", {"version": version(officer)})
    assert "helmets-en" in world.knowledge.flow._library.articles
    await officer.open("/knowledge/helmets-en/edit")
    answer = await officer.send("/knowledge/helmets-en/edit", FIELDS | {"deed": "publish", "version": version(officer), "topic": "home"})
    assert answer.status_code == 303 and world.knowledge.flow._library.articles["helmets-en"].topic == "home"
    await officer.open("/knowledge/helmets-en")
    await officer.send("/knowledge/helmets-en/hide", {"version": version(officer)})
    assert "helmets-en" not in world.knowledge.flow._library.articles
    await officer.open("/knowledge/helmets-en")
    assert all(word in officer.page for word in ("Withdrawn", "Written", "Topic"))
    await officer.send("/knowledge/helmets-en/restore", {"version": version(officer)})
    assert "helmets-en" in world.knowledge.flow._library.articles
    names = ["create", "publish", "publish", "edit", "hide", "restore"]
    assert await deeds(world) == [(f"article.{name}", "helmets-en") for name in reversed(names)]


async def test_an_incomplete_article_comes_back_with_what_to_mend_and_nothing_is_lost(world: World, officer: Browser) -> None:
    await officer.open("/knowledge/new")
    fields = FIELDS | {"title_fr": "", "text_es": "[x](http://a.example)", "deed": "publish"}
    answer = await officer.send("/knowledge/new", fields)
    assert answer.status_code == 422
    assert "Write the title in French" in officer.page and "must start with https" in officer.page
    assert "need a helmet it" in officer.page and await deeds(world) == []
    assert (await officer.send("/knowledge/new", fields | {"deed": "save"})).status_code == 303
    await officer.open("/knowledge/helmets-en")
    assert "Before it can be published" in officer.page
    assert (await officer.send("/knowledge/helmets-en/publish", {"version": "1"})).status_code == 422


async def test_a_folders_article_is_taken_over_by_editing_it(world: World, officer: Browser) -> None:
    slug = world.services.city.articles[0].slug
    await officer.open(f"/knowledge/{slug}")
    assert "From the city folder" in officer.page and "Nobody has changed it here" in officer.page
    await officer.open(f"/knowledge/{slug}/edit")
    assert version(officer) == "0"
    await officer.send(f"/knowledge/{slug}/edit", FIELDS | {"deed": "publish", "version": "0"})
    assert world.knowledge.flow._library.articles[slug].texts[Language("en")].title == "Helmets (en)"


async def test_two_officers_at_once_lose_nothing(world: World, officer: Browser) -> None:
    await officer.open("/knowledge/new")
    await officer.send("/knowledge/new", FIELDS | {"deed": "save"})
    await officer.send("/knowledge/helmets-en/edit", FIELDS | {"deed": "save", "version": "1"})
    answer = await officer.send("/knowledge/helmets-en/edit", FIELDS | {"deed": "save", "version": "1", "text_en": "my other words"})
    assert answer.status_code == 409 and "my other words" in officer.page and "Somebody else changed this article" in officer.page


async def test_previews_show_the_text_as_people_will_see_it(officer: Browser) -> None:
    await officer.open("/knowledge/new")
    answer = await officer.send("/knowledge/preview", {"text": "**Now** in {city} <b>", "language": "fr"})
    assert answer.text == "<b>Now</b> in Portclair &lt;b&gt;"
    await officer.open("/knowledge/new")
    await officer.send("/knowledge/check", FIELDS | {"text_it": "", "article": ""})
    assert "<b>Wear</b> one in Portclair. (fr)" in officer.page and "Write the answer in Italian" in officer.page


async def test_the_list_is_searched_and_filtered(world: World, officer: Browser) -> None:
    one = next(article for article in world.services.city.articles if article.topic == "bikes")
    await officer.open(f"/knowledge?topic=bikes&q={one.slug}")
    assert f"/knowledge/{one.slug}" in officer.page
    await officer.open("/knowledge?q=xyzzyx")
    assert "No article fits" in officer.page
    world.clock.forward(days=world.services.city.article_max_age_days + 2)
    assert (await world.services.articles.list())[0].stale


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ANALYST])
async def test_others_read_and_cannot_write(world: World, role: Role) -> None:
    browser, slug = world.browser(), world.services.city.articles[0].slug
    await browser.member(role)
    assert (await browser.open("/knowledge")).status_code == 200
    assert (await browser.open(f"/knowledge/{slug}")).status_code == 200
    assert "/edit" not in browser.page
    for path in ("/knowledge/new", f"/knowledge/{slug}/edit", "/knowledge/questions"):
        assert (await browser.open(path)).status_code == 403
    await browser.open("/account")
    assert (await browser.send(f"/knowledge/{slug}/hide", {"version": "0"})).status_code == 403


async def test_moderators_have_nothing_to_do_here(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    assert (await browser.open("/knowledge")).status_code == 403


async def ask(world: World, *questions: str) -> None:
    """People ask, and nobody knows."""
    for number, text in enumerate(questions):
        address = Address(Channel.WEBCHAT, str(number))
        person = Citizen(Pseudonym(f"{number:064x}"), Language("en"), address, world.clock.now)
        await world.knowledge.flow.text(person, text, {"asking": True})


async def test_officers_see_what_nobody_could_answer_and_write_an_article_from_it(world: World, officer: Browser) -> None:
    await world.knowledge.keeper.look()
    await ask(world, *(f"qwx haunted zzb ghosts {word}" for word in ("bridge", "tower", "cellar")), "qqq alone wwz unique")
    await officer.open("/knowledge/questions")
    assert officer.page.count("qwx haunted zzb ghosts") == 3 and "unique" not in officer.page
    assert "Fewer than 10 questions" in officer.page
    found = re.search(r"/knowledge/new\?from=([0-9a-f]+)", officer.page)
    assert found
    await officer.open(f"/knowledge/new?from={found[1]}")
    assert "qwx haunted zzb ghosts tower" in officer.page
    await officer.send(f"/knowledge/questions/{found[1]}/settle")
    await officer.open("/knowledge/questions")
    assert "haunted" not in officer.page and "Nothing to show" in officer.page
    assert await deeds(world) == [("question.settle", found[1])]
