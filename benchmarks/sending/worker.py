"""A sender as a process of its own: ``python -m benchmarks.sending.worker '<Post as JSON>'``. It can be killed at any moment.

It is what ``faro run`` starts for campaigns and nothing else: clockwork, sender, Telegram messenger with its pacer, on the
real city's texts. It receives nothing, so that several may work for one bot. Prints ``ready`` when it begins.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.clockwork import Clockwork
from bot.campaigns.composing import Composer
from bot.campaigns.pictures import Pictures
from bot.campaigns.placeholders import Placeholders
from bot.campaigns.sender import Sender
from bot.channels.telegram import Limits, TelegramMessenger, Window
from bot.channels.telegram.api import BotApi
from bot.channels.telegram.pacer import Pacer
from bot.channels.telegram.photos import Photos
from bot.city import City
from bot.conversation.helplines import Helplines
from bot.conversation.rendering import Renderer, load_screens
from bot.conversation.texts import Catalogue
from bot.crypto import Keyring
from bot.messages import Channel, Pseudonym
from bot.storage import Database

LOCALES = Path(__file__).parents[2] / "locales"


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Post:
    """Where a sender works. ``rate``: messages a second that this process may send; ``data``: FARO_DATA, with the keys."""

    database: str
    city: str
    api: str
    token: str
    data: str
    rate: int

    def as_argument(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


async def main(post: Post) -> None:
    """Work until killed."""
    database = Database(post.database)
    city = City.load(Path(post.city))
    keys = Keyring.open(Path(post.data) / "keys")
    messengers = {Channel.TELEGRAM: _messenger(post, database)}
    sender = Sender(database, messengers, keys.state, _composer(city, database).compose, city, utc_now, _no_record, _never, keys.pseudonym)
    print("ready", flush=True)
    await asyncio.gather(sender.run(pause=0.05), _tick(Clockwork(database, city)))


def _composer(city: City, database: Database) -> Composer:
    catalogue = Catalogue.load(LOCALES, city.languages)
    helplines = Helplines(city, catalogue)
    renderer = Renderer(catalogue, city, helplines, load_screens())
    placeholders = Placeholders(city, helplines.crisis_lines, utc_now)
    return Composer(renderer.render, city, placeholders, Pictures(database, utc_now).ready, utc_now)


def _messenger(post: Post, database: Database) -> TelegramMessenger:
    api = BotApi(post.token, post.api, Pacer(Limits(overall=Window(post.rate, 1.0))))
    number = int(post.token.split(":")[0])
    return TelegramMessenger(lambda: (api, number), Photos(database, utc_now))


async def _tick(clockwork: Clockwork) -> None:
    while True:
        await clockwork.tick(utc_now())
        await asyncio.sleep(1.0)


async def _no_record(session: AsyncSession, action: str, subject: str) -> None:
    """There is no audit trail here."""


async def _never(pseudonym: Pseudonym) -> datetime | None:
    """Nobody talks with this process."""
    return None


if __name__ == "__main__":
    asyncio.run(main(Post(**json.loads(sys.argv[1]))))
