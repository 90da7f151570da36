"""Articles as citizens read them, and what of them is compared with a question. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.city import ArticleText, CityArticle, Source
from bot.markup import escape, to_plain
from bot.messages import Language

_NO_WORDS = re.compile(r"\{\w+\}| ?\((?:https?://|tel:)[^\s)]+\)")
"""Placeholders and the addresses of links."""
_LEAST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Article:
    """An article that citizens can read now, in every language of the city."""

    slug: str
    topic: str
    checked_on: date
    sources: tuple[Source, ...]
    texts: Mapping[Language, ArticleText]

    @classmethod
    def of_city(cls, article: CityArticle) -> Article:
        """The article of a file."""
        return cls(article.slug, article.topic, article.checked_on, article.sources, article.texts)


def passages_of(part: ArticleText) -> tuple[str, ...]:
    """What a question is compared with: the title, each question, each line of the text; every one once.

    A long text as a whole means a little of everything; a line of it means one thing.
    """
    lines = [_NO_WORDS.sub("", to_plain(line)).strip() for line in part.text.splitlines()]
    kept = [part.title, *part.questions, *(line for line in lines if len(line.split()) >= _LEAST_WORDS)]
    return tuple(dict.fromkeys(kept))


def is_stale(checked_on: date, today: date, days: int) -> bool:
    """Whether it was last checked more than ``days`` days ago; a date to come can only be a slip of the pen."""
    return not 0 <= (today - checked_on).days <= days


def sources_in_markup(sources: tuple[Source, ...]) -> str:
    """The sources' names, with a link where there is a safe one."""
    return " · ".join(f"[{escape(one.name)}]({one.link})" if one.link else escape(one.name) for one in sources)
