"""What the trained model makes of words: an intent, and for some of them the vector that the bot searches its articles with."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from rasa_side import embeddings
from rasa_side.wire import WITH_VECTOR

_AT_ONCE = 4
"""Texts between two breaths when many are embedded."""

_one_batch_at_a_time = asyncio.Lock()


def understood(processor: MessageProcessor, words: str) -> tuple[dict[str, Any], bytes | None]:
    """What Rasa calls parse data, and the message's vector (see :func:`packed`) where the answer needs it and there is an encoder.

    Asks the model's graph itself: Rasa's own ``parse_message`` drops the vector, and keeps the tokens of the words, which nobody reads.
    """
    inputs = {PLACEHOLDER_MESSAGE: [UserMessage(words)], PLACEHOLDER_TRACKER: DialogueStateTracker.from_events("", [])}
    target = processor.model_metadata.nlu_target
    message: Message = processor.graph_runner.run(inputs=inputs, targets=[target])[target][0]
    parsed = {"intent": {"name": None, "confidence": 0.0}, "intent_ranking": [], "entities": []}
    parsed = {name: message.get(name, nothing) for name, nothing in parsed.items()}
    return {TEXT: words, **parsed}, _vector(message) if parsed["intent"]["name"] in WITH_VECTOR else None


async def embedded(texts: Sequence[str]) -> tuple[str, np.ndarray] | None:
    """Name and fingerprint of the encoder, and one unit vector per text; None when there is no encoder.

    Encodes few texts at a time beside the event loop, and for one caller at a time: messages go first.
    """
    loop, encoder, rows = asyncio.get_running_loop(), "", []
    async with _one_batch_at_a_time:
        for start in range(0, len(texts), _AT_ONCE):
            some = await loop.run_in_executor(None, embeddings.vectors_of, list(texts[start : start + _AT_ONCE]))
            if some is None:
                return None
            encoder = some[0]
            rows.append(some[1])
    return encoder, np.concatenate(rows)


def packed(vectors: np.ndarray) -> bytes:
    """Rows of little-endian float32, one after the other."""
    return vectors.astype("<f4").tobytes()


def _vector(message: Message) -> bytes | None:
    """All of the message's embeddings, brought back to length 1."""
    row = embeddings.in_one_row(embeddings.dense_features(message))
    return None if row is None else packed(row / max(float(np.linalg.norm(row)), 1e-6))
