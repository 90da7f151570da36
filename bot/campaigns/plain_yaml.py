"""The small part of YAML that people write by hand: mappings, lists and text. Made for files from strangers.

Built from the parser's events, so nothing is constructed that was not asked for: no types guessed (``No`` stays the word
"No"), no tags, no anchors and aliases (which make a small file huge), no keys written twice, bounded in size and depth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

MAXIMUM_BYTES = 128 * 1024
DEEPEST = 8
"""Levels of mappings and lists inside each other. A series with quizzes has seven."""

Path = tuple[str | int, ...]
_PARTS = (yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.MappingStartEvent)


class PlainYamlError(ValueError):
    """The text is not plain YAML. ``code``: ``too_large``, ``not_yaml``, ``not_plain`` or ``twice``; ``line`` counts from 1."""

    def __init__(self, code: str, line: int | None = None, path: Path = ()) -> None:
        super().__init__(code)
        self.code, self.line, self.path = code, line, path


@dataclass
class Document:
    """What a text holds: text, lists and mappings; and on which line each part of it stands."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)


def read(text: str) -> Document:
    """The text's only document.

    Raises:
        PlainYamlError: too large, not YAML, more than this part of YAML, or a key is written twice.
    """
    try:
        if len(text.encode()) > MAXIMUM_BYTES:
            raise PlainYamlError("too_large")
        return _document(yaml.parse(text.removeprefix("\ufeff"), Loader=yaml.CBaseLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise PlainYamlError("not_yaml", mark.line + 1 if mark else None) from None
    except UnicodeError:  # lone surrogates
        raise PlainYamlError("not_yaml") from None


def _document(events: Iterator[yaml.Event]) -> Document:
    document = Document()
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if document.lines:
                raise PlainYamlError("not_plain", _line(event))
            document.value = _value(events, next(events), (), document)
    return document


def _value(events: Iterator[yaml.Event], event: yaml.Event, path: Path, document: Document) -> Any:
    if not isinstance(event, _PARTS) or event.anchor or event.tag or len(path) > DEEPEST:
        raise PlainYamlError("not_plain", _line(event), path)
    document.lines.setdefault(path, _line(event))
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, path, document)
    if isinstance(event, yaml.SequenceStartEvent):
        return _list(events, path, document)
    return str(event.value)


def _mapping(events: Iterator[yaml.Event], path: Path, document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            raise PlainYamlError("not_plain", _line(event), path)
        here = (*path, key := _value(events, event, path, document))
        if key in found:
            raise PlainYamlError("twice", _line(event), here)
        document.lines[here] = _line(event)
        found[key] = _value(events, next(events), here, document)
    return found


def _list(events: Iterator[yaml.Event], path: Path, document: Document) -> list[Any]:
    found: list[Any] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        found.append(_value(events, event, (*path, len(found)), document))
    return found


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
