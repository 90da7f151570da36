"""Starting a Faro, keeping it running, and stopping it without losing anything."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.app import ROOT, Faro
from bot.conversation.dialogue import DialogueClient
from bot.dialogue_process import DialogueProcess
from bot.errors import SettingsError
from bot.serving import WebServer, bind
from bot.settings import Settings
from bot.staff.first_run import create_first_staff
from bot.staff.roles import Role
from bot.storage import Database
from bot.storage.migrate import upgrade
from bot.web import build_actions

log = structlog.get_logger(__name__)

_LOOPBACK = "127.0.0.1"
_LAST_DELIVERIES_SECONDS = 5


@dataclass(frozen=True)
class Running:
    """A Faro that answers. ``first_staff``: login, role and password of accounts made just now, shown once."""

    faro: Faro
    address: str
    first_staff: list[tuple[str, Role, str]]
    dialogue: DialogueProcess | None
    failed: asyncio.Future[None]
    """Gets the exception of a part that must not end."""


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Running]:
    """Start everything that the settings ask for; stop it at the end, in the opposite order.

    Raises:
        SettingsError: a setting, the city folder, a key, or a port.
    """
    async with AsyncExitStack() as stack:
        _make_data_folder(settings)
        database = Database(settings.database)
        stack.push_async_callback(database.close)
        await upgrade(database)
        web_socket = stack.enter_context(bind(settings.host, settings.port, "FARO_PORT"))
        action_socket = stack.enter_context(bind(_LOOPBACK, settings.action_port, "FARO_ACTION_PORT"))
        secret = _rasa_secret(settings)
        process = _dialogue_process(settings, secret, action_socket.getsockname()[1])
        client = DialogueClient(settings.rasa_url or (lambda: process.url if process else None), secret)
        stack.push_async_callback(client.aclose)
        faro = Faro(settings, database, client)
        first_staff = await create_first_staff(database, faro.staff.accounts, faro.staff.audit)

        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await _serve(stack, WebServer(build_actions(faro.actions, secret), action_socket), failed)
        web = WebServer(faro.web, web_socket)
        await _serve(stack, web, failed)
        stack.callback(faro.pulse.close)
        if process is not None:
            process.start()
            stack.push_async_callback(process.stop)
        if faro.telegram is not None:
            _watch(asyncio.create_task(faro.telegram.run(), name="telegram"), failed)
            stack.push_async_callback(faro.telegram.close)
        await faro.knowledge.keeper.refresh()
        _watch(_in_background(stack, faro.knowledge.keeper.run(), "knowledge"), failed)
        stack.push_async_callback(_carefully("questions", faro.knowledge.questions.flush))
        sending = asyncio.create_task(faro.sender.run(), name="sender")
        _watch(sending, failed)
        posting = asyncio.create_task(faro.poster.run(), name="poster")
        _watch(posting, failed)
        stack.push_async_callback(_finish_sending, faro, sending, posting)
        _start_clock(stack, faro)
        yield Running(faro, f"http://{settings.host}:{web.port}", first_staff, process, failed)


async def run_until_stopped(settings: Settings, announce: Callable[[Running], None]) -> None:
    """Run until SIGINT or SIGTERM; ``announce`` is told once everything answers.

    Raises:
        Exception: whatever ended a part that must not end.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(settings) as started:
        announce(started)
        started.failed.add_done_callback(lambda _: stop.set())
        await stop.wait()
        if started.failed.done():
            started.failed.result()


def _make_data_folder(settings: Settings) -> None:
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"FARO_DATA: {settings.data} cannot be made: {error.strerror}") from error


def _rasa_secret(settings: Settings) -> str:
    if settings.rasa_secret is not None:
        return settings.rasa_secret.get_secret_value()
    if settings.rasa_url is not None:
        raise SettingsError("FARO_RASA_SECRET: must be set together with FARO_RASA_URL, the same on both sides")
    return secrets.token_hex(32)


def _dialogue_process(settings: Settings, secret: str, action_port: int) -> DialogueProcess | None:
    if settings.rasa_url is not None:
        return None
    redis = settings.redis_url.get_secret_value() if settings.redis_url else None
    return DialogueProcess(ROOT, settings.data, f"http://{_LOOPBACK}:{action_port}/webhook", secret, redis)


async def _serve(stack: AsyncExitStack, server: WebServer, failed: asyncio.Future[None]) -> None:
    task = asyncio.create_task(server.run(), name=f"web:{server.port}")
    _watch(task, failed)

    async def stop() -> None:
        server.stop()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(stop)


def _in_background(stack: AsyncExitStack, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
    """Run it until the end, then cancel it: nothing of it is lost by that."""
    task = asyncio.create_task(work, name=name)

    async def stop() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(stop)
    return task


def _watch(task: asyncio.Task[None], failed: asyncio.Future[None]) -> None:
    def ended(done: asyncio.Task[None]) -> None:
        if not done.cancelled() and (error := done.exception()) is not None and not failed.done():
            failed.set_exception(error)

    task.add_done_callback(ended)


def _start_clock(stack: AsyncExitStack, faro: Faro) -> None:
    """APScheduler only wakes the work; the rows decide what is due, so a missed or doubled wake-up changes nothing."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    jobs: list[tuple[str, Callable[[], Awaitable[object]], timedelta]] = [
        ("campaigns", lambda: faro.clockwork.tick(faro.clock()), timedelta(seconds=1)),
        ("pages", faro.paging.run_once, timedelta(seconds=2)),
        ("results", lambda: faro.tally.count_finished(faro.clock()), timedelta(seconds=5)),
        ("notices", faro.send_notices, timedelta(seconds=5)),
        ("digests", faro.send_digests, timedelta(minutes=1)),
        ("escrow", faro.escrow_news.run_once, timedelta(seconds=20)),
        ("questions", faro.knowledge.questions.flush, timedelta(seconds=5)),
        ("sessions", faro.staff.sessions.sweep, timedelta(minutes=1)),
        ("audit head", faro.keep_audit_head, timedelta(minutes=1)),
        ("purge", faro.purge, timedelta(minutes=5)),
    ]
    for name, work, every in jobs:
        scheduler.add_job(
            _carefully(name, work),
            "interval",
            seconds=every.total_seconds(),
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    stack.callback(scheduler.shutdown, wait=False)


async def _finish_sending(faro: Faro, *sending: asyncio.Task[None]) -> None:
    """Claim nothing more, and wait a little for what is in flight; the rest becomes uncertain by its lease."""
    faro.sender.stop()
    faro.poster.stop()
    _, late = await asyncio.wait(sending, timeout=_LAST_DELIVERIES_SECONDS)
    for task in late:
        task.cancel()
    await asyncio.gather(*sending, return_exceptions=True)


def _carefully(name: str, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """A job that reports its failure (never a content) and is simply due again later."""

    async def job() -> None:
        try:
            await work()
        except Exception as error:
            log.error("job.failed", job=name, error=type(error).__name__)

    return job
