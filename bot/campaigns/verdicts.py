"""What becomes of a claimed delivery: what forbids it at the last moment, and when to try again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.campaigns.ledger import ATTEMPTS, Outcome
from bot.campaigns.letters import Letter
from bot.campaigns.tables import DeliveryState, OccurrenceState

_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=10)


def reason_not_to_send(letter: Letter, now: datetime) -> Outcome | None:
    """What forbids sending at the last moment, None when nothing does. Pure."""
    if letter.state is OccurrenceState.PAUSED:
        return Outcome(DeliveryState.PENDING, tried=False)
    if letter.state is not OccurrenceState.RUNNING:
        return Outcome(DeliveryState.STOPPED, "cancelled")
    if not letter.subscribed:
        return Outcome(DeliveryState.STOPPED, "unsubscribed")
    if not letter.reachable:
        return Outcome(DeliveryState.BLOCKED, "unreachable")
    if letter.expires_at <= now:
        return Outcome(DeliveryState.EXPIRED, "too_late")
    return None if letter.body else Outcome(DeliveryState.FAILED, "no_text")


def wait_before(attempt: int) -> timedelta:
    """How long to wait before the ``attempt``-th try: 5, 10, 20 … seconds, at most 10 minutes."""
    return min(_FIRST_WAIT * (1 << max(0, attempt - 2)), _LONGEST_WAIT)


def after_not_sent(attempt: int, retry_after: float, now: datetime) -> Outcome:
    """Try again later, at the channel's word if it gave one; after the last try it has failed."""
    if attempt >= ATTEMPTS:
        return Outcome(DeliveryState.FAILED, "not_sent")
    return Outcome(DeliveryState.PENDING, None, now + max(timedelta(seconds=retry_after), wait_before(attempt + 1)))


def after_uncertain(letter: Letter, attempt: int, reason: str, now: datetime) -> Outcome:
    """Sent again only where the campaign accepts that some get it twice."""
    if letter.resend_uncertain and attempt < ATTEMPTS:
        return Outcome(DeliveryState.PENDING, None, now + wait_before(attempt + 1))
    return Outcome(DeliveryState.UNCERTAIN, reason)
