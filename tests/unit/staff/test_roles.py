"""Who may do what."""

from __future__ import annotations

import pytest

from bot.errors import Invalid
from bot.staff.roles import Permission, Role, check_roles, may

MATRIX = {
    Permission.MANAGE_STAFF: {Role.ADMIN},
    Permission.SEE_DUTY: {Role.ADMIN, Role.MODERATOR},
    Permission.MANAGE_DUTY: {Role.ADMIN},
    Permission.READ_AUDIT: {Role.ADMIN},
    Permission.READ_TIPS: {Role.MODERATOR, Role.CUSTODIAN},
    Permission.WORK_TIPS: {Role.MODERATOR},
    Permission.SHARE_TIPS: {Role.MODERATOR, Role.CUSTODIAN},
    Permission.DELETE_TIPS: {Role.MODERATOR},
    Permission.MASK_TIPS: {Role.MODERATOR, Role.CUSTODIAN},
    Permission.UNMASK_TIPS: {Role.CUSTODIAN},
    Permission.REDACT_TIPS: {Role.CUSTODIAN},
    Permission.EXPORT_TIPS: {Role.MODERATOR, Role.CUSTODIAN},
    Permission.EXPORT_ORIGINALS: {Role.CUSTODIAN},
    Permission.MANAGE_TIP_KEYS: {Role.ADMIN},
    Permission.MANAGE_ESCROW: {Role.ADMIN, Role.CUSTODIAN},
    Permission.SEE_CAMPAIGNS: {Role.OFFICER, Role.APPROVER, Role.ANALYST},
    Permission.PLAN_CAMPAIGNS: {Role.OFFICER},
    Permission.APPROVE_CAMPAIGNS: {Role.APPROVER},
    Permission.CANCEL_CAMPAIGNS: {Role.OFFICER, Role.APPROVER},
    Permission.SEE_KNOWLEDGE: {Role.ADMIN, Role.OFFICER, Role.APPROVER, Role.ANALYST},
    Permission.EDIT_KNOWLEDGE: {Role.ADMIN, Role.OFFICER},
    Permission.SEE_STATISTICS: {Role.ANALYST},
    Permission.SEE_CITY: set(Role),
}


def test_the_matrix_names_every_permission() -> None:
    assert set(MATRIX) == set(Permission)


@pytest.mark.parametrize("permission", Permission)
def test_each_permission_belongs_to_its_roles_only(permission: Permission) -> None:
    assert {role for role in Role if may([role], permission)} == MATRIX[permission]


def test_nobody_without_a_role_may_do_anything() -> None:
    assert not any(may([], permission) for permission in Permission)


@pytest.mark.parametrize("roles", [{Role.MODERATOR, Role.OFFICER}, {Role.MODERATOR, Role.APPROVER}, {Role.CUSTODIAN, Role.OFFICER}, set()])
def test_tips_and_campaigns_are_never_in_one_hand(roles: set[Role]) -> None:
    with pytest.raises(Invalid):
        check_roles(roles)


def test_a_moderator_is_not_the_custodian_of_what_moderators_mask() -> None:
    with pytest.raises(Invalid, match=r"error\.roles_custodian"):
        check_roles([Role.MODERATOR, Role.CUSTODIAN])


def test_other_roles_can_be_held_together() -> None:
    assert check_roles([Role.OFFICER, Role.APPROVER, Role.ANALYST]) == {Role.OFFICER, Role.APPROVER, Role.ANALYST}
