"""One threshold on the confidence: below it a message counts as out of scope. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.understanding.clinc import REST

_STEPS = 100

Guess = tuple[str, float]
"""Intent and confidence."""


@dataclass(frozen=True, slots=True)
class Score:
    """Shares from 0 to 1: of messages in scope that got their intent, and of those out of scope that were caught."""

    in_scope: float
    caught: float

    def reaches(self, wanted: Score) -> bool:
        """Whether both are at least what is wanted."""
        return self.in_scope >= wanted.in_scope and self.caught >= wanted.caught


def score(intents: Sequence[str], guesses: Sequence[Guess], threshold: float) -> Score:
    """What guesses are worth at a threshold. Both kinds of message have to be there."""
    decided = [intent if confidence >= threshold else REST for intent, confidence in guesses]
    right: dict[bool, list[bool]] = {True: [], False: []}
    for intent, guess in zip(intents, decided, strict=True):
        right[intent != REST].append(intent == guess)
    return Score(*(sum(right[is_in]) / len(right[is_in]) for is_in in (True, False)))


def choose(intents: Sequence[str], guesses: Sequence[Guess], wanted: Score) -> float:
    """The threshold at which the more doubtful of the two wanted figures is the least doubtful.

    Doubt is counted in standard errors, because there are thirty times as many validation messages in scope as out of it: a margin of
    two points is safe in the one and chance in the other.
    """
    outside = sum(intent == REST for intent in intents)
    inside = len(intents) - outside

    def certainty(threshold: float) -> float:
        found = score(intents, guesses, threshold)
        return min(_errors_above(found.in_scope, wanted.in_scope, inside), _errors_above(found.caught, wanted.caught, outside))

    return max((step / _STEPS for step in range(_STEPS)), key=certainty)


def _errors_above(found: float, wanted: float, count: int) -> float:
    """How many standard errors a share found among ``count`` lies above another. One message counts as undecided, so none is ever 0."""
    spread = math.sqrt(max(found * (1 - found), 1 / (count + 1)) / count)
    return (found - wanted) / spread
