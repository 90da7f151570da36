"""What a guide is once it is read: nodes that lead to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.messages import Choice

START = "start"


@dataclass(frozen=True, slots=True)
class Node:
    """One screen. ``done``, ``cannot`` and ``meaning`` name the node that the button of that name leads to."""

    name: str
    choices: tuple[Choice, ...] = ()
    done: str | None = None
    cannot: str | None = None
    meaning: str | None = None
    safety: bool = False
    """Asks "Are you safe right now?" below its text."""
    discreet: bool = False
    """Leaves no trace: nothing is kept that leads back here."""
    end: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """The help for one harm. ``need``: which helplines belong to it."""

    harm: str
    need: str
    nodes: Mapping[str, Node]

    def payload(self, node: str) -> str:
        """The button that leads to a node: ``guide:<harm>`` for the first one, else ``guide:<harm>:<node>``."""
        return payload_of(self.harm, node)

    def text_key(self, node: str) -> str:
        """The catalogue's name for a node's text."""
        return f"guide.{self.harm}.{node}.text"

    @property
    def title_key(self) -> str:
        """The catalogue's name for the guide's title."""
        return f"guide.{self.harm}.title"


def payload_of(harm: str, node: str) -> str:
    """The button that leads to a node of a guide."""
    return f"guide:{harm}" if node == START else f"guide:{harm}:{node}"
