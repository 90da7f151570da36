"""What the actions need from the rest of Faro, as small as possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol


class TopicOf(Protocol):
    """Finds the campaign topic that a person's words name."""

    def __call__(self, text: str) -> str | None:
        """The topic's code, None when the words name none. Quick, without I/O."""


NEEDS: Mapping[str, str] = MappingProxyType(
    {
        "sextortion": "sextortion",
        "image_abuse": "image_abuse",
        "cyberbullying": "cyber",
        "trolling": "cyber",
        "cyberstalking": "cyber",
        "doxxing": "cyber",
        "hate": "hate",
        "grooming": "child",
        "scam": "scam",
        "account_takeover": "scam",
        "suicide_risk": "suicide",
        "emergency": "emergency",
        "report_crime": "police",
        "stolen_bike": "police",
    }
)
"""The helplines' need (as in ``city/helplines.yml``) that belongs to what a person told before."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that :func:`actions.builder.build_executor` hands out to the actions."""

    topic_of: TopicOf
    needs: Mapping[str, str] = field(default_factory=lambda: NEEDS)
