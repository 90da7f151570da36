"""What knowledge needs to know about the city. ``bot.city.City`` offers it; tests bring their own."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from bot.city import CityArticle
from bot.messages import Language


class Retention(Protocol):
    """For how long things are kept."""

    @property
    def questions_days(self) -> int:
        """Days until a question that nobody could answer is deleted."""


class KnowledgeCity(Protocol):
    """The city as knowledge sees it."""

    @property
    def name(self) -> str: ...

    @property
    def emergency_number(self) -> str: ...

    @property
    def languages(self) -> tuple[Language, ...]:
        """The first one is the default."""

    @property
    def article_topics(self) -> tuple[str, ...]:
        """In the order in which they are offered."""

    @property
    def articles(self) -> tuple[CityArticle, ...]:
        """Those of the city's folder."""

    @property
    def article_max_age_days(self) -> int:
        """Days after which an article has to be checked again."""

    @property
    def retention(self) -> Retention: ...

    def label(self, kind: Literal["article_topic"], code: str, language: Language) -> str:
        """The name of a topic. Raises KeyError for an unknown one."""

    def local(self, now: datetime) -> datetime:
        """The moment on the city's clock."""
