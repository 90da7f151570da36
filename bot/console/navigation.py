"""The console's menu: what a member may open, in one order for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.console.security import PREFIX
from bot.staff.roles import Permission

if TYPE_CHECKING:
    from bot.console.visit import Visit


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. ``key``: its text below ``nav`` in the catalogue, also its icon's name."""

    key: str
    path: str
    current: bool


_MENU: tuple[tuple[str, str, Permission | None], ...] = (
    ("home", "/", None),
    ("tips", "/tips", Permission.READ_TIPS),
    ("key", "/keys", Permission.SHARE_TIPS),
    ("clock", "/duty", Permission.SEE_DUTY),
    ("campaigns", "/campaigns", Permission.SEE_CAMPAIGNS),
    ("urgent", "/emergency", Permission.SEE_CAMPAIGNS),
    ("knowledge", "/knowledge", Permission.SEE_KNOWLEDGE),
    ("statistics", "/statistics", Permission.SEE_STATISTICS),
    ("staff", "/staff", Permission.MANAGE_STAFF),
    ("lock", "/tip-keys", Permission.MANAGE_TIP_KEYS),
    ("escrow", "/escrow", Permission.MANAGE_ESCROW),
    ("audit", "/audit", Permission.READ_AUDIT),
    ("city", "/city", Permission.SEE_CITY),
    ("account", "/account", None),
)


def entries(visit: Visit) -> list[Entry]:
    """The visitor's menu; empty until they are fully signed in."""
    session = visit.session
    if session is None or not session.complete:
        return []
    here = visit.request.url.path.removeprefix(PREFIX) or "/"
    return [
        Entry(key, path, here == path or (path != "/" and here.startswith(path + "/")))
        for key, path, permission in _MENU
        if permission is None or session.member.may(permission) or (key == "escrow" and visit.holds_share)
    ]
