"""The pages as HTML: templates, texts and entries put together."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from bot.channels.webchat.entries import Author, Shown
from bot.city import City
from bot.markup import to_html
from bot.messages import Language


class Texts(Protocol):
    """What the pages need of the catalogue."""

    def say(self, key: str, language: Language, params: Mapping[str, Any] | None = None) -> str:
        """The text of a key; ``count`` among the parameters chooses the plural form."""


class Pages:
    """Renders pages and parts of them."""

    def __init__(self, texts: Texts, city: City) -> None:
        self._texts = texts
        self._city = city
        self._templates = Environment(
            loader=PackageLoader("bot.channels.webchat"), autoescape=True, auto_reload=False, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.filters["markup"] = lambda text: Markup(to_html(text))  # noqa: S704 - to_html escapes
        self._templates.globals.update(new_id=lambda: secrets.token_urlsafe(18), city=city)

    def chat(self, language: Language, shown: Sequence[Shown], notice: str | None = None, kept_text: str = "") -> str:
        """The whole page. ``notice`` is the key of something to say above the message box."""
        return self._render("chat.html", language, shown, notice=notice, kept_text=kept_text)

    def entries(self, language: Language, shown: Sequence[Shown]) -> str:
        """Only the entries, to be put into a page that is open."""
        return self._render("entries.html", language, shown)

    def left(self, language: Language) -> str:
        """An empty page that goes on to the city's neutral one."""
        return self._render("left.html", language, ())

    def say(self, key: str, language: Language, **params: object) -> str:
        """A text of the page itself."""
        always = {"emergency": self._city.emergency_number, "city": self._city.name}
        return self._texts.say(key, language, always | params)

    def _render(self, template: str, language: Language, shown: Sequence[Shown], **values: object) -> str:
        names = {code: self._texts.say("lang.name", code) for code in self._city.languages}
        return self._templates.get_template(template).render(
            language=language,
            languages=names,
            shown=shown,
            pressed=_pressed(shown),
            say=self._sayer(language),
            **values,
        )

    def _sayer(self, language: Language) -> Callable[..., str]:
        return lambda key, **params: self.say(f"webchat.{key}", language, **params)


def _pressed(shown: Sequence[Shown]) -> set[tuple[int, str]]:
    """Which buttons have been pressed: number of their entry, and payload.

    A press from before the session began names no entry: it belongs to the last one that showed this button.
    """
    pressed: set[tuple[int, str]] = set()
    offered: dict[str, int] = {}
    for item in shown:
        if item.entry.author is Author.PERSON and item.entry.press:
            pressed.add((item.entry.pressed_in or offered.get(item.entry.press, 0), item.entry.press))
        offered |= {button.payload: item.number for row in item.entry.buttons for button in row}
    return pressed
