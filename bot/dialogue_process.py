"""The Rasa process beside the bot: started on loopback, watched, started again when it dies, never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import httpx
import structlog

__all__ = ["DialogueProcess", "DialogueState"]

_FIRST_REST_SECONDS = 1.0
_LONGEST_REST_SECONDS = 60.0
_STEADY_SECONDS = 120.0
"""After running this long, a death counts as the first one again."""

_LOOK_SECONDS = 0.25
_GRACE_SECONDS = 8.0
_LARGEST_LOG = 5_000_000

_SURROUNDINGS = {
    "FARO_ENDS_WITH_STDIN": "1",
    "SETUPTOOLS_USE_DISTUTILS": "stdlib",  # one of Rasa's libraries asks for distutils, and setuptools in its place takes 4 MB
}

_log = structlog.get_logger(__name__)


class DialogueState(StrEnum):
    """How the dialogue model is doing."""

    MISSING = "missing"
    """There is no environment or no trained model."""
    STARTING = "starting"
    READY = "ready"
    DOWN = "down"


class DialogueProcess:
    """Rasa as a child process.

    Args:
        root: the project's folder, with ``.venv-rasa``, ``models/`` and Rasa's configuration.
        data: folder for logs (``FARO_DATA``).
        action_url: loopback address on which the bot runs the custom actions.
        secret: shared with Rasa's channel and with the action route.
        redis_url: set on several machines: conversations and locks live there.
        command: what to run instead of Rasa, given the port; for tests.
    """

    def __init__(
        self,
        root: Path,
        data: Path,
        action_url: str,
        secret: str,
        redis_url: str | None = None,
        command: Callable[[int], list[str]] | None = None,
    ) -> None:
        self._root = root.resolve()
        self._log_file = data / "logs" / "rasa.log"
        self._environment = {"FARO_ACTION_URL": action_url, "FARO_RASA_SECRET": secret, "REDIS_URL": redis_url or ""}
        self._command = command or self._rasa
        self._port = 0
        self._state = DialogueState.DOWN
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def state(self) -> DialogueState:
        """How it is doing right now."""
        return self._state

    @property
    def pid(self) -> int | None:
        """The running process, None when there is none."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def url(self) -> str | None:
        """Its address while it is ready; give this to :class:`bot.conversation.dialogue.DialogueClient`."""
        return f"http://127.0.0.1:{self._port}" if self._state is DialogueState.READY else None

    @property
    def log_file(self) -> Path:
        """Where its output goes."""
        return self._log_file

    def start(self) -> None:
        """Begin to start and watch it, and return at once. Without environment or model the state becomes ``missing``."""
        if self._watch is None:
            self._watch = asyncio.create_task(self._keep_running(), name="dialogue-process")

    async def stop(self) -> None:
        """End it and all its children; returns when they are gone."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        await self._end()
        self._state = DialogueState.DOWN

    async def _keep_running(self) -> None:
        rest = _FIRST_REST_SECONDS
        while True:
            if self._is_missing():
                self._state = DialogueState.MISSING
                await asyncio.sleep(_FIRST_REST_SECONDS)
                continue
            began = time.monotonic()
            await self._run_once()
            self._state = DialogueState.DOWN
            rest = _FIRST_REST_SECONDS if time.monotonic() - began > _STEADY_SECONDS else rest
            _log.warning("dialogue process ended", again_in_seconds=rest, log=str(self._log_file))
            await asyncio.sleep(rest)
            rest = min(rest * 2, _LONGEST_REST_SECONDS)

    async def _run_once(self) -> None:
        """Start it, wait until it answers, wait until it ends."""
        self._state = DialogueState.STARTING
        self._port = _free_port()
        try:
            self._process = await self._spawn()
        except OSError as error:
            _log.error("dialogue process does not start", error=str(error))
            return
        ended = asyncio.create_task(self._process.wait())
        try:
            if await self._answers(ended):
                self._state = DialogueState.READY
                _log.info("dialogue ready", port=self._port)
            await ended
        finally:
            ended.cancel()
            await self._end()

    async def _spawn(self) -> asyncio.subprocess.Process:
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        if self._log_file.exists() and self._log_file.stat().st_size > _LARGEST_LOG:
            self._log_file.replace(self._log_file.with_suffix(".log.1"))
        with self._log_file.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self._command(self._port),
                cwd=self._root,
                env={**_inherited(), **self._environment, **_SURROUNDINGS},
                stdin=asyncio.subprocess.PIPE,  # its end tells the child that this process is gone
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal reaches the bot only, and the bot ends its child
            )

    async def _answers(self, ended: asyncio.Task[int]) -> bool:
        """Wait until the model is loaded; False when the process ends before."""
        async with httpx.AsyncClient(timeout=1.0, trust_env=False) as http:
            while not ended.done():
                with contextlib.suppress(httpx.HTTPError, ValueError):
                    answer = await http.get(f"http://127.0.0.1:{self._port}/webhooks/faro/health")
                    if answer.json() == {"ready": True}:
                        return True
                await asyncio.wait([ended], timeout=_LOOK_SECONDS)
        return False

    async def _end(self) -> None:
        """Ask the process group to end, then make it."""
        process, self._process = self._process, None
        if process is None:
            return
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal_number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _GRACE_SECONDS)
        if process.stdin is not None:
            process.stdin.close()

    def _rasa(self, port: int) -> list[str]:
        return [str(self._python), "-m", "rasa_side", "run", "--port", str(port), "--model", str(self._model)]

    @property
    def _python(self) -> Path:
        return self._root / ".venv-rasa" / "bin" / "python"

    @property
    def _model(self) -> Path:
        return self._root / "models" / "faro.tar.gz"

    def _is_missing(self) -> bool:
        return self._command == self._rasa and not (self._python.exists() and self._model.exists())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _inherited() -> dict[str, str]:
    """What the child may know of our environment: how to run, no key, no token, no database."""
    return {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "TZ")}
