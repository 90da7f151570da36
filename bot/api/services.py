"""What the API needs of the rest of Faro, passed in by ``bot/app.py``. Nothing here leads to a tip or to a citizen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.api.once import Answers
from bot.campaigns.agenda import Agenda
from bot.campaigns.library import Library
from bot.campaigns.listing import Listing
from bot.campaigns.planning import Planner
from bot.campaigns.quiz_book import QuizBook
from bot.campaigns.result_book import ResultBook
from bot.city import City
from bot.messages import Clock, Language
from bot.staff.audit import AuditTrail
from bot.staff.tokens import Tokens
from bot.storage import Database

Translate = Callable[[str, Language, Mapping[str, Any]], str]
"""``(key, language, params) -> text`` of the console's catalogue, which has the words for a campaign's problems."""


@dataclass(frozen=True)
class Services:
    """The API's collaborators. ``languages``: those that ``translate`` knows; the first is the default."""

    tokens: Tokens
    audit: AuditTrail
    campaigns: Planner
    listing: Listing
    agenda: Agenda
    library: Library
    quizzes: QuizBook
    results: ResultBook
    answers: Answers
    database: Database
    city: City
    translate: Translate
    languages: tuple[Language, ...]
    clock: Clock
