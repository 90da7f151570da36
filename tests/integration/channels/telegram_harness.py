"""A Telegram channel against the emulator, with a conversation that the test writes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from bot.channels.telegram import Limits, TelegramChannel, Window
from bot.channels.telegram.news import Hear, unheard
from bot.crypto import Keyring, PrivateKey, SigningKey, SymmetricKey
from bot.messages import Command, Content, Incoming, Language, Media, Press, Reply, Text, Turn
from bot.settings import Settings
from bot.storage import Database
from tests.emulator import BotApi
from tests.emulator.server import TOKEN

Answer = Callable[[Incoming], Turn | Awaitable[Turn]]

FAST = Limits(Window(10_000, 1.0), Window(10_000, 1.0), Window(10_000, 1.0))
"""No pacing, for tests about something else."""

WORDS = {"telegram.trouble": "Something went wrong", "telegram.later": "It takes longer", "telegram.forget": "Delete this message",
         "telegram.forget_late": "Too old to delete", "telegram.swept": "All gone", "telegram.swept_partly": "{count} stay",
         "telegram.swept_nothing": "Nothing found"}  # fmt: skip


def words_of(content: Content) -> str:
    """What an echo says."""
    match content:
        case Text():
            return f"edited {content.text}" if content.edited else content.text
        case Press():
            return f"pressed {content.payload}"
        case Command():
            return f"command {content.name} {content.argument}".strip()
        case Media():
            return f"media {content.kind.value}"
        case _:
            return f"reachable {content.reachable}"


def echo(incoming: Incoming) -> Turn:
    """Answer with what came in."""
    return Turn((Reply(words_of(incoming.content)),))


class FakeConversation:
    """Remembers what it was asked; like the real one, a repeated id is answered the same and does nothing again."""

    def __init__(self, answer: Answer = echo) -> None:
        self.answer = answer
        self.asked: list[Incoming] = []
        self._turns: dict[str, Turn] = {}

    async def handle(self, incoming: Incoming) -> Turn:
        """Answer once."""
        if incoming.id not in self._turns:
            self.asked.append(incoming)
            answer = self.answer(incoming)
            self._turns[incoming.id] = answer if isinstance(answer, Turn) else await answer
        return self._turns[incoming.id]

    def words(self) -> list[str]:
        """Everything that came in."""
        return [words_of(incoming.content) for incoming in self.asked]


def keyring() -> Keyring:
    """Fresh keys."""
    state, staff = SymmetricKey.generate(), SymmetricKey.generate()
    return Keyring(secrets.token_bytes(32), state, PrivateKey.generate(), staff, SigningKey.generate())


class Bot:
    """One bot process: ``async with Bot(api, database) as bot``. ``sleep`` is sped up, so that retries are quick."""

    def __init__(
        self,
        api: BotApi,
        database: Database,
        conversation: FakeConversation | None = None,
        keys: Keyring | None = None,
        *,
        token: str = TOKEN,
        public_url: str | None = None,
        limits: Limits = FAST,
        hear: Hear = unheard,
        hurry: float = 20.0,
    ) -> None:
        self.conversation = conversation or FakeConversation()
        settings = Settings(_env_file=None, telegram_token=token, telegram_api_url=api.url, public_url=public_url)
        self.channel = TelegramChannel(
            settings,
            self.conversation,
            database,
            keys or keyring(),
            lambda: datetime.now(UTC),
            texts=lambda key, language, **params: WORDS[key].format(**params),
            commands={Language("en"): {"start": "Start"}, Language("fr"): {"start": "Commencer"}},
            hear=hear,
            limits=limits,
            sleep=lambda seconds: asyncio.sleep(seconds / hurry),
        )
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Bot:
        self._task = asyncio.create_task(self.channel.run())
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.channel.close(grace=1.0)
        if self._task is not None:
            await self._task

    async def until(self, condition: Callable[[], Any], seconds: float = 10.0) -> None:
        """Wait for something that no message shows."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 (the store has no event)
                await asyncio.sleep(0.01)

    async def dies(self) -> None:
        """End as kill -9 does: nothing is finished, nothing is tidied in the store."""
        await self.channel.close(grace=0.0)
