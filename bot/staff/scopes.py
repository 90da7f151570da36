"""What a token for the API may be for. Pure.

A scope only narrows: at each use the member behind the token must hold the permission as well, at that moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from bot.staff.roles import Permission, Role, may


class Scope(StrEnum):
    """One thing that a token is for."""

    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    RESULTS_READ = "results:read"


_NEEDS: dict[Scope, frozenset[Permission]] = {
    Scope.CAMPAIGNS_READ: frozenset({Permission.SEE_CAMPAIGNS}),
    Scope.CAMPAIGNS_WRITE: frozenset({Permission.PLAN_CAMPAIGNS, Permission.CANCEL_CAMPAIGNS}),
    Scope.RESULTS_READ: frozenset({Permission.SEE_CAMPAIGNS}),
}


def usable(roles: Iterable[Role]) -> tuple[Scope, ...]:
    """The scopes that are of any use to somebody with these roles, in their order."""
    held = tuple(roles)
    return tuple(scope for scope in Scope if any(may(held, permission) for permission in _NEEDS[scope]))
