"""A console over the real services: staff, tips, campaigns and the example city, on a store that the test brings.

``World`` also plays the citizens: it tells tips and subscribes to topics.
"""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from PIL import Image, ImageDraw
from sqlalchemy import select
from starlette.applications import Starlette

from bot.campaigns.agenda import Agenda
from bot.campaigns.clockwork import Clockwork
from bot.campaigns.composing import Composer
from bot.campaigns.date_desk import DateDesk
from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.emergencies import Emergencies
from bot.campaigns.emergency_templates import Templates
from bot.campaigns.library import Library
from bot.campaigns.pictures import Pictures
from bot.campaigns.placeholders import Placeholders
from bot.campaigns.places.book import PlaceBook
from bot.campaigns.places.notices import Notices
from bot.campaigns.places.poster import Poster
from bot.campaigns.places.public import PublicComposer
from bot.campaigns.places.results import PostBook
from bot.campaigns.planning import Planner
from bot.campaigns.quiz_book import QuizBook
from bot.campaigns.rehearsal import Rehearsals
from bot.campaigns.result_book import ResultBook
from bot.campaigns.subscriptions import Subscriptions
from bot.campaigns.tables import OccurrenceRow
from bot.campaigns.thread_desk import ThreadDesk
from bot.campaigns.thread_results import ThreadResults
from bot.campaigns.versions import Versions
from bot.city import City
from bot.console import Services, build_console
from bot.conversation.helplines import Helplines
from bot.conversation.rendering import Renderer
from bot.conversation.texts import Catalogue
from bot.crypto import PrivateKey, SigningKey, SymmetricKey
from bot.knowledge.alarm import Alarm
from bot.knowledge.service import Knowledge
from bot.messages import Address, Channel, Citizen, Language, Media, MediaKind, Pseudonym, Reply
from bot.staff.crew import Crew
from bot.staff.duty import Roster
from bot.staff.herald import Herald
from bot.staff.links import Links
from bot.staff.reach import Reach
from bot.staff.roles import Role
from bot.staff.tokens import Tokens
from bot.tips.draft import Draft
from bot.tips.drafts import DraftFiles
from bot.tips.figures import FigureBook
from bot.tips.files import SealedFiles
from bot.tips.kinds import FileKind
from bot.tips.moderation import Moderation
from bot.tips.paging import Paging
from bot.tips.submission import Submission
from bot.tips.vault import ReaderKey, TipVault
from bot.tips.workload import workload
from tests.integration.campaigns.places_kit import ScriptedBoard
from tests.integration.staff.support import CHEAP, PASSWORD, MovingClock, Office, open_office
from tests.unit.campaigns.kit import ScriptedMessenger
from tests.unit.knowledge.kit import QuietEar, WordEncoder

ORIGIN = "http://faro.test"
ROOT = Path(__file__).parents[3]


@dataclass
class World:
    """Everything behind the console, and the console as an application."""

    office: Office
    services: Services
    app: Starlette
    submission: Submission
    drafts: DraftFiles
    subscriptions: Subscriptions
    clockwork: Clockwork
    knowledge: Knowledge
    messenger: ScriptedMessenger
    board: ScriptedBoard
    poster: Poster
    notices: Notices

    @property
    def clock(self) -> MovingClock:
        return self.office.clock

    async def tell(
        self,
        category: str,
        text: str,
        *,
        place: str = "",
        district: str | None = None,
        photo: bytes | None = None,
        file: Media | None = None,
        language: str = "en",
        choices: Mapping[str, str] | None = None,
    ) -> str:
        """A citizen tells a tip, with a photo or another file; returns its id."""
        draft = Draft(category=category, texts=[text], place=place, district=district, when_code="yesterday", tip_id=secrets.token_hex(16))
        draft.choices = dict(choices or {})
        draft.locator, draft.words = secrets.token_hex(4)[:8].upper(), ["a", "b", "c", "d", "e", "f"]
        file = media(photo, MediaKind.PHOTO) if photo is not None else file
        if file is not None:
            draft.files = [await self.drafts.keep(file, tuple(FileKind), self.clock.now)]
        await self.submission.send(draft, self._citizen(1, language))
        assert draft.tip_id is not None
        return draft.tip_id

    async def subscribe(self, topic: str, people: int) -> None:
        """So many people subscribe to a topic."""
        for number in range(people):
            await self.subscriptions.add(self._citizen(number), topic)

    async def press_answer(self, person: int, campaign_id: int, answer: int) -> None:
        """A citizen presses an answer of the quiz below a campaign's message."""
        async with self.office.database.read() as session:
            occurrence = (await session.scalars(select(OccurrenceRow.id).where(OccurrenceRow.campaign_id == campaign_id))).one()
        assert await self.services.quizzes.answer(self._citizen(person), occurrence, answer)

    def _citizen(self, number: int, language: str = "en") -> Citizen:
        address = Address(Channel.WEBCHAT, f"citizen-{number}")
        return Citizen(Pseudonym(f"{number:064x}"), Language(language), address, self.clock.now)

    async def campaign(self, author_id: str, title: str = "Think before you pay", *, texts: Mapping[Language, str] | None = None) -> int:
        """An officer writes a complete draft for tomorrow; returns its id."""
        return (await self.services.campaigns.create(author_id, self.draft(title, texts))).id

    def draft(self, title: str, texts: Mapping[Language, str] | None = None) -> CampaignDraft:
        """A draft without problems."""
        tomorrow = self.services.city.local(self.clock.now).replace(tzinfo=None, hour=17, minute=30) + timedelta(days=1)
        languages = self.services.city.languages
        words = texts or {language: f"**Somebody asks for money?** Call {{emergency}} ({language})." for language in languages}
        return CampaignDraft(title, self.services.city.topics[0], tomorrow, words)

    def browser(self) -> Browser:
        """A browser without script, at the console."""
        return Browser(self)


