"""What is said to Telegram once, and what the bot works without: the command menus."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from telegram import BotCommand, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from bot.channels.telegram.api import BotApi
from bot.messages import Language

log = logging.getLogger(__name__)


async def register_commands(api: BotApi, menus: Mapping[Language, Mapping[str, str]]) -> None:
    """Tell each language's menu of commands; the first one's also for everybody else."""
    for number, (language, menu) in enumerate(menus.items()):
        commands = [BotCommand(name, words) for name, words in menu.items()]
        scope = {"scope": BotCommandScopeAllPrivateChats()}
        await attempt(api, "setMyCommands", commands=commands, language_code=language, **scope)
        if number == 0:
            await attempt(api, "setMyCommands", commands=commands, **scope)


async def attempt(api: BotApi, method: str, **data: Any) -> None:
    """Something that a server may not know: the bot works without it."""
    try:
        await api.call(method, **data)
    except TelegramError as error:
        log.info("the server did not do %s (%s); going on without it", method, type(error).__name__)
