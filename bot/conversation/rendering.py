"""From the name of a text to the words a person reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.city import City
from bot.conversation.helplines import Helplines
from bot.conversation.texts import Catalogue
from bot.messages import Button, Choice, Language, Reply, Utterance

Screens = dict[str, tuple[tuple[Choice, ...], ...]]


def load_screens(offers: Callable[[str], bool] = lambda payload: True) -> Screens:
    """Which buttons stand under which answer: ``screens.yml`` beside this module, without those that lead nowhere here.

    Args:
        offers: whether this Faro has what the button of a payload leads to.
    """
    raw = yaml.load((Path(__file__).parent / "screens.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    choices = {key: [[_choice(item) for item in row] for row in rows] for key, rows in raw.items()}
    shown = {key: [tuple(choice for choice in row if offers(choice.payload)) for row in rows] for key, rows in choices.items()}
    return {key: tuple(row for row in rows if row) for key, rows in shown.items()}


def _choice(item: str) -> Choice:
    button, _, answers = item.partition(" = ")
    payload, _, label = button.partition(" ")
    return Choice(payload, label, answers=answers or None)


class Renderer:
    """Turns an :class:`Utterance` into a :class:`Reply`.

    Args:
        screens: buttons by text key, used when the utterance brings none.
    """

    def __init__(self, catalogue: Catalogue, city: City, helplines: Helplines, screens: Screens) -> None:
        self._catalogue = catalogue
        self._city = city
        self._helplines = helplines
        self._screens = screens

    def render(self, utterance: Utterance, language: Language, now: datetime) -> Reply:
        """The words and buttons of an utterance in a language."""
        buttons = tuple(tuple(self._button(choice, language) for choice in row) for row in self.rows(utterance))
        return Reply(self.text(utterance, language, now), buttons, utterance.sensitive)

    def rows(self, utterance: Utterance) -> tuple[tuple[Choice, ...], ...]:
        """The buttons under an utterance: its own, else those of its screen."""
        return utterance.choices or self._screens.get(utterance.key, ())

    def text(self, utterance: Utterance, language: Language, now: datetime) -> str:
        """Only the words. A parameter may itself be an utterance, several (set apart by an empty line), or a date.

        The emergency number and the crisis lines are always the city's, whatever the parameters say.
        """
        params = {name: self._value(value, language, now) for name, value in utterance.params.items()}
        return self._catalogue.say(utterance.key, language, params | self._always(language, now))

    def label(self, choice: Choice, language: Language) -> str:
        """The words on a button: literal, by its key, or by the longest ``button.…`` key that fits its payload."""
        if choice.literal:
            return choice.label
        return self._catalogue.say(choice.label or self._label_key(choice.payload), language, self._always_short())

    def _button(self, choice: Choice, language: Language) -> Button:
        return Button(self.label(choice, language), choice.payload, choice.url)

    def _label_key(self, payload: str) -> str:
        parts = payload.split(":")
        for length in range(len(parts), 0, -1):
            key = "button." + ".".join(parts[:length])
            if self._catalogue.has(key):
                return key
        return f"intent.{parts[-1]}"

    def _value(self, value: Any, language: Language, now: datetime) -> Any:
        if isinstance(value, Utterance):
            return self.text(value, language, now)
        if isinstance(value, date):
            return self._catalogue.day(value, language)
        if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
            return "\n\n".join(str(self._value(item, language, now)) for item in value)
        return value

    def _always(self, language: Language, now: datetime) -> dict[str, Any]:
        return self._always_short() | {"crisis_lines": _Lazy(lambda: self._helplines.crisis_lines(language, now))}

    def _always_short(self) -> dict[str, Any]:
        return {"emergency": self._city.emergency_number, "city": self._city.name}


class _Lazy:
    """Computed only when a text really uses it."""

    def __init__(self, compute: Any) -> None:
        self._compute = compute

    def __format__(self, spec: str) -> str:
        return format(self._compute(), spec)
