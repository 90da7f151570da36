"""What the console needs of the rest of Faro, passed in by ``bot/app.py``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.campaigns.agenda import Agenda
from bot.campaigns.composing import Compose
from bot.campaigns.date_desk import DateDesk
from bot.campaigns.emergencies import Emergencies
from bot.campaigns.emergency_templates import Templates
from bot.campaigns.library import Library
from bot.campaigns.pictures import Pictures
from bot.campaigns.placeholders import Placeholders
from bot.campaigns.places.book import PlaceBook
from bot.campaigns.places.public import Publish
from bot.campaigns.places.results import PostBook
from bot.campaigns.planning import Planner
from bot.campaigns.quiz_book import QuizBook
from bot.campaigns.rehearsal import Rehearsals
from bot.campaigns.result_book import ResultBook
from bot.campaigns.thread_desk import ThreadDesk
from bot.campaigns.thread_results import ThreadResults
from bot.campaigns.versions import Versions
from bot.city import City
from bot.knowledge.desk import Desk
from bot.knowledge.saying import Speech
from bot.knowledge.wondering import Wondering
from bot.messages import Clock, Language, Reply
from bot.staff.accounts import Accounts
from bot.staff.audit import AuditTrail
from bot.staff.credentials import Credentials
from bot.staff.duty import Roster
from bot.staff.herald import Herald
from bot.staff.key_renewal import KeyRenewal
from bot.staff.links import Links
from bot.staff.reach import Reach
from bot.staff.sessions import Sessions
from bot.staff.sign_in import SignIn
from bot.staff.tokens import Tokens
from bot.tips.figures import FigureBook
from bot.tips.moderation import Moderation
from bot.tips.paging import Paging
from bot.tips.review import ReviewDesk
from bot.tips.workload import Workload

Translate = Callable[[str, Language, Mapping[str, Any]], str]
"""``(key, language, params) -> text``; raises KeyError for an unknown key. ``Catalogue.say`` is one."""


@dataclass(frozen=True)
class Services:
    """The console's collaborators.

    Attributes:
        test_page: a page that tells of nothing, to try the ways to a member.
        tokens: None: the API is off.
        chat: the address that opens a chat with the bot; None: Telegram is not connected.
        languages: those that the console's catalogue has; the first is the default.
        public_url: the address that browsers use, such as ``https://faro.example``; None: whatever ``Host`` says.
    """

    accounts: Accounts
    sign_in: SignIn
    credentials: Credentials
    renewal: KeyRenewal
    sessions: Sessions
    audit: AuditTrail
    links: Links
    reach: Reach
    roster: Roster
    herald: Herald
    paging: Paging
    workload: Callable[[], Awaitable[Workload]]
    test_page: Callable[[Language], Reply]
    tokens: Tokens | None
    chat: Callable[[], str | None]
    tips: ReviewDesk
    moderation: Moderation
    figures: FigureBook
    campaigns: Planner
    agenda: Agenda
    date_desk: DateDesk
    emergencies: Emergencies
    emergency_templates: Templates
    library: Library
    quizzes: QuizBook
    results: ResultBook
    threads: ThreadDesk
    thread_results: ThreadResults
    pictures: Pictures
    versions: Versions
    places: PlaceBook
    posts: PostBook
    publish: Publish
    placeholders: Placeholders
    compose: Compose
    rehearsals: Rehearsals
    articles: Desk
    wondering: Wondering
    speech: Speech
    city: City
    translate: Translate
    languages: tuple[Language, ...]
    clock: Clock
    public_url: str | None = None
