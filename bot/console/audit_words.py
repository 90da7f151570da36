"""What an entry of the audit trail adds to its deed, in the reader's words: entries keep codes, ids and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.console.visit import Visit
from bot.staff.audit import Detail

LABELS = frozenset(
    {"agreed", "asked", "attachment", "campaign", "category", "days", "digest", "email", "escrow", "failed", "files", "follows", "found",
     "from", "gone", "holders", "kept", "language", "looked", "manifest", "originals", "other", "pages", "place", "purpose", "reason",
     "roles", "scopes", "sent", "status", "stopped", "template", "tips", "to", "token", "token_id", "version", "what", "with", "words"}
)  # fmt: skip
"""What entries say; others, of a later version perhaps, are shown as they are."""

WAYS_IN = frozenset({"app", "recovery_code"})

_PEOPLE = frozenset({"to", "from", "asked", "agreed"})
_FAMILIES = {
    "roles": "role.",
    "status": "tip.status.",
    "language": "language.",
    "purpose": "case.purpose.",
    "what": "escrow.kind.",
    "with": "audit.with.",
    "scopes": "account.scope.",
}
"""How the keys of the words for a value's codes begin."""


def details(visit: Visit, detail: Detail, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each part of an entry as its name and its value. ``names``: of members, by id."""
    for key, value in detail.items():
        if value != "":
            yield (visit.say(f"audit.detail.{key}") if key in LABELS else key), _value(visit, key, value, names)


def _value(visit: Visit, key: str, value: str | int | bool, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return visit.say("audit.yes") if value else visit.say("audit.no")
    if isinstance(value, int):
        return str(value)
    if key == "category":
        return visit.say("audit.every_category") if value == "*" else visit.services.city.label("category", value, visit.language)
    if key in _PEOPLE:
        return _moment(visit, value) or names.get(value, value)
    if key not in _FAMILIES:
        return value
    return ", ".join(_worded(visit, f"{_FAMILIES[key]}{code.replace(':', '_')}", code) for code in value.split())


def _moment(visit: Visit, value: str) -> str:
    """A wall-clock time that a campaign was moved from or to; empty for what is none."""
    try:
        return visit.dates.wall(datetime.fromisoformat(value)) if "T" in value else ""
    except ValueError:
        return ""


def _worded(visit: Visit, key: str, code: str) -> str:
    try:
        return visit.say(key)
    except KeyError:
        return code
