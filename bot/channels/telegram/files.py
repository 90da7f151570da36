"""Files that people send: fetched only when somebody asks for them, and never above Telegram's 20 MB."""

from __future__ import annotations

from telegram.error import TelegramError

from bot.channels.telegram.api import BotApi
from bot.errors import MediaUnavailable

LARGEST = 20 * 1024 * 1024
"""Bytes that a bot may download. Source: core.telegram.org/bots/api#getfile."""


class Files:
    """Downloads by file id."""

    def __init__(self, api: BotApi) -> None:
        self._api = api

    async def fetch(self, file_id: str, size: int | None) -> bytes:
        """The file's bytes.

        Raises:
            MediaUnavailable: over 20 MB (refused without asking when the size is known), expired, or not served.
        """
        _check(size)
        try:
            found = await self._api.call("getFile", file_id=file_id)
            path = found.get("file_path") if isinstance(found, dict) else None
            if not isinstance(path, str):
                raise MediaUnavailable("Telegram gave no path for the file")
            _check(found.get("file_size"))
            data = await self._api.file(path)
        except TelegramError as error:
            raise MediaUnavailable(f"Telegram did not give the file ({type(error).__name__})") from None
        _check(len(data))
        return data


def _check(size: object) -> None:
    if isinstance(size, int) and size > LARGEST:
        raise MediaUnavailable("the file is over 20 MB")
