"""The catalogues: what Faro says, one file per language, with plural forms and dates by Babel (CLDR)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from babel import Locale
from babel.dates import format_date

from bot.errors import SettingsError
from bot.messages import Language

_PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})

Leaf = str | dict[str, str] | list[str]


class Catalogue:
    """Texts by language and dotted key.

    Args:
        texts: for each language its flat mapping from key to text, plural forms, or list of words.
        default: the language used where another one lacks a key (a test keeps that from happening).
    """

    def __init__(self, texts: Mapping[Language, Mapping[str, Leaf]], default: Language) -> None:
        self._texts = texts
        self._default = default
        self._locales = {language: Locale.parse(language) for language in texts}

    @classmethod
    def load(cls, folder: Path, languages: Iterable[Language]) -> Catalogue:
        """Read ``<folder>/<language>.yml`` and the guides' texts for each language; the first is the default.

        Raises:
            SettingsError: a file is missing or is not a mapping of texts.
        """
        languages = tuple(languages)
        texts = {each: read_catalogue(folder / f"{each}.yml") | read_guide_texts(folder / "guides" / each) for each in languages}
        return cls(texts, languages[0])

    def has(self, key: str) -> bool:
        """Whether the default language has this key."""
        return key in self._texts[self._default]

    def keys(self, language: Language) -> frozenset[str]:
        """All keys of a language."""
        return frozenset(self._texts[language])

    def say(self, key: str, language: Language, params: Mapping[str, Any] | None = None) -> str:
        """The text of a key with its parameters filled in; ``count`` among them chooses the plural form.

        Raises:
            KeyError: no language knows the key, or a parameter is missing: a programming error, never the person's.
        """
        leaf = self._leaf(key, language)
        if isinstance(leaf, dict):
            leaf = leaf.get(self._locales[self._known(language)].plural_form((params or {})["count"]), leaf["other"])
        if isinstance(leaf, list):
            raise KeyError(f"{key} is a list of words")
        return leaf.format_map(params or {})

    def texts(self, language: Language) -> Iterator[str]:
        """Everything that is said in a language, with its parameters not filled in."""
        for leaf in self._texts[language].values():
            yield from [leaf] if isinstance(leaf, str) else leaf.values() if isinstance(leaf, dict) else leaf

    def words(self, key: str, language: Language) -> tuple[str, ...]:
        """A list of words, such as the ways to say yes."""
        leaf = self._leaf(key, language)
        return tuple(leaf) if isinstance(leaf, list) else ()

    def day(self, value: date, language: Language) -> str:
        """A date in the language's long form."""
        return format_date(value, format="long", locale=self._locales[self._known(language)])

    def _known(self, language: Language) -> Language:
        return language if language in self._texts else self._default

    def _leaf(self, key: str, language: Language) -> Leaf:
        own = self._texts.get(language, {})
        return own[key] if key in own else self._texts[self._default][key]


def read_catalogue(path: Path) -> dict[str, Leaf]:
    """One catalogue file, flattened to dotted keys.

    Raises:
        SettingsError: the file is missing, is not YAML, or has a leaf that is not text.
    """
    flat: dict[str, Leaf] = {}
    _flatten(_mapping(path), "", flat, path)
    return flat


def read_guide_texts(folder: Path) -> dict[str, Leaf]:
    """The texts of guided help: ``<harm>.yml`` in ``folder``, flattened to ``guide.<harm>.<node>.text`` and so on.

    Raises:
        SettingsError: as :func:`read_catalogue`.
    """
    flat: dict[str, Leaf] = {}
    for path in sorted(folder.glob("*.yml")):
        _flatten(_mapping(path), f"guide.{path.stem}.", flat, path, plurals=False)
    return flat


def _mapping(path: Path) -> dict[Any, Any]:
    try:
        # The safe loader in C: with the plain one, reading all catalogues takes half a second of every start.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{path}: {error}") from error
    if not isinstance(content, dict):
        raise SettingsError(f"{path}: must be a mapping of keys to texts")
    return content


def _flatten(branch: Mapping[Any, Any], prefix: str, into: dict[str, Leaf], path: Path, plurals: bool = True) -> None:
    # A guide's step may well offer "other" beside "one": these are choices there, not plural forms.
    for name, value in branch.items():
        key = f"{prefix}{name}"
        match value:
            case str():
                into[key] = value.rstrip("\n")
            case list() if all(isinstance(word, str) for word in value):
                into[key] = value
            case dict() if plurals and value and _PLURALS.issuperset(value) and "other" in value:
                into[key] = {str(form): str(text).rstrip("\n") for form, text in value.items()}
            case dict():
                _flatten(value, f"{key}.", into, path, plurals)
            case _:
                raise SettingsError(f"{path}: {key} must be text (put it in quotes)")
