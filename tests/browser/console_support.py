"""The console in a real browser: a seeded world behind a loopback server, and every page with somebody who may open it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import uvicorn
from playwright.async_api import BrowserContext

from bot.campaigns.series import planned
from bot.city import ArticleText
from bot.console.security import SESSION_COOKIE
from bot.knowledge.drafts import ArticleDraft
from bot.messages import Language
from bot.staff.roles import Role
from bot.tips.status import Status
from bot.tips.vault import Reader
from tests.integration.console.support import Browser, World, open_world, picture
from tests.unit.knowledge.kit import WordEncoder

THEMES = ("light", "dark")
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 860}


@dataclass
class Seeded:
    """A world with something on every page, and the address it is served at."""

    world: World
    url: str
    tokens: dict[str, str]
    ids: dict[str, str]

    async def enter(self, context: BrowserContext, who: str) -> None:
        """Give the browser a session of this person."""
        await context.clear_cookies()
        if who in self.tokens:
            await context.add_cookies([{"name": SESSION_COOKIE, "value": self.tokens[who], "url": f"{self.url}/console"}])

    def pages(self) -> dict[str, tuple[str, str]]:
        """Each page's name with who opens it and where."""
        tip, first, waiting, sent = (self.ids[name] for name in ("tip", "draft", "submitted", "running"))
        return {
            "sign-in": ("nobody", "/sign-in"),
            "second-factor": ("half", "/second-factor"),
            "first-password": ("new", "/password"),
            "enrol": ("enrolling", "/enrol"),
            "unlock": ("moderator", "/unlock"),
            "home-admin": ("admin", "/"),
            "home-moderator": ("moderator", "/"),
            "home-officer": ("officer", "/"),
            "home-approver": ("approver", "/"),
            "duty": ("admin", "/duty"),
            "account-moderator": ("moderator", "/account"),
            "tips": ("moderator", "/tips"),
            "tips-none": ("moderator", "/tips?status=closed"),
            "tip": ("moderator", f"/tips/{tip}"),
            "tip-map": ("moderator", "/tip-map"),
            "tip-deletions": ("custodian", "/tip-deletions"),
            "tip-custodian": ("custodian", f"/tips/{tip}"),
            "tip-export": ("custodian", f"/tips/{tip}/export"),
            "keys": ("moderator", "/keys"),
            "tip-keys": ("admin", "/tip-keys"),
            "campaigns": ("officer", "/campaigns"),
            "emergencies": ("approver", "/emergency"),
            "emergency-new": ("officer", "/emergency/new/false_warning"),
            "emergency": ("officer", f"/emergency/{self.ids['emergency']}"),
            "calendar": ("officer", "/campaigns/calendar"),
            "calendar-week": ("officer", "/campaigns/calendar?view=week"),
            "calendar-list": ("approver", "/campaigns/calendar?view=list"),
            "campaign-move": ("officer", f"/campaigns/{first}/move"),
            "campaign-new": ("officer", "/campaigns/new"),
            "campaign-import": ("officer", "/campaigns/import"),
            "library": ("officer", "/campaigns/library"),
            "library-series": ("officer", "/campaigns/library/the-group-chat"),
            "library-campaign": ("approver", "/campaigns/library/the-code-they-want"),
            "campaign-edit": ("officer", f"/campaigns/{first}/edit"),
            "campaign-draft": ("officer", f"/campaigns/{first}"),
            "campaign-submitted": ("approver", f"/campaigns/{waiting}"),
            "campaign-episode": ("officer", f"/campaigns/{self.ids['episode']}"),
            "thread": ("officer", f"/threads/{self.ids['thread']}"),
            "thread-plan": ("officer", f"/threads/{self.ids['thread']}/plan"),
            "thread-walk": ("approver", f"/threads/{self.ids['thread']}/walk?said=1,0"),
            "thread-new": ("officer", "/threads/new"),
            "campaign-quiz": ("officer", f"/campaigns/{waiting}/quiz"),
            "campaign-picture": ("officer", f"/campaigns/{first}/picture"),
            "campaign-versions": ("approver", f"/campaigns/{first}/versions"),
            "campaign-version": ("officer", f"/campaigns/{first}/versions/1"),
            "campaign-running": ("officer", f"/campaigns/{sent}"),
            "campaign-results": ("analyst", f"/campaigns/{sent}/results"),
            "campaigns-compare": ("officer", "/campaigns/compare"),
            "places": ("officer", "/campaigns/places"),
            "campaign-places": ("officer", f"/campaigns/{first}/places"),
            "campaign-trial": ("officer", f"/campaigns/{first}/trial"),
            "articles": ("officer", "/knowledge"),
            "articles-none": ("approver", "/knowledge?q=xyzzyx"),
            "article": ("officer", f"/knowledge/{self.ids['article']}"),
            "article-new": ("officer", "/knowledge/new"),
            "article-edit": ("admin", f"/knowledge/{self.ids['article']}/edit"),
            "questions": ("officer", "/knowledge/questions"),
            "statistics": ("analyst", "/statistics"),
            "staff": ("admin", "/staff"),
            "staff-new": ("admin", "/staff/new"),
            "staff-member": ("admin", f"/staff/{self.ids['moderator']}"),
            "audit": ("admin", "/audit"),
            "city": ("officer", "/city"),
            "account": ("analyst", "/account"),
            "tokens": ("officer", "/account/tokens"),
            "password": ("analyst", "/password"),
            "new-app": ("analyst", "/account/second-factor"),
            "forbidden": ("analyst", "/staff"),
            "lost": ("analyst", "/nothing-here"),
        }


