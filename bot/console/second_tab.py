"""Whether the change that was in somebody's way was their own, made in another tab."""

from __future__ import annotations

from datetime import timedelta

from bot.console.visit import Visit
from bot.staff.audit import AuditEntry

_LATELY = timedelta(hours=1)
_LOOKED_AT = 5
"""Newest entries about a subject; reading a tip writes one, too."""


async def done_elsewhere(visit: Visit, action: str) -> AuditEntry | None:
    """What the visitor themselves last did to the subject of this page, within an hour; None: somebody else did it, or nobody.

    Args:
        action: what they tried, such as ``campaign.approve``. Its first part says of what kind the subject is, since a campaign and
            a broadcast may have one number.
    """
    subject, family = str(visit.request.path_params.get("id", "")), action.partition(".")[0]
    if not subject:
        return None
    found = [one for one in await visit.services.audit.of(subject, _LOOKED_AT) if _changed(one, family)]
    mine = found and found[0].actor == visit.member.id and visit.services.clock() - found[0].at < _LATELY
    return found[0] if mine else None


def _changed(entry: AuditEntry, family: str) -> bool:
    return entry.action.startswith(family + ".") and not entry.action.endswith(".read")
