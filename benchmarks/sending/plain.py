"""The peer: a plain loop with python-telegram-bot's own AIORateLimiter, beside a bot that answers /menu.

``python -m benchmarks.sending.plain API TOKEN FIRST COUNT``: prints ``ready`` when it polls, and sends once a line comes in. It
has no ledger, no audience and no words to render: it is what one writes in ten lines.
"""

from __future__ import annotations

import asyncio
import sys

from telegram import Update
from telegram.ext import AIORateLimiter, ApplicationBuilder, CommandHandler, ContextTypes

_WORDS = "Lock your bike twice: the frame to something fixed, and the wheel. Note its number today."
_TRIES = 20


async def menu(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer."""
    if update.effective_chat is not None:
        await context.bot.send_message(update.effective_chat.id, "What can I do for you?")


async def main(api: str, token: str, first: int, count: int) -> None:
    """Poll, wait for the word, send, and go on answering until killed."""
    limiter = AIORateLimiter(max_retries=_TRIES)
    builder = ApplicationBuilder().token(token).base_url(f"{api}/bot").base_file_url(f"{api}/file/bot").rate_limiter(limiter)
    application = builder.concurrent_updates(True).build()
    application.add_handler(CommandHandler("menu", menu))
    async with application:
        assert application.updater is not None
        await application.updater.start_polling()
        await application.start()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        for number in range(first, first + count):
            await application.bot.send_message(number, _WORDS)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
