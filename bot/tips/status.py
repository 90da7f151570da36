"""The states of a tip, as moderators set them and tipsters read them (``receipt.status.<status>``)."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a tip stands."""

    NEW = "new"
    IN_REVIEW = "in_review"
    WAITING = "waiting"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


SETTLED = frozenset({Status.HANDED_OVER, Status.CLOSED})
"""Nobody waits for an answer any more."""
OPEN = tuple(status for status in Status if status not in SETTLED)
"""Few tips stand in these, however many there are."""
