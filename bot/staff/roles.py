"""Who may do what. Pure rules: a role is a set of permissions, and some roles exclude each other."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from bot.errors import Invalid


class Role(StrEnum):
    """What a member of staff is here for."""

    ADMIN = "admin"
    OFFICER = "officer"
    APPROVER = "approver"
    MODERATOR = "moderator"
    CUSTODIAN = "custodian"
    """Keeps what identifies people in tips: lifts masks, redacts, hands originals on. Does not work on tips."""
    ANALYST = "analyst"


class Permission(StrEnum):
    """One thing that the console lets somebody do."""

    MANAGE_STAFF = "manage_staff"
    SEE_DUTY = "see_duty"
    MANAGE_DUTY = "manage_duty"
    READ_AUDIT = "read_audit"
    READ_TIPS = "read_tips"
    WORK_TIPS = "work_tips"
    SHARE_TIPS = "share_tips"
    DELETE_TIPS = "delete_tips"
    MASK_TIPS = "mask_tips"
    UNMASK_TIPS = "unmask_tips"
    REDACT_TIPS = "redact_tips"
    EXPORT_TIPS = "export_tips"
    EXPORT_ORIGINALS = "export_originals"
    MANAGE_TIP_KEYS = "manage_tip_keys"
    MANAGE_ESCROW = "manage_escrow"
    SEE_CAMPAIGNS = "see_campaigns"
    PLAN_CAMPAIGNS = "plan_campaigns"
    APPROVE_CAMPAIGNS = "approve_campaigns"
    CANCEL_CAMPAIGNS = "cancel_campaigns"
    SEE_KNOWLEDGE = "see_knowledge"
    EDIT_KNOWLEDGE = "edit_knowledge"
    SEE_STATISTICS = "see_statistics"
    SEE_CITY = "see_city"


_GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(
        {
            Permission.MANAGE_STAFF,
            Permission.SEE_DUTY,
            Permission.MANAGE_DUTY,
            Permission.MANAGE_TIP_KEYS,
            Permission.MANAGE_ESCROW,
            Permission.READ_AUDIT,
            Permission.SEE_KNOWLEDGE,
            Permission.EDIT_KNOWLEDGE,
            Permission.SEE_CITY,
        }
    ),
    Role.OFFICER: frozenset(
        {
            Permission.SEE_CAMPAIGNS,
            Permission.PLAN_CAMPAIGNS,
            Permission.CANCEL_CAMPAIGNS,
            Permission.SEE_KNOWLEDGE,
            Permission.EDIT_KNOWLEDGE,
            Permission.SEE_CITY,
        }
    ),
    Role.APPROVER: frozenset(
        {
            Permission.SEE_CAMPAIGNS,
            Permission.APPROVE_CAMPAIGNS,
            Permission.CANCEL_CAMPAIGNS,
            Permission.SEE_KNOWLEDGE,
            Permission.SEE_CITY,
        }
    ),
    Role.MODERATOR: frozenset(
        {
            Permission.READ_TIPS,
            Permission.WORK_TIPS,
            Permission.SHARE_TIPS,
            Permission.DELETE_TIPS,
            Permission.MASK_TIPS,
            Permission.EXPORT_TIPS,
            Permission.SEE_DUTY,
            Permission.SEE_CITY,
        }
    ),
    Role.CUSTODIAN: frozenset(
        {
            Permission.READ_TIPS,
            Permission.SHARE_TIPS,
            Permission.MASK_TIPS,
            Permission.UNMASK_TIPS,
            Permission.REDACT_TIPS,
            Permission.EXPORT_TIPS,
            Permission.EXPORT_ORIGINALS,
            Permission.MANAGE_ESCROW,
            Permission.SEE_CITY,
        }
    ),
    Role.ANALYST: frozenset({Permission.SEE_STATISTICS, Permission.SEE_CAMPAIGNS, Permission.SEE_KNOWLEDGE, Permission.SEE_CITY}),
}

_CAMPAIGN_ROLES = frozenset({Role.OFFICER, Role.APPROVER})

READERS = frozenset(role for role, permissions in _GRANTS.items() if Permission.READ_TIPS in permissions)
"""Roles whose holders have a key of their own, to which tips are sealed."""


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything that these roles together allow."""
    return frozenset().union(*(_GRANTS[role] for role in roles))


def may(roles: Iterable[Role], permission: Permission) -> bool:
    """Whether one of ``roles`` allows ``permission``."""
    return permission in permissions_of(roles)


def check_roles(roles: Iterable[Role]) -> frozenset[Role]:
    """The roles as a set, if one person may hold them together.

    Whoever runs campaigns sees no tips: nobody is to address people by what was told in confidence. Whoever works on tips is not
    their custodian: what a mask hides from one is opened by another.

    Raises:
        Invalid: no role at all, tips and campaigns in one hand, or a moderator who would be the custodian, too.
    """
    wanted = frozenset(roles)
    if not wanted:
        raise Invalid("roles", "error.roles_missing")
    if wanted & READERS and wanted & _CAMPAIGN_ROLES:
        raise Invalid("roles", "error.roles_exclude")
    if wanted >= READERS:
        raise Invalid("roles", "error.roles_custodian")
    return wanted
