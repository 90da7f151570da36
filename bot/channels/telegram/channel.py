"""The Telegram channel as a whole: sign in, receive, answer, stop."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.channels.telegram.answering import Answering, Conversation, Texts
from bot.channels.telegram.api import BotApi
from bot.channels.telegram.board import TelegramBoard
from bot.channels.telegram.claims import Claims, LeasedClaims, MemoryClaims
from bot.channels.telegram.desk import Desk
from bot.channels.telegram.erasing import Eraser
from bot.channels.telegram.errands import attempt, register_commands
from bot.channels.telegram.files import Files
from bot.channels.telegram.inbox import Inbox, update_id_of
from bot.channels.telegram.messenger import TelegramMessenger
from bot.channels.telegram.news import Hear, unheard
from bot.channels.telegram.outbox import Outbox
from bot.channels.telegram.pacer import Pacer
from bot.channels.telegram.pacing import Limits
from bot.channels.telegram.photos import Photos
from bot.channels.telegram.receiving import Backoff, Polling
from bot.channels.telegram.state import Phase, TelegramState
from bot.channels.telegram.sweeping import Sweeper
from bot.channels.telegram.trails import Trails
from bot.channels.telegram.updates import KINDS, Me, Reader
from bot.crypto import Keyring
from bot.errors import SettingsError
from bot.messages import Clock, Language
from bot.settings import Settings
from bot.storage import Database

log = logging.getLogger(__name__)

WEBHOOK_PATH = "/telegram/webhook"
"""Where the web server takes Telegram's calls when FARO_PUBLIC_URL is set."""

_LARGEST_BODY = 1_000_000


