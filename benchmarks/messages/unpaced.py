"""``faro`` without the pacing of Telegram's limits: ``python -m benchmarks.messages.unpaced run``.

Telegram takes about 30 messages a second from a bot and one a second in a chat, and Faro keeps to that by waiting. Here
the question is how fast Faro is, so both ends leave the limits out: the emulator does not refuse, and the pacer, which
still sees every message, has windows that never fill. Nothing else differs from ``faro run``.
"""

from __future__ import annotations

from functools import partial

from bot.channels.telegram import pacer
from bot.channels.telegram.pacing import Limits, Window
from bot.cli import main

ENDLESS = Window(10**9, 0.001)

if __name__ == "__main__":
    pacer.Limits = partial(Limits, overall=ENDLESS, chat=ENDLESS, group=ENDLESS)  # type: ignore[attr-defined,assignment]
    main()
