"""The watched child process, with a small server in Rasa's place."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.dialogue_process import DialogueProcess, DialogueState

ROOT = Path(__file__).parents[2]

_SERVER = """
import http.server, json, os, sys
class Rasa(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"ready": True} if "health" in self.path else dict(os.environ)).encode()
        self.send_response(200); self.send_header("content-length", str(len(body))); self.end_headers(); self.wfile.write(body)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Rasa).serve_forever()
"""


def small_server(port: int) -> list[str]:
    return [sys.executable, "-c", _SERVER, str(port)]


@pytest.fixture
async def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DialogueProcess]:
    monkeypatch.setenv("TELEGRAM_TOKEN", "123:secret")
    process = DialogueProcess(tmp_path, tmp_path, "http://127.0.0.1:1/actions", "s3cret", command=small_server)
    yield process
    await process.stop()


async def until(process: DialogueProcess, state: DialogueState, seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while process.state is not state:  # noqa: ASYNC110  the state is polled as the health page does
            await asyncio.sleep(0.02)


async def test_it_starts_answers_and_stops(process: DialogueProcess) -> None:
    assert process.url is None
    process.start()
    await until(process, DialogueState.READY)
    pid = process.pid
    assert pid is not None
    assert process.url is not None
    await process.stop()
    assert process.state is DialogueState.DOWN
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_the_child_knows_its_secret_and_nothing_else_of_ours(process: DialogueProcess) -> None:
    process.start()
    await until(process, DialogueState.READY)
    async with httpx.AsyncClient() as http:
        environment = (await http.get(f"{process.url}/environment")).json()
    assert environment["FARO_RASA_SECRET"] == "s3cret"
    assert environment["FARO_ACTION_URL"] == "http://127.0.0.1:1/actions"
    assert "TELEGRAM_TOKEN" not in environment


async def test_a_dead_child_is_started_again(process: DialogueProcess) -> None:
    process.start()
    await until(process, DialogueState.READY)
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(process, DialogueState.DOWN)
    assert process.url is None
    await until(process, DialogueState.READY)
    assert process.pid != first


async def test_without_a_model_it_is_missing(tmp_path: Path) -> None:
    process = DialogueProcess(tmp_path, tmp_path, "http://127.0.0.1:1", "s")
    process.start()
    await until(process, DialogueState.MISSING)
    await process.stop()


async def test_its_output_goes_to_a_log_file(tmp_path: Path) -> None:
    speaking = [sys.executable, "-c", "print('hello log')"]
    process = DialogueProcess(tmp_path, tmp_path, "http://127.0.0.1:1", "s", command=lambda port: speaking)
    process.start()
    log = tmp_path / "logs" / "rasa.log"
    async with asyncio.timeout(15):
        while not (log.exists() and "hello log" in log.read_text()):  # noqa: ASYNC110  a file has no event
            await asyncio.sleep(0.05)
    await process.stop()


def test_the_launcher_ends_when_its_parent_is_gone() -> None:
    code = "import sys, time\nfrom rasa_side import __main__ as launcher\nlauncher.prepare()\nprint('up', flush=True)\ntime.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "FARO_ENDS_WITH_STDIN": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
        child.stdin.close()  # what the kernel does for a parent that was killed
        assert child.wait(timeout=10) == -signal.SIGTERM
