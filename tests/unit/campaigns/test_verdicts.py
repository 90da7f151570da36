"""The sender's rules: what forbids sending at the last moment, and when to try again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.campaigns.ledger import ATTEMPTS, Outcome
from bot.campaigns.letters import Letter
from bot.campaigns.tables import DeliveryState, OccurrenceState
from bot.campaigns.verdicts import after_not_sent, reason_not_to_send, wait_before
from bot.messages import Channel
from tests.unit.campaigns.kit import EN, FRIDAY_EVENING

LETTER = Letter(
    campaign_id=1,
    topic="bikes",
    language=EN,
    body="Lock it.",
    channel=Channel.TELEGRAM,
    sealed_address=b"",
    reachable=True,
    subscribed=True,
    state=OccurrenceState.RUNNING,
    expires_at=FRIDAY_EVENING + timedelta(hours=2),
    resend_uncertain=False,
)


def test_nothing_forbids_a_good_letter() -> None:
    assert reason_not_to_send(LETTER, FRIDAY_EVENING) is None


@pytest.mark.parametrize(
    ("letter", "outcome"),
    [
        (replace(LETTER, state=OccurrenceState.CANCELLED), Outcome(DeliveryState.STOPPED, "cancelled")),
        (replace(LETTER, state=OccurrenceState.PAUSED), Outcome(DeliveryState.PENDING, tried=False)),
        (replace(LETTER, subscribed=False), Outcome(DeliveryState.STOPPED, "unsubscribed")),
        (replace(LETTER, subscribed=False, reachable=None), Outcome(DeliveryState.STOPPED, "unsubscribed")),
        (replace(LETTER, reachable=False), Outcome(DeliveryState.BLOCKED, "unreachable")),
        (replace(LETTER, expires_at=FRIDAY_EVENING), Outcome(DeliveryState.EXPIRED, "too_late")),
        (replace(LETTER, body=None), Outcome(DeliveryState.FAILED, "no_text")),
    ],
)
def test_a_change_at_the_last_moment_counts(letter: Letter, outcome: Outcome) -> None:
    assert reason_not_to_send(letter, FRIDAY_EVENING) == outcome


def test_waits_double_up_to_ten_minutes() -> None:
    assert [wait_before(attempt).total_seconds() for attempt in (2, 3, 4, 5, 12)] == [5, 10, 20, 40, 600]


def test_the_channels_own_wait_is_respected() -> None:
    assert after_not_sent(1, 90, FRIDAY_EVENING).not_before == FRIDAY_EVENING + timedelta(seconds=90)
    assert after_not_sent(1, 0, FRIDAY_EVENING).not_before == FRIDAY_EVENING + timedelta(seconds=5)


def test_after_the_last_try_it_has_failed() -> None:
    assert after_not_sent(ATTEMPTS, 0, FRIDAY_EVENING) == Outcome(DeliveryState.FAILED, "not_sent")


def test_a_letter_hides_the_address() -> None:
    assert "sealed_address" not in repr(LETTER)
