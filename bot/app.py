"""The only place that knows everything: what exists in a running Faro, and who is given to whom."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog
from rasa_sdk.executor import ActionExecutor
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.routing import BaseRoute, Router

from actions.builder import build_executor
from actions.services import Services as ActionServices
from bot.announcements import Announcements
from bot.api import Answers as ApiAnswers
from bot.api import Services as ApiServices
from bot.api import build_api
from bot.campaigns.agenda import Agenda
from bot.campaigns.clockwork import Clockwork
from bot.campaigns.composing import Composer
from bot.campaigns.date_desk import DateDesk
from bot.campaigns.emergencies import Emergencies
from bot.campaigns.emergency_templates import Templates
from bot.campaigns.help_presses import HelpPresses
from bot.campaigns.library import Library
from bot.campaigns.listing import Listing
from bot.campaigns.pictures import Pictures
from bot.campaigns.placeholders import Placeholders
from bot.campaigns.places.book import PlaceBook
from bot.campaigns.places.notices import Notices
from bot.campaigns.places.poster import Poster
from bot.campaigns.places.public import PublicComposer
from bot.campaigns.places.results import PostBook
from bot.campaigns.planning import Planner
from bot.campaigns.quiz_book import QuizBook
from bot.campaigns.quiz_flow import QuizFlow
from bot.campaigns.rehearsal import Rehearsals
from bot.campaigns.rehearsal_flow import RehearsalFlow
from bot.campaigns.result_book import ResultBook
from bot.campaigns.sender import Sender
from bot.campaigns.subscriptions import Subscriptions
from bot.campaigns.tally import Tally
from bot.campaigns.thread_desk import ThreadDesk
from bot.campaigns.thread_results import ThreadResults
from bot.campaigns.topic_words import TopicWords
from bot.campaigns.topics import TopicsFlow
from bot.campaigns.versions import Versions
from bot.campaigns.wish_screens import WishScreens
from bot.campaigns.wishes import WishBook
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.webchat import Chats, Pulse, WebchatMessenger, build_webchat, session_life
from bot.city import City
from bot.console import Services as ConsoleServices
from bot.console import build_console
from bot.conversation.conversation import COMMANDS, Conversation, Dialogue
from bot.conversation.flows import HelpFlow, LanguageFlow, MenuFlow, PrivacyFlow, SafetyFlow, SayFlow
from bot.conversation.handoff import HandoffFlow
from bot.conversation.helplines import Helplines
from bot.conversation.language import LanguageGuesser
from bot.conversation.people import People
from bot.conversation.pseudonyms import Pseudonyms
from bot.conversation.rendering import Renderer, load_screens
from bot.conversation.safety import Danger, SafetyNet
from bot.conversation.second_net import SecondNet, SecondWatch
from bot.conversation.texts import Catalogue
from bot.crypto import Keyring
from bot.escrow_news import EscrowNews
from bot.guidance import GuideFlow, read_guides
from bot.guidance.flow import KEPT
from bot.knowledge.alarm import Alarm
from bot.knowledge.embedding import Embedder
from bot.knowledge.service import Knowledge
from bot.mail import Mailer, MailServer
from bot.messages import Channel, Citizen, Clock, Flow, Language, Messenger, Pseudonym, Utterance
from bot.public import build_public
from bot.settings import Settings
from bot.staff import audit_copies
from bot.staff.audit import SYSTEM
from bot.staff.chat import StaffFlow
from bot.staff.crew import Counts, Crew
from bot.staff.herald import Herald
from bot.staff.roles import Permission
from bot.staff.service import Staff
from bot.storage import Database
from bot.tips.figures import FigureBook
from bot.tips.locators import looks_like_locator
from bot.tips.page_flow import PageFlow
from bot.tips.paging import Paging
from bot.tips.service import Tips
from bot.tips.vault import ReaderKey
from bot.tips.workload import workload
from bot.web import build_web

log = structlog.get_logger(__name__)

ROOT = Path(__file__).parent.parent
LOCALES = ROOT / "locales"
_CALLING_SECONDS = 10


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class Model(Dialogue, Embedder, Protocol):
    """What Faro needs of the dialogue model: to be understood, and what texts mean."""


class _Ear:
    """The second net as knowledge hears it."""

    def __init__(self, watch: SecondWatch) -> None:
        self._watch = watch

    async def listen(self, text: str) -> Alarm:
        return _alarm(await self._watch.look(text))


def _alarm(danger: Danger | None) -> Alarm:
    if danger is None:
        return Alarm.NONE
    return Alarm.SOFT if danger is Danger.SOFT else Alarm.ACUTE


class Faro:
    """A Faro that is put together, not yet started; ``bot/running.py`` starts it.

    Args:
        dialogue: the way to Rasa.

    Raises:
        SettingsError: a file of the city folder, a catalogue, or a key is wrong.
    """

    def __init__(self, settings: Settings, database: Database, dialogue: Model, clock: Clock = utc_now) -> None:
        self.settings, self.database, self.clock = settings, database, clock
        self.keyring = Keyring.open(settings.data / "keys")
        self.city = City.load(settings.city)
        self.catalogue = Catalogue.load(LOCALES, self.city.languages)
        self.helplines = Helplines(self.city, self.catalogue)
        self.guides = GuideFlow(read_guides(LOCALES / "guides", self.city.languages))
        self.renderer = Renderer(self.catalogue, self.city, self.helplines, load_screens(self.guides.offers))
        self.announcements = Announcements(self.renderer, settings.console_address, clock)
        self.guesser = LanguageGuesser(self.city.languages)

        self.net = SafetyNet.load(LOCALES / "safety", self.city.languages)

        self.staff = Staff.build(database, self.keyring, self.city, clock)
        self.subscriptions = Subscriptions(database, self.city, self.keyring.state, clock)
        self.planner = Planner(database, self.city, clock)
        self.pictures = Pictures(database, clock)
        self.placeholders = Placeholders(self.city, self.helplines.crisis_lines, clock)
        self.quizzes = QuizBook(database, self.keyring.pseudonym, self.city)
        self.help_presses = HelpPresses(database, self.city, self.keyring.pseudonym)
        self.clockwork = Clockwork(database, self.city)
        self.tally = Tally(database, self.city, self.keyring.pseudonym)
        self.tips = Tips.build(
            database=database,
            keyring=self.keyring,
            city=self.city,
            readers=self._readers,
            clock=clock,
            data=settings.data,
            words=LOCALES / "words",
            times=LOCALES / "times",
            page=settings.public_url,
            hear=lambda words: self._hear(words) is Alarm.ACUTE,
        )
        self.herald = Herald(self.staff.links, self.staff.reach, lambda: self.messengers, self._mailer())
        crew = (self.staff.accounts, self.staff.roster, self.staff.reach, self.staff.links, self.herald)
        self.emergency_templates = Templates(settings.city, self.city)
        self.emergencies = Emergencies(database, self.emergency_templates, self.city, self._call_approvers, clock)
        self.crew = Crew(*crew, self.city.local, self.announcements.page)
        self.paging = Paging(database, self.crew, clock)
        escrow = (self.tips.moderation.escrow_requests, self.tips.moderation.escrow, self.staff.accounts)
        self.escrow_news = EscrowNews(*escrow, self.herald, self.announcements.escrow)
        self.figures = FigureBook(database, self.city, self.city.statistics_minimum, clock)
        self.knowledge = Knowledge.build(
            database=database,
            key=self.keyring.state,
            city=self.city,
            embedder=dialogue,
            crisis_lines=self.helplines.crisis_lines,
            hear=self._hear,
            ear=_Ear(SecondWatch(dialogue, SecondNet(self.net))),
            clock=clock,
        )
        self.people = People(database, self.keyring.state, timedelta(days=self.city.retention.conversation_days))
        self.conversation = self._conversation(dialogue)

        self.chats = Chats(database, session_life(self.city))
        self.pulse = Pulse()
        self.place_notices = Notices(database, clock)
        self.telegram = self._telegram() if settings.telegram_token else None
        self.messengers = self._messengers()
        self.compose = Composer(self.renderer.render, self.city, self.placeholders, self.pictures.ready, clock).compose
        rehearsing = (self.messengers, self.compose, self.announcements.test_mark, self.keyring.pseudonym, self.city, clock)
        self.rehearsals = Rehearsals(self.staff.links.address_of, *rehearsing)
        sending = (self.messengers, self.keyring.state, self.compose, self.city, clock)
        self.sender = Sender(database, *sending, record=self._record_own_deed, talked_at=self._talked_at, trial_key=self.keyring.pseudonym)
        self._open_places()
        self.actions: ActionExecutor = build_executor(ActionServices(topic_of=TopicWords.of(self.city).topic_of))
        self.library, self.agenda = Library(settings.city, self.city), Agenda(database, self.city, clock)
        self.console_texts = Catalogue.load(LOCALES / "console", self.city.languages)
        self.api_answers = ApiAnswers(database)
        self.web = build_web(
            webchat=self._webchat(),
            console=build_console(self._console()),
            public=build_public(self.figures, self.city, clock, self.catalogue),
            api=self._api(),
            database=database,
            webhook=self.telegram.webhook if self.telegram else None,
        )

    async def purge(self) -> None:
        """Let everything go that is past its time, and count the quarters whose time has come."""
        now = self.clock()
        await self.people.purge(now)
        await self.tips.retention.purge(now)
        await self.knowledge.questions.purge()
        await self.chats.purge(now)
        await self.clockwork.purge(now)
        await self.staff.throttle.forget_old()
        await self.api_answers.purge(now)
        await self.figures.settle()
        await self.tips.moderation.escrow.settle()

    async def send_notices(self) -> None:
        """Tell tipsters who asked that there is an answer."""
        report = await self.tips.notices.run_once(self.messengers, self.announcements.notice)
        if report.uncertain or report.gone:
            log.warning("notices.lost", uncertain=report.uncertain, gone=report.gone)

    async def keep_audit_head(self) -> None:
        """Add the head of the audit trail to the file that the settings name."""
        if (file := self.settings.audit_head_file) is not None:
            await asyncio.to_thread(audit_copies.keep, file, await self.staff.audit.head())

    async def send_digests(self) -> None:
        """Tell members of staff who asked how many tips there are to work on."""
        await self.crew.send_digests(self.clock(), self._count_tips, self.announcements.digest)

    async def _count_tips(self) -> Counts:
        counts = await workload(self.database)
        return counts.new, counts.waiting

    async def _call_approvers(self, author_id: str, campaign_id: int) -> None:
        """Tell those who may confirm a broadcast that one waits. Nobody waits long for that: it stands in the console, too."""
        members = [one for one in await self.staff.accounts.list() if one.may(Permission.APPROVE_CAMPAIGNS) and not one.disabled]
        say = self.announcements.emergency
        calls = [self.herald.tell(one.id, say(one.language, campaign_id), everywhere=True) for one in members if one.id != author_id]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CALLING_SECONDS):
                await asyncio.gather(*calls, return_exceptions=True)

    async def _record_acknowledgement(self, member_id: str, tip_id: str) -> None:
        await self.staff.audit.record(member_id, "page.take", tip_id)

    async def _record_own_deed(self, session: AsyncSession, action: str, subject: str) -> None:
        await self.staff.audit.append(session, SYSTEM, action, subject)

    async def _talked_at(self, pseudonym: Pseudonym) -> datetime | None:
        """When the person last took a step in a guide about a harm."""
        until = await self.people.kept_until(pseudonym, self.guides.name)
        return until - KEPT if until else None

    def _mailer(self) -> Mailer | None:
        url, sender = self.settings.smtp_url, self.settings.mail_from
        return Mailer(MailServer.parse(url.get_secret_value()), sender) if url and sender else None

    async def _forget_notices(self, citizen: Citizen) -> None:
        await self.tips.notices.forget(citizen.address)

    async def _forget_link(self, citizen: Citizen) -> None:
        await self.staff.links.forget(citizen.address)

    def _hear(self, text: str) -> Alarm:
        finding = self.net.check(text)
        return _alarm(finding.danger if finding is not None else None)

    async def _readers(self) -> list[ReaderKey]:
        return [ReaderKey(staff_id, key) for staff_id, key in await self.staff.accounts.reader_keys()]

    def _conversation(self, dialogue: Dialogue) -> Conversation:
        flows: list[Flow] = [
            MenuFlow(),
            SayFlow(self.catalogue),
            HelpFlow(self.helplines, self.help_presses.opened),
            HandoffFlow(self.city, self.helplines),
            SafetyFlow(),
            self.guides,
            LanguageFlow(self.catalogue, self.city.languages),
            PrivacyFlow([self.subscriptions.drop_all, self._forget_notices, self._forget_link]),
            TopicsFlow(self.subscriptions, WishScreens(WishBook(self.database), self.city), self.city),
            QuizFlow(self.quizzes, self.placeholders),
            RehearsalFlow(self.planner.get, self.placeholders, self.keyring.pseudonym),
            self.tips.intake,
            self.tips.receipt,
            self.knowledge.flow,
            StaffFlow(self.staff.links),
            PageFlow(self.paging, self._record_acknowledgement),
        ]
        return Conversation(
            people=self.people,
            pseudonyms=Pseudonyms(self.keyring.pseudonym),
            net=self.net,
            guesser=self.guesser,
            catalogue=self.catalogue,
            renderer=self.renderer,
            dialogue=dialogue,
            flows=flows,
            audience=self.subscriptions,
            languages=self.city.languages,
            is_receipt=looks_like_locator,
            clock=self.clock,
            answers=self.knowledge.answers,
        )

    def _telegram(self) -> TelegramChannel:
        return TelegramChannel(
            self.settings,
            self.conversation,
            self.database,
            self.keyring,
            self.clock,
            texts=lambda key, language, **params: self.renderer.text(Utterance(key, params), language, self.clock()),
            commands={language: self._command_menu(language) for language in self.city.languages},
            hear=self.place_notices.hear,
        )

    def _open_places(self) -> None:
        """The city's channel and groups: what is said there, and who posts it."""
        board, clock = self.telegram.board if self.telegram else None, self.clock
        words = (self.renderer.render, self.placeholders, self.pictures.ready, clock)
        self.publish = PublicComposer(*words, lambda: board.link if board else None).compose
        self.poster = Poster(self.database, board, self.publish, self.place_notices, self.city, clock)
        self.posts = PostBook(self.database, board, self.place_notices, clock)
        self.places = PlaceBook(self.database, self.city)

    def _command_menu(self, language: Language) -> Mapping[str, str]:
        return {name: self.catalogue.say(f"command.{name}", language) for name in ("start", *COMMANDS, "cancel")}

    def _messengers(self) -> dict[Channel, Messenger]:
        messengers: dict[Channel, Messenger] = {Channel.WEBCHAT: WebchatMessenger(self.chats, self.pulse, self.clock)}
        if self.telegram is not None:
            messengers[Channel.TELEGRAM] = self.telegram.messenger
        return messengers

    def _webchat(self) -> Router:
        return build_webchat(
            self.conversation,
            self.chats,
            self.city,
            self.clock,
            texts=self.catalogue,
            greeting=self.conversation.greeting,
            pulse=self.pulse,
            picture=self.pictures.get,
            public_url=self.settings.public_url,
        )

    def _api(self) -> list[BaseRoute]:
        """Nothing at all unless it is asked for: who runs Faro decides whether there is a second way in."""
        if not self.settings.api:
            return []
        services = ApiServices(
            tokens=self.staff.tokens,
            audit=self.staff.audit,
            campaigns=self.planner,
            listing=Listing(self.database, self.city),
            agenda=self.agenda,
            library=self.library,
            quizzes=self.quizzes,
            results=ResultBook(self.database),
            answers=self.api_answers,
            database=self.database,
            city=self.city,
            translate=self.console_texts.say,
            languages=self.city.languages,
            clock=self.clock,
        )
        return build_api(services)

    def _console(self) -> ConsoleServices:
        return ConsoleServices(
            accounts=self.staff.accounts,
            sign_in=self.staff.sign_in,
            credentials=self.staff.credentials,
            renewal=self.staff.renewal,
            sessions=self.staff.sessions,
            audit=self.staff.audit,
            links=self.staff.links,
            reach=self.staff.reach,
            roster=self.staff.roster,
            herald=self.herald,
            paging=self.paging,
            workload=lambda: workload(self.database),
            test_page=self.announcements.test_page,
            tokens=self.staff.tokens if self.settings.api else None,
            chat=lambda: self.telegram.link if self.telegram else None,
            tips=self.tips.review,
            moderation=self.tips.moderation,
            figures=self.figures,
            campaigns=self.planner,
            agenda=self.agenda,
            date_desk=DateDesk(self.database, self.city, self.clock),
            emergencies=self.emergencies,
            emergency_templates=self.emergency_templates,
            library=self.library,
            quizzes=self.quizzes,
            results=ResultBook(self.database),
            threads=ThreadDesk(self.database, self.planner, self.city, self.clock),
            thread_results=ThreadResults(self.database, self.city, self.clock),
            pictures=self.pictures,
            versions=Versions(self.database),
            places=self.places,
            posts=self.posts,
            publish=self.publish,
            placeholders=self.placeholders,
            compose=self.compose,
            rehearsals=self.rehearsals,
            articles=self.knowledge.desk,
            wondering=self.knowledge.wondering,
            speech=self.knowledge.speech,
            city=self.city,
            translate=self.console_texts.say,
            languages=self.city.languages,
            clock=self.clock,
            public_url=self.settings.public_url,
        )


__all__ = ["ROOT", "Faro", "utc_now"]
