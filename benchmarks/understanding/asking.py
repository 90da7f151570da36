"""A worker in one of Rasa's environments, and the lines spoken with it (:mod:`benchmarks.understanding.worker`)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.errors import FaroError

ENVIRONMENTS = {"faro": ".venv-rasa", "stock": ".venv-bench"}
_SCRIPT = Path(__file__).with_name("worker.py")
_LINE = 2**24
"""Most bytes of an answer."""


class WorkerFailed(FaroError):
    """The worker ended, or answered nothing; the message holds the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What one message was taken for, and the seconds it took."""

    intent: str
    confidence: float
    seconds: float


class Worker:
    """One process, as a context manager.

    Args:
        root: Faro's folder.
        folder: where it runs; what Rasa caches and logs stays in there.
        side: ``faro`` or ``stock``.
    """

    def __init__(self, root: Path, folder: Path, side: str) -> None:
        self._root = root.resolve()
        self._side = side
        self._folder = folder
        self._log = folder / f"{side}.log"
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        path = {"PYTHONPATH": str(self._root)} if self._side == "faro" else {}
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(self._root / ENVIRONMENTS[self._side] / "bin" / "python"), "-P", str(_SCRIPT), self._side,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log, limit=_LINE, start_new_session=True,
                cwd=self._folder, env={**kept, **path, "RASA_TELEMETRY_ENABLED": "false"},
            )  # fmt: skip
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def train(self, config: str, nlu: str, folder: str) -> tuple[str, float]:
        """Train on files of the worker's folder; the model's path, and the seconds it took. Raises WorkerFailed."""
        answer = await self._ask({"train": {"config": config, "nlu": nlu, "folder": folder}})
        return answer["model"], answer["seconds"]

    async def load(self, model: str) -> None:
        """Load a model. Raises WorkerFailed."""
        await self._ask({"load": model})

    async def understand(self, texts: Sequence[str]) -> list[Understood]:
        """Understand texts one after the other. Raises WorkerFailed."""
        answer = await self._ask({"understand": list(texts)})
        return [Understood(intent or "", confidence, seconds) for intent, confidence, seconds in answer["messages"]]

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
            answer: dict[str, Any] = json.loads(await process.stdout.readline())
        except (OSError, ValueError) as error:
            raise WorkerFailed("\n".join([self._side, *self._log.read_text(errors="replace").splitlines()[-8:]])) from error
        return answer
