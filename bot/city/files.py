"""Reading the folder's files so that nobody has to guess: every mistake as ``file: key: reason``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class _StrictLoader(yaml.CSafeLoader):
    """PyYAML's safe loader that notes keys written twice, where the plain one silently keeps the last.

    The one in C: a city has dozens of articles, and Python's own reads them ten times slower.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.duplicates: list[tuple[str, str]] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str) and key in seen:
                self.duplicates.append((key, f"is written twice (line {key_node.start_mark.line + 1})"))
            seen.add(key if isinstance(key, str) else id(key))
        return super().construct_mapping(node, deep)


class Mistakes:
    """Collects what is wrong in a folder, in the words of its reader."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.lines: list[str] = []

    def add(self, file: str, key: str, reason: str) -> None:
        """Note one mistake."""
        self.lines.append(f"{self._folder / file}: {key}: {reason}" if key else f"{self._folder / file}: {reason}")

    def read_yaml(self, file: str, model: type[Model]) -> Model | None:
        """The file as ``model``; None when it is wrong."""
        text = self._read(file)
        if text is None:
            return None
        loader = _StrictLoader(text)
        try:
            document = loader.get_single_data()
        except yaml.YAMLError as error:
            self.add(file, "", f"is not YAML: {_place_of(error)}")
            return None
        finally:
            loader.dispose()
        for key, reason in loader.duplicates:
            self.add(file, key, reason)
        return self._validate(file, model, document)

    def read_json(self, file: str) -> Any:
        """The file as JSON; None when it is wrong."""
        text = self._read(file)
        try:
            return None if text is None else json.loads(text)
        except ValueError as error:
            self.add(file, "", f"is not JSON: {error}")
            return None

    def _read(self, file: str) -> str | None:
        try:
            return (self._folder / file).read_text(encoding="utf-8")
        except FileNotFoundError:
            self.add(file, "", "is missing; the example city shows what belongs in it")
        except (OSError, UnicodeDecodeError) as error:
            self.add(file, "", f"cannot be read: {error}")
        return None

    def _validate(self, file: str, model: type[Model], document: Any) -> Model | None:
        try:
            return model.model_validate(document)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_context=False):
                self.add(file, _key(problem["loc"]), _reason(problem["type"], problem["msg"]))
            return None


def _key(location: Iterable[int | str]) -> str:
    """``("a", "b", 3)`` as ``a.b[3]``; pydantic's own mark on a mapping's key is left out."""
    key = ""
    for part in location:
        key += f"[{part}]" if isinstance(part, int) else "" if part == "[key]" else f".{part}" if key else part
    return key


def _reason(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "is not a known key; look for a spelling mistake"
    if kind == "missing":
        return "is missing"
    if kind == "string_type":
        return "must be text; put it in quotes"
    return message.removeprefix("Value error, ")


def _place_of(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"{problem} (line {mark.line + 1})" if mark else problem
