"""Titles in the reader's language: a campaign keeps the one that it was started with, and the city folder knows it in others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.campaigns.emergency_templates import Templates
from bot.campaigns.library import Library
from bot.messages import Language


class Titles:
    """What stands in the library and in the templates of emergencies, by every title it has.

    A title that somebody changed, or that two things share with different translations, is shown as it is.
    """

    def __init__(self, library: Library, templates: Templates, languages: tuple[Language, ...]) -> None:
        self._languages = languages
        self._library = library
        self._templates = templates
        self._known: dict[str, Mapping[Language, str]] | None = None

    async def read(self) -> None:
        """Look them up, once: a change in the folder needs a restart, as with the rest of it."""
        if self._known is not None:
            return
        every = [dict(one.title) for one in await self._templates.all()]
        contents = [one for item in await self._library.items() for one in (item.content, *item.episodes)]
        every += [{language: one.title_in(language) for language in self._languages} for one in contents]
        self._known = by_title(every)

    def of(self, title: str, language: Language) -> str:
        """The title in ``language``, or as it was given."""
        return (self._known or {}).get(title, {}).get(language) or title


def by_title(every: Iterable[Mapping[Language, str]]) -> dict[str, Mapping[Language, str]]:
    """Translations by each of their titles, without titles that mean two things."""
    known: dict[str, Mapping[Language, str]] = {}
    for titles in every:
        for title in titles.values():
            known[title] = titles if known.get(title, titles) == titles else {}
    return known
