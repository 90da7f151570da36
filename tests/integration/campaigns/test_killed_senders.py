"""Real sender processes against the emulator, killed with kill -9: nothing twice, and what nobody can know is listed."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks.sending.office import Office
from benchmarks.sending.senders import Job, send_all
from tests.emulator import BotApi, Rate, Rates

_RATE = 300
"""Ten times what Telegram takes."""


async def test_senders_that_are_killed_send_nothing_twice_and_lose_nothing_in_silence(postgres_url: str, tmp_path: Path) -> None:
    """The whole of it, 10,000 people and 20 kills, is ``python -m benchmarks sending``."""
    rates = Rates(overall=Rate(_RATE, 1.0))
    async with Office.open(tmp_path, postgres_url) as office, BotApi(rates=rates) as telegram:
        toll, _ = await send_all(office, telegram, Job(600, senders=2, rate=_RATE, kills=2), chance=random.Random(5))
    assert (toll.duplicates, toll.disagreeing, toll.refused) == (0, 0, 0)
    assert toll.sent + toll.uncertain == 600
    assert toll.uncertain <= toll.in_flight_at_most
