"""Scopes narrow what a role allows, and add nothing."""

from __future__ import annotations

import pytest

from bot.staff.roles import Role
from bot.staff.scopes import Scope, usable


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MODERATOR, Role.CUSTODIAN])
def test_who_has_nothing_to_do_with_campaigns_is_offered_no_scope(role: Role) -> None:
    assert usable([role]) == ()


def test_an_analyst_reads_and_officers_and_approvers_may_also_stop_campaigns() -> None:
    assert usable([Role.ANALYST]) == (Scope.CAMPAIGNS_READ, Scope.RESULTS_READ)
    assert usable([Role.OFFICER]) == usable([Role.APPROVER]) == tuple(Scope)
