"""Trials: one campaign with two texts, each for half of its people. What decides between them is said beforehand. Pure.

Who gets which is a keyed hash of campaign and person: nothing is kept of it, and nobody without the key can tell.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.messages import Language


class Metric(StrEnum):
    """What decides: the share of those it was sent to who opened help or answered, or of those who answered who were right."""

    ANSWERED = "answered"
    RIGHT = "right"
    HELP = "help"


class Variant(StrEnum):
    """``a``: the campaign's own text; ``b``: the trial's."""

    A = "a"
    B = "b"


@dataclass(frozen=True, slots=True)
class Trial:
    """The second text in each language, in small markup, and what decides."""

    texts: Mapping[Language, str]
    metric: Metric = Metric.ANSWERED

    def cleaned(self) -> Trial | None:
        """Without spaces around and empty texts; None when nothing is left."""
        texts = {language: body.replace("\r\n", "\n").strip() for language, body in self.texts.items()}
        left = {language: body for language, body in texts.items() if body}
        return replace(self, texts=left) if left else None

    def as_plain(self) -> dict[str, object]:
        """Texts only, for a hash that changes with every word, and to be stored."""
        return {"texts": dict(self.texts), "metric": self.metric.value}


def variant_of(key: bytes, campaign_id: int, pseudonym: str) -> Variant:
    """Which text a person gets: half of them each, the same one whenever it is asked."""
    digest = hmac.digest(key, f"trial:{campaign_id}:{pseudonym}".encode(), hashlib.sha256)
    return Variant.B if digest[0] & 1 else Variant.A


def trial_of(texts: Mapping[Language, str | None], metric: str | None) -> Trial | None:
    """A trial as it is stored; None: there is none."""
    written = {language: body for language, body in texts.items() if body}
    return Trial(written, Metric(metric)) if written and metric else None


def parts_of(trial: Trial | None) -> Iterator[tuple[str, str]]:
    """Each part of it as a text that can be compared."""
    if trial is not None:
        yield "trial.metric", trial.metric.value
        yield from ((f"trial.{language}", body) for language, body in sorted(trial.texts.items()))
