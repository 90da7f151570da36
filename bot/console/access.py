"""How a page is declared: address, view, and who may open it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from starlette.responses import Response

from bot.console.visit import Visit
from bot.staff.roles import Permission
from bot.staff.sessions import Session

View = Callable[[Visit], Awaitable[Response]]


class Access(StrEnum):
    """Who may open a page that needs no permission."""

    OPEN = "open"
    """Anyone, signed in or not."""
    ENTERING = "entering"
    """Whoever has shown a password; further steps may be due."""
    MEMBER = "member"
    """Every member who is fully signed in."""


@dataclass(frozen=True, slots=True)
class Page:
    """One method at one address.

    ``audit``: the action to write into the trail; a GET is recorded before the view runs, a POST when it succeeded.
    ``passive``: it refreshes itself and does not keep the session alive.
    ``needs_key``: it reads what is sealed, so the member's key must be unlocked first.
    ``upload``: its form brings files.
    """

    method: str
    path: str
    view: View
    access: Access | Permission
    audit: str | None = None
    passive: bool = False
    needs_key: bool = False
    upload: bool = False


def admits(access: Access | Permission, session: Session | None) -> bool:
    """Whether a page of this access may be opened in this session."""
    if access is Access.OPEN:
        return True
    if session is None or session.member.disabled:
        return False
    if access is Access.ENTERING:
        return True
    return session.complete and (access is Access.MEMBER or session.member.may(Permission(access)))


def next_step(session: Session) -> str | None:
    """The page that this session must pass before work, None when it is complete."""
    member = session.member
    if member.second_factor and not session.verified:
        return "/second-factor"
    if member.must_change_password:
        return "/password"
    return None if member.second_factor else "/enrol"
