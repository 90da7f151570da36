"""When a campaign that goes wrong is paused."""

from __future__ import annotations

from bot.campaigns.tables import DeliveryState
from bot.campaigns.watch import Watch

SENT, FAILED, UNCERTAIN, BLOCKED = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNCERTAIN, DeliveryState.BLOCKED


def trips(*states: DeliveryState, campaign_id: int = 1) -> list[int]:
    """The numbers of the outcomes that were one too many."""
    watch = Watch()
    return [number for number, state in enumerate(states, 1) if watch.saw(campaign_id, state)]


def test_every_fifth_of_the_last_fifty_is_too_many() -> None:
    assert trips(*([SENT] * 4 + [FAILED]) * 10) == [50]


def test_a_campaign_where_everything_fails_is_paused_early() -> None:
    assert trips(*[FAILED] * 10) == trips(*[UNCERTAIN] * 10) == [10]


def test_errors_that_lie_further_back_do_not_count() -> None:
    assert trips(*[FAILED] * 9, *[SENT] * 50, *[FAILED] * 9) == []


def test_people_who_blocked_the_bot_are_no_errors_and_what_waits_is_no_answer() -> None:
    assert trips(*[BLOCKED] * 100) == trips(*[DeliveryState.PENDING, DeliveryState.EXPIRED, DeliveryState.STOPPED] * 40) == []


def test_after_a_pause_the_count_begins_anew() -> None:
    assert trips(*[FAILED] * 25) == [10, 20]


def test_campaigns_are_counted_apart() -> None:
    watch = Watch()
    assert not any(watch.saw(campaign_id, FAILED) for campaign_id in (1, 2) for _ in range(9))
