"""Watches for a campaign that goes wrong: when too many of the last messages failed, it is paused before it fails for all. Pure."""

from __future__ import annotations

from collections import defaultdict, deque

from bot.campaigns.tables import DeliveryState

WINDOW = 50
"""How many of a campaign's last outcomes count."""
TOLERATED = 0.2
"""The share of errors in a full window from which on a campaign is paused; as many errors count before it is full."""

_ERRORS = (DeliveryState.FAILED, DeliveryState.UNCERTAIN)
_ANSWERS = (*_ERRORS, DeliveryState.SENT, DeliveryState.BLOCKED)


class Watch:
    """The last outcomes of each campaign as one sender saw them. People who blocked the bot are answers, no errors."""

    def __init__(self) -> None:
        self._errors: defaultdict[int, deque[bool]] = defaultdict(lambda: deque(maxlen=WINDOW))

    def saw(self, campaign_id: int, state: DeliveryState) -> bool:
        """Take note of an outcome; True when it is one error too many. Then the count begins anew."""
        if state not in _ANSWERS:
            return False
        seen = self._errors[campaign_id]
        seen.append(state in _ERRORS)
        too_many = sum(seen) >= WINDOW * TOLERATED
        if too_many:
            del self._errors[campaign_id]
        return too_many
