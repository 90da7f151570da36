"""Predictions for ``faro evaluate``: the safety net and the real model, as the conversation uses them."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import LOCALES, ROOT
from bot.city import City
from bot.conversation.cleaning import as_free_text, clean
from bot.conversation.conversation import SUICIDE_CONFIDENCE
from bot.conversation.dialogue import DialogueClient
from bot.conversation.safety import Danger, SafetyNet
from bot.dialogue_process import DialogueProcess, DialogueState
from bot.errors import FaroError
from bot.evaluation import Example, Outcome, evaluate
from bot.settings import Settings

_START_SECONDS = 180


class ModelMissing(FaroError):
    """The dialogue model does not start; run `make train`, then look into var/logs/rasa.log."""


async def predictions(examples: Sequence[Example]) -> list[Outcome]:
    """Start Rasa for as long as it takes and predict every example. Raises ModelMissing."""
    net = SafetyNet.load(LOCALES / "safety", City.load(Settings.load().city).languages)
    async with _model() as client:

        async def predict(text: str) -> tuple[str, bool]:
            finding = net.check(clean(text))
            if finding is not None and finding.danger is not Danger.SOFT:
                suicide = finding.danger is Danger.SUICIDE
                return ("suicide_risk" if suicide else "emergency"), suicide
            understanding = await client.ask(secrets.token_hex(8), as_free_text(clean(text)))
            if understanding.confidence_of("suicide_risk") >= SUICIDE_CONFIDENCE:
                return "suicide_risk", True
            return understanding.intent, False

        return await evaluate(examples, predict)


@asynccontextmanager
async def _model() -> AsyncIterator[DialogueClient]:
    secret = secrets.token_hex(32)
    with tempfile.TemporaryDirectory() as folder:
        # No action server: predictions need what is understood, not what is done about it.
        process = DialogueProcess(ROOT, Path(folder), "http://127.0.0.1:9/", secret)
        client = DialogueClient(lambda: process.url, secret)
        process.start()
        try:
            await _ready(process)
            yield client
        finally:
            await client.aclose()
            await process.stop()


async def _ready(process: DialogueProcess) -> None:
    for _ in range(_START_SECONDS * 10):
        if process.state is DialogueState.READY:
            return
        if process.state is DialogueState.MISSING:
            break
        await asyncio.sleep(0.1)
    raise ModelMissing
