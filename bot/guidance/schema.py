"""The shape of a guide's files, as pydantic models: what may stand where, and the reason when it may not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bot.city.schema import Need


def _matching(pattern: str, hint: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} is not {hint}")
        return value

    return check


_NAME = "a name of small letters, digits and _ (at most 24), such as stop_cannot"
Name = Annotated[str, AfterValidator(_matching(r"[a-z][a-z0-9_]{0,23}", _NAME))]


class Link(NamedTuple):
    """A choice: the name of its label (None: the button names itself) and the node or payload it leads to."""

    label: str | None
    target: str

    @property
    def leaves(self) -> bool:
        """Whether it leads to something that is no node of this guide."""
        return ":" in self.target


def _links(value: Any) -> list[Link]:
    """``[me, {lines: help:lines:scam}, menu:open]`` as links; a mapping of labels to targets is read as well."""
    items = [{label: target} for label, target in value.items()] if isinstance(value, dict) else value
    if not isinstance(items, list):
        raise ValueError("must be a list, such as [me, child, {lines: help:lines:scam}]")
    return [link for item in items for link in _of_item(item)]


def _of_item(item: Any) -> Iterator[Link]:
    pairs = item.items() if isinstance(item, dict) else [(None if ":" in str(item) else item, item)]
    for label, target in pairs:
        if not isinstance(target, str) or not isinstance(label, str | None):
            raise ValueError(f"{item!r} is not a node's name or {{label: target}}; put yes and no in quotes")
        yield Link(label, target)


class _Strict(BaseModel):
    """Frozen; unknown keys and values of another type are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class NodeFile(_Strict):
    """A step: where its buttons lead."""

    choices: Annotated[list[Link], BeforeValidator(_links)] = Field(default_factory=list)
    done: Name | None = None
    cannot: Name | None = None
    meaning: Name | None = None
    safety: bool = False
    discreet: bool = False
    end: bool = False

    def targets(self) -> list[str]:
        """The nodes of this guide that a button of this one leads to."""
        named = [name for name in (self.done, self.cannot, self.meaning) if name is not None]
        return named + [link.target for link in self.choices if not link.leaves]


class StructureFile(_Strict):
    """``guides/<harm>.yml``."""

    needs: Annotated[Need, Field(strict=False)]
    nodes: Annotated[dict[Name, NodeFile], Field(min_length=1)]


class NodeTexts(_Strict):
    """What a step says, and the labels of its choices."""

    text: str
    choices: dict[str, str] = Field(default_factory=dict)


class TextsFile(BaseModel):
    """``locales/guides/<language>/<harm>.yml``: a title, and the texts of each node under the node's name."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    __pydantic_extra__: dict[str, NodeTexts]

    title: str

    @property
    def nodes(self) -> dict[str, NodeTexts]:
        """Texts by the node's name."""
        return self.__pydantic_extra__
