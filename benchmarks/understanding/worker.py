"""Runs inside one of Rasa's environments: trains a model without dialogue, then understands messages for whoever started it.

One line of JSON in, one line of JSON out, until standard input ends:

=============================================== ====================================================
``{"train": {"config", "nlu", "folder"}}``       ``{"model": path, "seconds": for training alone}``
``{"load": path}``                               ``{}``
``{"understand": [text, …]}``                    ``{"messages": [[intent, confidence, seconds], …]}``
=============================================== ====================================================

Started with ``faro`` it reads messages as Faro's channel does, with ``stock`` as Rasa's own server. Imports nothing of the
application: its packages are not there.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

Understand = Callable[[str], Awaitable[dict[str, Any]]]
"""From words to what Rasa calls parse data."""


def train(config: str, nlu: str, folder: str) -> dict[str, Any]:
    """Rasa's own training of a pipeline."""
    from rasa.model_training import train_nlu

    began = time.perf_counter()
    model = train_nlu(config, nlu, folder, fixed_model_name="model")
    return {"model": model, "seconds": time.perf_counter() - began}


def load(model: str, is_faro: bool) -> Understand:
    """A trained model, ready to be asked."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    agent = Agent.load(model)
    if not is_faro:

        async def parsed(text: str) -> dict[str, Any]:
            found: dict[str, Any] = await agent.processor.parse_message(UserMessage(text))
            return found

        return parsed

    from rasa_side.processor import QuickProcessor
    from rasa_side.text import neutralised
    from rasa_side.understanding import understood

    processor = QuickProcessor.into(agent)

    async def quickly(text: str) -> dict[str, Any]:
        return understood(processor, neutralised(text))[0]

    return quickly


async def timed(texts: list[str], understand: Understand) -> dict[str, Any]:
    """Each text on its own, one after the other."""
    messages = []
    for text in texts:
        began = time.perf_counter()
        intent = (await understand(text))["intent"]
        messages.append([intent["name"], intent["confidence"], time.perf_counter() - began])
    return {"messages": messages}


def main() -> None:
    """Answer until nobody asks any more."""
    is_faro = sys.argv[1] == "faro"
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Rasa prints is no answer
    if is_faro:
        from rasa_side.__main__ import prepare

        prepare()
    understand: Understand | None = None
    for line in sys.stdin:
        answer: dict[str, Any] = {}
        match json.loads(line):
            case {"train": options}:
                answer = train(**options)
            case {"load": model}:
                understand = load(model, is_faro)
            case {"understand": texts} if understand is not None:
                answer = asyncio.run(timed(texts, understand))
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
