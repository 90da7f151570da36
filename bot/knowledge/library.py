"""What citizens can read now: the folder's articles, and before them what officers published. Held in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.articles import Article
from bot.knowledge.city import KnowledgeCity
from bot.knowledge.drafts import ArticleDraft
from bot.knowledge.shelf import read_revision, read_rows, read_versions
from bot.storage import Database


class Library:
    """The articles that citizens can read; :meth:`refresh` looks whether somebody changed one."""

    def __init__(self, database: Database, city: KnowledgeCity) -> None:
        self._database = database
        self._city = city
        self._revision: int | None = None
        self._articles = _in_order({article.slug: Article.of_city(article) for article in city.articles}.values(), city)

    @property
    def articles(self) -> Mapping[str, Article]:
        """By slug, in the order of their topics."""
        return self._articles

    @property
    def topics(self) -> tuple[str, ...]:
        """Those with an article, in the city's order."""
        used = {article.topic for article in self._articles.values()}
        return tuple(topic for topic in self._city.article_topics if topic in used)

    def of_topic(self, topic: str) -> tuple[Article, ...]:
        """The articles of a topic."""
        return tuple(article for article in self._articles.values() if article.topic == topic)

    async def refresh(self) -> bool:
        """Read anew if anything changed, here or in another process; True when it did."""
        async with self._database.read() as session:
            revision = await read_revision(session)
            if revision == self._revision:
                return False
            articles = await read_live(session, self._city)
        self._articles, self._revision = articles, revision
        return True


async def read_live(session: AsyncSession, city: KnowledgeCity) -> dict[str, Article]:
    """Every article that citizens can read, by slug, in the order of the topics."""
    live = {article.slug: Article.of_city(article) for article in city.articles}
    rows = await read_rows(session)
    published = [(row.slug, row.published_version) for row in rows if row.published_version is not None and not row.hidden]
    for row in (row for row in rows if row.hidden):
        live.pop(row.slug, None)
    for (slug, _), draft in (await read_versions(session, published)).items():
        if (article := _published(slug, draft, city)) is not None:
            live[slug] = article
    return _in_order(live.values(), city)


def _published(slug: str, draft: ArticleDraft, city: KnowledgeCity) -> Article | None:
    """The article of a version; None when the city has a new language since, or gave up its topic."""
    complete = draft.checked_on is not None and set(city.languages) <= set(draft.texts) and draft.topic in city.article_topics
    return Article(slug, draft.topic, draft.checked_on, draft.sources, draft.texts) if complete and draft.checked_on else None


def _in_order(articles: Iterable[Article], city: KnowledgeCity) -> dict[str, Article]:
    order = {topic: number for number, topic in enumerate(city.article_topics)}
    return {one.slug: one for one in sorted(articles, key=lambda one: (order[one.topic], one.slug))}