class TelegramChannel:
    """Telegram for one bot.

    Args:
        settings: ``telegram_token``, ``telegram_api_url`` and ``public_url`` (set: webhook, unset: polling).
        texts: words of the channel's own, by key ``telegram.…`` and language.
        commands: for each language of the city, the default first, its command menu: name and description.
        hear: told what happens to groups and channels that the bot is in.
        limits: what this process may send; give each of N processes a part.
        sleep: waits; passed in so that tests need not.

    Raises:
        SettingsError: there is no token.
    """

    def __init__(
        self,
        settings: Settings,
        conversation: Conversation,
        database: Database,
        keyring: Keyring,
        clock: Clock,
        *,
        texts: Texts,
        commands: Mapping[Language, Mapping[str, str]],
        hear: Hear = unheard,
        limits: Limits | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if settings.telegram_token is None:
            raise SettingsError("TELEGRAM_TOKEN is not set")
        self._token = settings.telegram_token.get_secret_value().strip()
        self._public_url = settings.public_url
        self._conversation = conversation
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._texts = texts
        self._commands = commands
        self._hear = hear
        self._sleep = sleep
        self._pacer = Pacer(limits, sleep=sleep)
        self._api = BotApi(self._token, settings.telegram_api_url, self._pacer)
        self._outbox = Outbox(self._api, sleep=sleep)
        self._phase = Phase.STARTING
        self._me: Me | None = None
        self._desk: Desk | None = None
        self._main: asyncio.Task[None] | None = None
        self._errands: set[asyncio.Task[Any]] = set()
        photos = Photos(database, clock)
        self.messenger = TelegramMessenger(lambda: (self._api, self._me.id) if self._me else None, photos)
        self.board = TelegramBoard(self.messenger, lambda: self.link)

    @property
    def state(self) -> TelegramState:
        """How it is going."""
        desk = self._desk
        return TelegramState(self._phase, self.link, desk.waiting if desk else 0, desk.put_aside if desk else 0)

    @property
    def halted_for(self) -> float:
        """Seconds until Telegram lets the bot send again; 0 when it does."""
        return self._pacer.halted_for

    @property
    def link(self) -> str | None:
        """The address that opens a private chat with the bot; None until Telegram told its name."""
        return f"https://t.me/{self._me.username}" if self._me and self._me.username else None

    @property
    def webhook_secret(self) -> str:
        """What Telegram has to show with each call: made from the token and the keyring, so the same in every process."""
        return hmac.digest(self._keyring.pseudonym, f"telegram-webhook:{self._token}".encode(), hashlib.sha256).hex()

    async def run(self) -> None:
        """Receive and answer until :meth:`close`. Trouble with Telegram is reported in :attr:`state`, never raised."""
        if self._phase is Phase.STOPPED:
            return
        self._main = asyncio.create_task(self._keep_going())
        try:
            await asyncio.wait({self._main})
        finally:
            self._main.cancel()
        if not self._main.cancelled():
            self._main.result()

    async def probe(self) -> TelegramState:
        """Ask Telegram once who this bot is, for the doctor. Receives nothing; :meth:`run` is not used afterwards."""
        try:
            await self._ask_name()
            self._phase = Phase.ACCEPTED
        except InvalidToken:
            self._phase = Phase.TOKEN_REFUSED
        except TelegramError:
            self._phase = Phase.UNREACHABLE
        finally:
            await self._api.close_connections()
        return self.state

    async def close(self, grace: float = 5.0) -> None:
        """Stop receiving, finish what is under way within ``grace`` seconds; the rest stays in the inbox."""
        self._report(Phase.STOPPED)
        tasks = [self._main, *self._errands] if self._main else [*self._errands]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._desk is not None:
            await self._desk.close(grace)
        await self._api.close_connections()

    async def webhook(self, secret: str | None, body: bytes) -> int:
        """Take one call of Telegram's; returns the HTTP status. 200 only once the update is stored."""
        if not hmac.compare_digest((secret or "").encode(), self.webhook_secret.encode()):
            return 403
        if len(body) > _LARGEST_BODY:
            return 413
        if self._desk is None or self._phase is Phase.STOPPED:
            return 503
        try:
            raw = json.loads(body)
            update_id_of(raw)
        except (ValueError, AttributeError, RecursionError):
            return 400
        try:
            await self._desk.accept([raw])
        except Exception as error:
            log.error("an update could not be stored (%s); Telegram will bring it again", type(error).__name__)
            return 503
        return 200

    async def _keep_going(self) -> None:
        backoff = Backoff(longest=60.0)
        while True:
            try:
                desk = await self._sign_in()
                backoff.reset()
                await self._receive(desk)
            except InvalidToken:
                self._report(Phase.TOKEN_REFUSED)
            except TelegramError as error:
                log.debug("signing in: %s", type(error).__name__)
                self._report(Phase.UNREACHABLE)
            except Exception as error:
                log.error("the Telegram channel starts again after %s", type(error).__name__)
                self._report(Phase.STARTING)
            await self._sleep(backoff.next())

    async def _ask_name(self) -> Me:
        found = await self._api.call("getMe", wait=10.0)
        number = found.get("id") if isinstance(found, dict) else None
        if not isinstance(number, int):
            raise TelegramError("getMe told no number")
        self._me = Me(number, str(found.get("username") or ""))
        return self._me

    async def _sign_in(self) -> Desk:
        me = await self._ask_name()
        if self._desk is None:
            self._desk = await self._open_desk(me)
        self._errand(register_commands(self._api, self._commands))
        return self._desk

    async def _open_desk(self, me: Me) -> Desk:
        inbox = Inbox(self._database, self._keyring, me.id, self._clock)
        claims: Claims = MemoryClaims(inbox) if self._database.is_sqlite else LeasedClaims(self._database, inbox, self._clock)
        reader = Reader(me, Files(self._api).fetch, self._clock)
        languages = list(self._commands)
        said = (self._outbox, self._conversation, self._texts, languages)
        trails, eraser = Trails(self._database, self._keyring, me.id, self._clock), Eraser(self._api, sleep=self._sleep)
        gone = (eraser, Sweeper(trails, eraser))
        answering = Answering(inbox, claims, reader, *said, *gone, hear=self._hear, sleep=self._sleep)
        desk = Desk(inbox, trails, claims, answering, spinner=lambda query: self._errand(self._outbox.answer_press(query)))
        await desk.take_up()
        self._errand(desk.keep_house())
        return desk

    async def _receive(self, desk: Desk) -> None:
        if self._public_url is not None and await self._set_webhook(self._public_url):
            self._report(Phase.WEBHOOK)
            await asyncio.Event().wait()
        await attempt(self._api, "deleteWebhook")
        polling = Polling(self._api, desk.accept, self._report, lambda: desk.waiting, sleep=self._sleep)
        await polling.run()

    async def _set_webhook(self, public_url: str) -> bool:
        try:
            await self._api.call(
                "setWebhook", url=f"{public_url}{WEBHOOK_PATH}", secret_token=self.webhook_secret, allowed_updates=list(KINDS)
            )
        except (BadRequest, InvalidToken):
            log.error("Telegram refuses the webhook at FARO_PUBLIC_URL (https, port 443, 80, 88 or 8443 is needed); polling instead")
            return False
        return True

    def _errand(self, act: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(act)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def _report(self, phase: Phase) -> None:
        if phase is not self._phase and self._phase is not Phase.STOPPED:
            self._phase = phase
            state = self.state
            log.log(logging.INFO if state.healthy or phase is Phase.STOPPED else logging.ERROR, "Telegram: %s", state.meaning)
