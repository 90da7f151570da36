"""How many opened help from below a campaign's message. Sums only, and nobody can find out from the store who it was.

For quizzes a keyed hash on disk makes each person count once. Here there is none: whoever holds the key and the store could ask it
about everybody. That somebody has pressed is remembered in this process's memory alone, under a key that dies with it. So a
person who presses again after a restart, or in another process, counts twice; better a sum that is a little too high.
"""

from __future__ import annotations

import hashlib
import secrets

import structlog

from bot.campaigns import presses
from bot.campaigns.city import CityFacts
from bot.campaigns.groups import Event
from bot.messages import Citizen
from bot.storage import Database

log = structlog.get_logger(__name__)

MOST_REMEMBERED = 100_000
"""Presses kept in mind; beyond that the oldest are forgotten."""


class HelpPresses:
    """Counts presses on "I need help now" below campaigns' messages.

    Args:
        trial_key: the sender's: says which text of a trial a person got.
    """

    def __init__(self, database: Database, city: CityFacts, trial_key: bytes) -> None:
        self._database = database
        self._city = city
        self._trial_key = trial_key
        self._salt = secrets.token_bytes(32)
        self._seen: dict[bytes, None] = {}

    async def opened(self, citizen: Citizen, occurrence_id: int) -> None:
        """Count the person's first press. Raises nothing: help comes first, counted or not."""
        mark = hashlib.blake2b(f"{occurrence_id}:{citizen.pseudonym}".encode(), key=self._salt, digest_size=16).digest()
        if mark in self._seen:
            return
        self._remember(mark)
        try:
            async with self._database.begin() as session:
                who = await presses.receiver(session, occurrence_id, citizen, self._city.time_zone, self._trial_key)
                if who is not None:
                    await presses.add(session, who, (Event.HELP,))
        except Exception as error:
            log.error("help_press_not_counted", error=type(error).__name__)

    def _remember(self, mark: bytes) -> None:
        self._seen[mark] = None
        if len(self._seen) > MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]
