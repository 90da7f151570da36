"""Pictures on their way out: uploaded once for each bot, then sent by the number that Telegram gave them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from telegram import InputFile
from telegram.error import BadRequest

from bot.channels.telegram.api import BotApi
from bot.channels.telegram.pacing import Lane
from bot.channels.telegram.replies import Piece, units
from bot.channels.telegram.tables import FileRow
from bot.errors import NotSent, Refused
from bot.markup import to_plain
from bot.messages import Clock, Confirm, Picture
from bot.storage import Database, upsert

log = logging.getLogger(__name__)

LONGEST_CAPTION = 1024
"""UTF-16 units below a photo. Source: core.telegram.org/bots/api#sendphoto."""
UPLOAD_SECONDS = 60.0
_STALE = ("wrong file", "wrong remote file", "invalid file_id", "file reference", "file_reference")
"""What a refusal says when Telegram does not know a file's number (any more)."""


class Photos:
    """Sends photos. Any number of processes may; each uploads a picture at most once, and learns from the others.

    A file's number is good for one bot only, and Telegram may forget it: then the picture is uploaded again.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._uploads: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()
        self._known: dict[tuple[int, str], str] = {}

    async def send(
        self, api: BotApi, bot: int, chat: int, picture: Picture, piece: Piece, confirm: Confirm | None = None
    ) -> Any:
        """Send a picture with the piece's words and buttons below it; returns the message as Telegram tells it.

        Args:
            bot: the number of the bot that ``api`` speaks for.
            confirm: asked right before each try leaves.

        Raises:
            Refused: the words are too long for a caption, or the picture is gone.
            NotSent: the store that says what was uploaded does not answer.
            TelegramError: as Telegram says.
        """
        if units(to_plain(piece.marked)) > LONGEST_CAPTION:
            raise Refused("too long for a caption")
        message = {"confirm": confirm, "chat_id": chat, **piece.caption_arguments()}
        key = (bot, picture.digest)
        if (sent := await self._sent_by_number(api, key, message)) is not None:
            return sent
        async with self._uploads.setdefault(key, asyncio.Lock()):
            # Somebody may have uploaded it while this one waited.
            sent = await self._sent_by_number(api, key, message)
            return sent if sent is not None else await self._upload(api, key, picture, message)

    async def _sent_by_number(self, api: BotApi, key: tuple[int, str], message: Mapping[str, Any]) -> Any:
        """None: nothing was sent, because no number is known, or the known one is stale; then it is forgotten."""
        number = await self._number(key)
        if number is None:
            return None
        try:
            return await api.call("sendPhoto", Lane.BROADCAST, photo=number, **message) or {}
        except BadRequest as error:
            if not any(sign in str(error).lower() for sign in _STALE):
                raise
            log.warning("Telegram does not know a picture any more; it is uploaded again")
            await self._forget(key, number)
            return None

    async def _upload(self, api: BotApi, key: tuple[int, str], picture: Picture, message: Mapping[str, Any]) -> Any:
        if picture.fetch is None:
            raise Refused("nobody knows the picture's bytes")
        file = InputFile(await picture.fetch(), filename="picture.jpg")
        sent = await api.call("sendPhoto", Lane.BROADCAST, wait=UPLOAD_SECONDS, photo=file, **message)
        if (number := _number_in(sent)) is not None:
            await self._keep(key, number)
        return sent

    async def _number(self, key: tuple[int, str]) -> str | None:
        if key in self._known:
            return self._known[key]
        query = select(FileRow.file_id).where(FileRow.bot_id == key[0], FileRow.digest == key[1])
        try:
            async with self._database.read() as session:
                number = await session.scalar(query)
        except SQLAlchemyError as error:
            raise NotSent(f"the store failed: {type(error).__name__}", retry_after=5.0) from None
        if number is not None:
            self._known[key] = number
        return number

    async def _keep(self, key: tuple[int, str], number: str) -> None:
        """The message is out: a store that fails now only means another upload later."""
        self._known[key] = number
        try:
            async with self._database.begin() as session:
                await upsert(session, FileRow, bot_id=key[0], digest=key[1], file_id=number, uploaded_at=self._clock())
        except SQLAlchemyError as error:
            log.error("the number of a picture is not kept: %s", type(error).__name__)

    async def _forget(self, key: tuple[int, str], number: str) -> None:
        """Unless somebody has put a new number in its place."""
        if self._known.get(key) == number:
            del self._known[key]
        stale = delete(FileRow).where(FileRow.bot_id == key[0], FileRow.digest == key[1], FileRow.file_id == number)
        try:
            async with self._database.begin() as session:
                await session.execute(stale)
        except SQLAlchemyError as error:
            raise NotSent(f"the store failed: {type(error).__name__}", retry_after=5.0) from None


def _number_in(message: Any) -> str | None:
    """The number of the largest size of a photo that was sent; a server may leave it out."""
    sizes = message.get("photo") if isinstance(message, dict) else None
    number = sizes[-1].get("file_id") if isinstance(sizes, list) and sizes and isinstance(sizes[-1], dict) else None
    return number if isinstance(number, str) and number else None
