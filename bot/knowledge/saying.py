"""Names of texts and buttons for articles: what the flow and the answers in a conversation both say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from bot.knowledge.articles import Article, sources_in_markup
from bot.knowledge.city import KnowledgeCity
from bot.markup import escape
from bot.messages import Choice, Language, Utterance

CrisisLines = Callable[[Language, datetime], str]
"""Whom to call in despair, in markup: numbers stand in no article."""

Row = tuple[Choice, ...]
_ASK = Choice("know:ask")
_MENU: Row = (Choice("menu:open"),)
_ENDS: Row = (Choice("know:open"), *_MENU)
_PERSON: Row = (Choice("help:lines"), *_MENU)


class Speech:
    """Puts articles and topics into utterances."""

    def __init__(self, city: KnowledgeCity, crisis_lines: CrisisLines) -> None:
        self._city = city
        self._crisis_lines = crisis_lines

    def article(self, article: Article, language: Language, now: datetime) -> Utterance:
        """An article with its source and date; below it the way to more."""
        part = article.texts[language]
        words = {
            "title": escape(part.title),
            "text": self.filled_in(part.text, language, now),
            "sources": sources_in_markup(article.sources),
            "day": article.checked_on,
        }
        return Utterance("know.article", words, (*self._topic_rows([article.topic], language), (_ASK,), _PERSON))

    def filled_in(self, text: str, language: Language, now: datetime) -> str:
        """The text with the city's name, its emergency number and the crisis lines in their places."""
        filled = text.replace("{city}", escape(self._city.name)).replace("{emergency}", self._city.emergency_number)
        return filled.replace("{crisis_lines}", self._crisis_lines(language, now)) if "{crisis_lines}" in filled else filled

    @staticmethod
    def title(article: Article, language: Language) -> Choice:
        """The button of an article."""
        return Choice(f"know:article:{article.slug}", article.texts[language].title, literal=True)

    def topics(self, topics: Sequence[str], language: Language) -> Utterance:
        """All topics, and asking in own words."""
        if not topics:
            return Utterance("know.empty", choices=(_MENU,))
        return Utterance("know.open", choices=((_ASK,), *self._topic_rows(topics, language), _MENU))

    def topic(self, topic: str, articles: Iterable[Article], language: Language) -> Utterance:
        """One topic's articles by title."""
        name = escape(self._city.label("article_topic", topic, language))
        return Utterance("know.topic", {"topic": name}, (*self._titles(articles, language), _ENDS))

    def asking(self) -> Utterance:
        """The next words are the question."""
        return Utterance("know.ask", choices=(_ENDS,))

    def unsure(self, articles: Iterable[Article], language: Language) -> Utterance:
        """The nearest titles to choose from."""
        return Utterance("know.unsure", choices=(*self._titles(articles, language), (Choice("know:none"),)))

    def unknown(self, topics: Sequence[str], language: Language) -> Utterance:
        """That it is not known; the nearest topics, and a person."""
        return Utterance("know.unknown", choices=(*self._topic_rows(topics, language), (_ASK,), _PERSON))

    def away(self, topics: Sequence[str], language: Language) -> Utterance:
        """That questions cannot be looked for now; the topics still can."""
        return Utterance("know.away", choices=(*self._topic_rows(topics, language), _MENU))

    def _topic_rows(self, topics: Sequence[str], language: Language) -> tuple[Row, ...]:
        """Two topics a row."""
        choices = [Choice(f"know:topic:{code}", self._city.label("article_topic", code, language), literal=True) for code in topics]
        return tuple(tuple(choices[start : start + 2]) for start in range(0, len(choices), 2))

    @staticmethod
    def _titles(articles: Iterable[Article], language: Language) -> tuple[Row, ...]:
        return tuple((Speech.title(one, language),) for one in articles)