class Browser:
    """Opens pages and sends forms as a browser does, over ASGI."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(world.app, client=("192.0.2.7", 1)), base_url=ORIGIN)
        self.page = ""

    async def open(self, path: str, **options: Any) -> httpx.Response:
        """GET a page below /console."""
        answer = await self.http.get(f"/console{path}", **options)
        self.page = answer.text
        return answer

    async def send(self, path: str, fields: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """POST a form with the token of the page that is open."""
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', self.page)
        body = {"csrf": token[1] if token else "", **(fields or {})}
        sent = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"} if headers is None else dict(headers)
        answer = await self.http.post(f"/console{path}", data=body, headers=sent)
        self.page = answer.text or self.page
        return answer

    async def sign_in(self, login: str, secret: str) -> None:
        """Both steps."""
        await self.open("/sign-in")
        await self.send("/sign-in", {"login": login, "password": PASSWORD})
        await self.open("/second-factor")
        answer = await self.send("/second-factor", {"code": self.world.office.code(secret)})
        assert answer.status_code == 303, self.page
        self.world.clock.forward(seconds=30)
        await self.open("/account")

    async def member(self, *roles: Role, login: str | None = None) -> str:
        """Make a member of these roles, sign in as them; returns their id."""
        login = login or f"{roles[0].value}-{secrets.token_hex(2)}"
        member_id, secret = await self.world.office.member(login, *roles)
        await self.sign_in(login, secret)
        return member_id


@asynccontextmanager
async def open_world(
    url: str, folder: Path, *, clock: MovingClock | None = None, city: City | None = None, public_url: str | None = None
) -> AsyncIterator[World]:
    """Wire everything; closes the store at the end."""
    office = await open_office(url, clock=clock)
    city = city or example_city()
    languages = (Language("en"),)
    catalogue = Catalogue.load(ROOT / "locales" / "console", languages)
    vault, files, drafts = TipVault(cost=CHEAP), SealedFiles(folder / "files"), DraftFiles(folder / "drafts")
    knowledge = Knowledge.build(
        database=office.database,
        key=SymmetricKey(bytes(32)),
        city=city,
        embedder=WordEncoder(),
        crisis_lines=lambda language, now: "**116 123**",
        hear=lambda text: Alarm.NONE,
        ear=QuietEar(),
        clock=office.clock,
    )
    seal = SymmetricKey(bytes(32))
    pictures = Pictures(office.database, office.clock)
    placeholders = Placeholders(city, lambda language, now: "**116 123**", office.clock)
    compose = Composer(_renderer(city).render, city, placeholders, pictures.ready, office.clock).compose
    board, notices = ScriptedBoard(), Notices(office.database, office.clock)
    messenger, links = ScriptedMessenger(), Links(office.database, office.audit, seal, office.clock)

    async def readers() -> list[ReaderKey]:
        return [ReaderKey(*key) for key in await office.accounts.reader_keys()]

    reach, roster = Reach(office.database, office.audit, seal), Roster(office.database, office.audit)
    herald = Herald(links, reach, lambda: {Channel.TELEGRAM: messenger}, None)
    crew = Crew(office.accounts, roster, reach, links, herald, city.local, lambda language, token: Reply("A page"))
    templates = Templates(ROOT / "city", city)

    async def call(author: str, campaign: int) -> None:
        """Nobody in this world has a way to be reached."""

    moderation = Moderation.build(
        database=office.database,
        vault=vault,
        files=files,
        readers=readers,
        staff=seal,
        signing=SigningKey(bytes(32)),
        city=city,
        clock=office.clock,
    )
    services = Services(
        accounts=office.accounts,
        sign_in=office.sign_in,
        credentials=office.credentials,
        renewal=office.renewal,
        sessions=office.sessions,
        audit=office.audit,
        links=links,
        reach=reach,
        roster=roster,
        herald=herald,
        paging=Paging(office.database, crew, office.clock),
        workload=lambda: workload(office.database),
        test_page=lambda language: Reply("A test"),
        tokens=Tokens(office.database, office.audit, office.clock),
        chat=lambda: "https://t.me/faro_test_bot",
        tips=moderation.review,
        moderation=moderation,
        figures=FigureBook(office.database, city, city.statistics_minimum, office.clock),
        campaigns=Planner(office.database, city, office.clock),
        agenda=Agenda(office.database, city, office.clock),
        date_desk=DateDesk(office.database, city, office.clock),
        emergencies=Emergencies(office.database, templates, city, call, office.clock),
        emergency_templates=templates,
        library=Library(ROOT / "city", city),
        quizzes=QuizBook(office.database, bytes(32), city),
        results=ResultBook(office.database),
        threads=ThreadDesk(office.database, Planner(office.database, city, office.clock), city, office.clock),
        thread_results=ThreadResults(office.database, city, office.clock),
        pictures=pictures,
        versions=Versions(office.database),
        places=PlaceBook(office.database, city),
        posts=PostBook(office.database, board, notices, office.clock),
        publish=PublicComposer(_renderer(city).render, placeholders, pictures.ready, office.clock, lambda: board.link).compose,
        placeholders=placeholders,
        compose=compose,
        rehearsals=Rehearsals(links.address_of, {Channel.TELEGRAM: messenger}, compose, _mark, bytes(32), city, office.clock),
        articles=knowledge.desk,
        wondering=knowledge.wondering,
        speech=knowledge.speech,
        city=city,
        translate=catalogue.say,
        languages=languages,
        clock=office.clock,
        public_url=public_url,
    )
    notify = PrivateKey.generate().public_key
    reach = (moderation.recovery, moderation.escrow)
    submission = Submission(office.database, vault, city, readers, *reach, moderation.likeness, notify, files, drafts)
    subscriptions = Subscriptions(office.database, city, SymmetricKey(bytes(32)), office.clock)
    app = Starlette(routes=build_console(services))
    try:
        clockwork = Clockwork(office.database, city)
        poster = Poster(office.database, board, services.publish, notices, city, office.clock)
        yield World(office, services, app, submission, drafts, subscriptions, clockwork, knowledge, messenger, board, poster, notices)
    finally:
        await office.database.close()


@cache
def _citizens_texts() -> Catalogue:
    return Catalogue.load(ROOT / "locales", City.load(ROOT / "city").languages)


def _mark(language: Language) -> str:
    return f"**Test** ({language})"


def _renderer(city: City) -> Renderer:
    """As in the conversation: for what a campaign's message looks like."""
    return Renderer(_citizens_texts(), city, Helplines(city, _citizens_texts()), {})


def example_city() -> City:
    """The example city with one article for every other topic: enough to look at, quick to index."""
    city = City.load(ROOT / "city")
    one_each = {article.topic: article for article in city.articles}
    return replace(city, articles=tuple(one_each[topic] for topic in city.article_topics[1::2] if topic in one_each))


def media(data: bytes, kind: MediaKind = MediaKind.DOCUMENT, name: str = "") -> Media:
    """Something that a citizen sends."""

    async def fetch() -> bytes:
        return data

    return Media(kind, fetch=fetch, name=name)


def picture() -> bytes:
    """A small photo-like picture."""
    image = Image.new("RGB", (640, 420), "#6b7f8f")
    drawing = ImageDraw.Draw(image)
    for step in range(12):
        drawing.rectangle((step * 55, 120 + step * 11, step * 55 + 40, 400), fill=(180 - step * 9, 120, 60 + step * 14))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()
