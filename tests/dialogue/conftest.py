"""Rasa with the trained model, as the bot runs it, for all dialogue tests."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from actions.builder import build_executor
from actions.server import run_action
from actions.services import Services
from bot.conversation.dialogue import DialogueClient
from bot.dialogue_process import DialogueProcess, DialogueState

ROOT = Path(__file__).parents[2]
SECRET = "s3cret"


def rasa(*arguments: str, timeout: float = 280) -> subprocess.CompletedProcess[str]:
    """Run one of Rasa's commands to its end."""
    command = [str(ROOT / ".venv-rasa/bin/python"), "-m", "rasa_side", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False)


async def _run(request: Request) -> JSONResponse:
    if request.headers.get("X-Faro-Secret") != SECRET:
        return JSONResponse({}, status_code=403)
    executor = build_executor(Services(topic_of=lambda text: "bikes" if "bike" in text else None))
    status, body = await run_action(executor, await request.json())
    return JSONResponse(body, status_code=status)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running(model: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DialogueProcess]:
    """Rasa as the bot runs it, with the real actions behind a loopback route."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        settings = uvicorn.Config(Starlette(routes=[Route("/actions", _run, methods=["POST"])]), log_level="error", lifespan="off")
        server = uvicorn.Server(settings)
        serving = asyncio.create_task(server.serve([listener]))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/actions"
        process = DialogueProcess(ROOT, tmp_path_factory.mktemp("data"), url, SECRET)
        process.start()
        try:
            async with asyncio.timeout(90):
                while process.state is not DialogueState.READY:  # noqa: ASYNC110  polled, as the health page does
                    await asyncio.sleep(0.1)
            yield process
        finally:
            await process.stop()
            server.should_exit = True
            await asyncio.gather(serving, return_exceptions=True)


@pytest_asyncio.fixture(loop_scope="session")
async def dialogue(running: DialogueProcess) -> AsyncIterator[DialogueClient]:
    """The bot's own client, talking with the running Rasa."""
    client = DialogueClient(lambda: running.url, SECRET, timeout=15)
    yield client
    await client.aclose()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Training on busy cores may take its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(900))
