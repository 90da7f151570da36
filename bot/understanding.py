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
from bot.conversation.dialogue import DialogueClient, Understanding
from bot.conversation.flows import PRESS_OF_INTENT
from bot.conversation.safety import Danger, Finding, SafetyNet
from bot.conversation.second_net import SUICIDE, SecondNet
from bot.conversation.texts import Catalogue
from bot.conversation.typed import TypedButtons
from bot.dialogue_process import DialogueProcess, DialogueState
from bot.errors import FaroError
from bot.evaluation import Example, Outcome, evaluate
from bot.messages import Language
from bot.settings import Settings

_INTENT_OF_PRESS = {payload: intent for intent, payload in PRESS_OF_INTENT.items()}
_START_SECONDS = 180


class ModelMissing(FaroError):
    """The dialogue model does not start; run `make train`, then look into var/logs/rasa.log."""


Prediction = tuple[str, bool]
"""A label, and whether the person gets the full crisis text."""


async def predictions(examples: Sequence[Example]) -> list[Outcome]:
    """Start Rasa for as long as it takes and predict every example. Raises ModelMissing."""
    languages = City.load(Settings.load().city).languages
    net = SafetyNet.load(LOCALES / "safety", languages)
    second = SecondNet(net)
    typed = TypedButtons(Catalogue.load(LOCALES, languages), languages)
    async with _model() as client:

        async def predict(example: Example) -> Prediction:
            finding = net.check(clean(example.text))
            if finding is not None and finding.danger is not Danger.SOFT:
                return _of_danger(finding)
            words = as_free_text(clean(example.text))
            if (payload := typed.payload_of(words, {}, Language(example.language), None)) is not None:
                return _INTENT_OF_PRESS.get(payload, "out_of_scope"), False
            return _of_model(second, await client.ask(secrets.token_hex(8), words), words)

        return await evaluate(examples, predict)


def _of_danger(finding: Finding) -> Prediction:
    suicide = finding.danger is Danger.SUICIDE
    return ("suicide_risk" if suicide else "emergency"), suicide


def _of_model(second: SecondNet, understanding: Understanding, words: str) -> Prediction:
    """The model's first meaning, and its second net: whoever it takes for being at risk gets the crisis text, or is asked."""
    at_risk = second.danger(understanding, words) is Danger.SUICIDE
    return (SUICIDE, True) if at_risk else (understanding.intent, False)


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
