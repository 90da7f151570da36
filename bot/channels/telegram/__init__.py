"""Telegram: updates in, replies and messages out.

An update is stored (:mod:`inbox`), taken in its chat's order (:mod:`dispatch`, :mod:`claims`), read (:mod:`updates`),
given to the conversation and answered (:mod:`answering`, :mod:`outbox`, :mod:`replies`), within Telegram's limits
(:mod:`pacing`, :mod:`pacer`). :mod:`desk` holds these together once the bot's number is known. :mod:`messenger` sends
what nobody just asked for; :mod:`channel` signs in and wires it all.
"""

import os

# python-telegram-bot's documented switch to its coming behaviour: durations are timedelta. Without it every 429 warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")

from bot.channels.telegram.channel import WEBHOOK_PATH, TelegramChannel
from bot.channels.telegram.messenger import TelegramMessenger
from bot.channels.telegram.pacing import Limits, Window
from bot.channels.telegram.state import TelegramState

__all__ = ["WEBHOOK_PATH", "Limits", "TelegramChannel", "TelegramMessenger", "TelegramState", "Window"]
