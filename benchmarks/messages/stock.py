"""Stock Rasa: what ``rasa init`` sets up, trained on Faro's data, spoken to over its REST channel."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx

from benchmarks.machine import Memory, memory_of
from benchmarks.messages.corpus import Message, write_stock_project
from benchmarks.messages.side import NoAnswer, Start, Writer
from bot.errors import FaroError

PYTHON = Path(".venv-bench") / "bin" / "python"
PATIENCE = 60.0
START_SECONDS = 300.0

_EPOCHS = re.compile(r"Epochs: +(\d+)%")


class Stock:
    """Rasa's server with one worker, in-memory tracker store and REST channel, as it comes.

    Args:
        root: the project's folder.
        folder: what :func:`trained` returned.
    """

    name = "stock Rasa"

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._folder = folder
        self._http = httpx.AsyncClient(timeout=PATIENCE, trust_env=False)
        self._process: subprocess.Popen[bytes] | None = None
        self._url = ""

    async def start(self) -> Start:
        """Start, and type until there is an answer; it understands from its first answer on."""
        port = _free_port()
        self._url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
        began = time.perf_counter()
        self._process = _rasa(
            self._root, self._folder, self._folder / "run.log",
            "run", "--model", "models/stock.tar.gz", "--credentials", "credentials.yml", "--interface", "127.0.0.1", "--port", str(port),
        )  # fmt: skip
        while not await self._is_there():
            if self._process.poll() is not None or time.perf_counter() - began > START_SECONDS:
                raise NoAnswer(f"{self.name} does not start, see {self._folder / 'run.log'}")
            await asyncio.sleep(0.05)
        seconds = time.perf_counter() - began
        return Start(seconds, seconds)

    async def ask(self, writer: Writer, message: Message) -> float:
        """Type words."""
        return await self._send(writer, message.text)

    async def press(self, writer: Writer, intent: str) -> float:
        """Send the payload that Rasa's buttons carry: ``/<intent>``."""
        return await self._send(writer, f"/{intent}")

    def memory(self) -> Memory:
        """The server."""
        assert self._process is not None
        return memory_of(self._process.pid)

    async def stop(self) -> None:
        """SIGTERM to the server's own group, then SIGKILL."""
        await self._http.aclose()
        if self._process is not None:
            await asyncio.to_thread(_end, self._process)

    async def _send(self, writer: Writer, text: str) -> float:
        began = time.perf_counter()
        try:
            answer = await self._http.post(self._url, json={"sender": f"{writer.language}{writer.number}", "message": text})
        except httpx.HTTPError as error:
            raise NoAnswer(f"{self.name}: {type(error).__name__}") from error
        seconds = time.perf_counter() - began
        if not answer.is_success or not answer.json():
            raise NoAnswer(f"{self.name} answered {answer.status_code} and {len(answer.content)} bytes")
        return seconds

    async def _is_there(self) -> bool:
        with contextlib.suppress(NoAnswer):
            await self._send(Writer(1, "en"), "hello")
            return True
        return False


class StockTrainingFailed(FaroError):
    """Stock Rasa could not be trained; the message names the log."""


def trained(root: Path, *, share: int, epochs: int | None, progress: Callable[[str], None]) -> Path:
    """The folder of a trained project, trained now unless one of the same inputs is there already.

    Args:
        share, epochs: see :func:`benchmarks.messages.corpus.write_stock_project`.
        progress: told what is going on, in words, about once a second.

    Raises:
        StockTrainingFailed: with the log's place.
    """
    bench = root / ".rasa" / "bench"
    fresh = bench / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    write_stock_project(root, fresh, share, epochs)
    shutil.copy(Path(__file__).parent / "stock_project" / "credentials.yml", fresh)
    folder = bench / _hash([root / "requirements" / "stock.txt", *sorted(fresh.rglob("*.yml"))])
    if not (folder / "models" / "stock.tar.gz").exists():
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
        _train(root, folder, progress)
    return folder


def _hash(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _train(root: Path, folder: Path, progress: Callable[[str], None]) -> None:
    log = folder / "train.log"
    options = ("--config", "config.yml", "--domain", "domain.yml", "--data", "data", "--out", "training", "--fixed-model-name", "stock")
    process = _rasa(root, folder, log, "train", *options)
    try:
        while process.poll() is None:
            progress(_how_far(log))
            time.sleep(1)
    finally:
        _end(process)
    if process.returncode or not (folder / "training" / "stock.tar.gz").exists():
        raise StockTrainingFailed(f"stock Rasa could not be trained, see {log}")
    (folder / "training").rename(folder / "models")


def _how_far(log: Path) -> str:
    """The last step and the last percentage in Rasa's output."""
    output = log.read_text(errors="replace")
    steps = re.findall(r"Starting to train component '(\w+)'", output)
    epochs = _EPOCHS.findall(output.rpartition("Starting to train component")[2])
    return f"{steps[-1] if steps else 'reading'}{f', {epochs[-1]} %' if epochs else ''}"


def _rasa(root: Path, folder: Path, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Rasa as a user would start it, in a session of its own; only its statistics about itself are off."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with log.open("wb") as output:
        return subprocess.Popen(
            [root.resolve() / PYTHON, "-m", "rasa", *arguments],
            cwd=folder,
            env={**kept, "RASA_TELEMETRY_ENABLED": "false"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that :func:`_rasa` started, with its children."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