@asynccontextmanager
async def serve(folder: Path) -> AsyncIterator[Seeded]:
    """A seeded console on a free loopback port."""
    async with open_world(f"sqlite+aiosqlite:///{folder / 'faro.sqlite3'}", folder) as world:
        server = uvicorn.Server(uvicorn.Config(world.app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
        running = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110  uvicorn offers no event
            await asyncio.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            tokens, ids = await _people(world)
            await _tips(world, ids)
            await _campaigns(world, ids)
            await _articles(world, ids)
            yield Seeded(world, f"http://127.0.0.1:{port}", tokens, ids)
        finally:
            server.should_exit = True
            await running


async def _people(world: World) -> tuple[dict[str, str], dict[str, str]]:
    tokens, ids = {}, {}
    for role in Role:
        browser = world.browser()
        ids[role.value] = await browser.member(role, login=role.value)
        tokens[role.value] = _token(browser)
    office = world.office
    await office.member("half", Role.ANALYST)
    half = await office.sign_in.sign_in("half", "tidal-copper-wagon-noon", None, "192.0.2.8")
    _, first = await office.accounts.create(ids["admin"], "new.colleague", "New colleague", [Role.ANALYST])
    new = await office.sign_in.sign_in("new.colleague", first, None, "192.0.2.9")
    _, first = await office.accounts.create(ids["admin"], "second.new", "Another colleague", [Role.ANALYST])
    enrolling = await office.sign_in.sign_in("second.new", first, None, "192.0.2.9")
    token = await office.credentials.change_password(await office.session(enrolling.token), first, "tidal-copper-wagon-noon")
    return tokens | {"half": half.token, "new": new.token, "enrolling": token}, ids


def _token(browser: Browser) -> str:
    return str(browser.http.cookies[SESSION_COOKIE])


async def _tips(world: World, ids: dict[str, str]) -> None:
    district = world.services.city.districts[0].code
    told = (
        ("other", "There is a new painting on the wall of the sports hall.\nNobody is hurt."),
        ("stolen_goods", "Somebody sells bicycles out of a van, always on Thursday evening behind the market hall."),
        ("dangerous_place", "The light in the underpass has been broken for weeks. People run through it in the dark."),
    )
    for category, text in told:
        await world.tell(category, text, district=district)
        world.clock.forward(minutes=7)
    words, place = "Somebody in the year above showed a knife in the changing room.", "School by the old harbour, changing room"
    ids["tip"] = await world.tell("weapon", words, place=place)
    picture_tip = await world.tell("stolen_goods", "This is the van.", district=district, photo=picture())
    key = world.services.sessions.key_of((await world.services.sessions.list_of(ids["moderator"]))[0])
    assert key is not None
    reader = Reader(ids["moderator"], key)
    for tip in (ids["tip"], picture_tip):
        await world.services.tips.change_status(reader, tip, Status.IN_REVIEW)
    ids["tip"] = picture_tip
    await world.services.tips.reply(reader, picture_tip, "Thank you. Do you remember the colour of the van?")
    await world.services.moderation.masks.mask(reader, picture_tip, "the van")
    world.clock.forward(minutes=2)
    await world.office.member("late.colleague", Role.MODERATOR)


async def _campaigns(world: World, ids: dict[str, str]) -> None:
    campaigns, officer = world.services.campaigns, ids["officer"]
    texts = {
        "en": "**Somebody asks for money or pictures?**\nYou did nothing wrong. Stop answering, keep the messages,"
        " tell one adult you trust.\n[Take It Down](https://takeitdown.ncmec.org)",
        "fr": "**Quelqu’un te demande de l’argent ou des images ?**\nCe n’est pas ta faute. Ne réponds plus, garde les messages.",
        "es": "**¿Alguien te pide dinero o fotos?**\nNo es tu culpa. No respondas más y guarda los mensajes.",
        "it": "**Qualcuno ti chiede soldi o foto?**\nNon è colpa tua. Non rispondere più e conserva i messaggi.",
    }
    ids["draft"] = str((await campaigns.create(officer, world.draft("Safe at the harbour festival", {"en": texts["en"]}))).id)
    waiting = await campaigns.create(officer, world.draft("Sextortion: what to do first", texts))
    await campaigns.submit(officer, waiting.id, waiting.version)
    ids["submitted"] = str(waiting.id)
    await world.subscribe(world.services.city.topics[0], 40)
    ready = (await world.services.library.get("the-code-they-want")).episodes[0]
    sent = await campaigns.create(officer, replace(world.draft("Strong passwords in ten minutes", texts), quiz=ready.quiz))
    submitted = await campaigns.submit(officer, sent.id, sent.version)
    await campaigns.approve(ids["approver"], sent.id, submitted.content_hash)
    await world.clockwork.tick(sent.fires_at + timedelta(seconds=1))
    ids["running"] = str(sent.id)
    parts = (await world.services.library.get("the-group-chat")).content
    first = world.draft("").send_at + timedelta(days=7)
    ids["episode"] = str((await campaigns.create_series(officer, planned(parts, world.services.city, first, Language("en"))))[1].id)
    locks = (await world.services.library.get("five-locks")).content
    ids["thread"] = str((await campaigns.create_series(officer, planned(locks, world.services.city, first, Language("en"))))[0].series)
    filled = {"place": "Quai des Brumes", "shelter": "Salle des fêtes"}
    ids["emergency"] = str((await world.services.emergencies.prepare(officer, "evacuation", filled, (), "An old bomb was found")).id)
    for person in range(37):
        await world.press_answer(person, sent.id, 3 if person > 12 else 1)


async def _articles(world: World, ids: dict[str, str]) -> None:
    """One article of the folder published anew and changed again, one withdrawn, one draft; and questions that nobody answered."""
    articles, city = world.services.articles, world.services.city
    first, second = city.articles[0], city.articles[1]
    draft = ArticleDraft(first.topic, first.checked_on, first.sources, first.texts)
    published = await articles.edit(ids["officer"], first.slug, 0, draft, publish=True)
    world.clock.forward(seconds=5)
    part = replace(first.texts[city.languages[0]], questions=("does an update cost money",))
    changed = replace(draft, texts={**first.texts, city.languages[0]: part})
    await articles.edit(ids["admin"], first.slug, published.version, changed)
    await articles.hide(ids["officer"], second.slug, 0)
    begun = {city.languages[0]: ArticleText("Two locks are better", (), "")}
    await articles.create(ids["officer"], replace(draft, topic="bikes", texts=begun))
    ids["article"] = first.slug
    await world.knowledge.keeper.look()
    swimming = [f"swim in the harbour at night {end}" for end in ("alone", "is it allowed", "with friends")]
    for number, text in enumerate([*swimming, "why is the sea salty"]):
        world.knowledge.questions.note(str(number), city.languages[0], text, WordEncoder().vector(text), "words-1", ())
