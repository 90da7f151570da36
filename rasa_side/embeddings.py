"""Rasa component: the meaning of a sentence as a vector, the same for all languages.

The vectors come from an :class:`~rasa_side.encoders.registry.Encoder`, chosen by name in ``config.yml`` (``encoder:``), so that
another model can take the place of the one built in. A featuriser may be ``deferred``: then it encodes a message only when somebody
asks for its numbers.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from rasa_side.encoders.joined import Joined
from rasa_side.encoders.registry import ENCODERS, Encoder
from rasa_side.text import excerpt, neutralised

logger = logging.getLogger("rasa.faro.embeddings")
"""Below "rasa", whose level Rasa's own command line sets."""

_AT_ONCE = 512


@dataclass(frozen=True)
class Reader:
    """An encoder behind the cleaning and the cap that each text passes: equal words give equal vectors, wherever they come from."""

    encoder: Encoder
    most_characters: int

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """As :meth:`Encoder.encode`, for words as people type them, however odd or long."""
        return self.encoder.encode([excerpt(neutralised(text), self.most_characters) for text in texts])


class Deferred(Features):
    """A message's dense sentence feature that is worked out when it is first looked at, and then kept."""

    def __init__(self, reader: Reader, text: str, scale: float, origin: str) -> None:
        self._reader, self._text, self._scale = reader, text, scale
        self.type, self.attribute, self.origin = FEATURE_TYPE_SENTENCE, TEXT, origin
        self._cached_fingerprint = None

    @cached_property
    def features(self) -> np.ndarray:
        """One row, as :class:`SentenceEmbeddingFeaturizer` would have added it at once."""
        return self._reader.vectors([self._text]) * self._scale

    def is_dense(self) -> bool:
        """Always; to know it, nothing has to be worked out."""
        return True

    def is_sparse(self) -> bool:
        """Never."""
        return False


def dense_features(message: Message) -> list[Features]:
    """A message's sentence embeddings, in the pipeline's order. Rasa's own ``get_dense_features`` would work out the deferred ones, too."""
    return [one for one in message.features if one.is_dense() and (one.attribute, one.type) == (TEXT, FEATURE_TYPE_SENTENCE)]


def in_one_row(embeddings: Sequence[Features]) -> np.ndarray | None:
    """Their numbers side by side, float32; None for none."""
    return np.concatenate([one.features[0] for one in embeddings]).astype(np.float32) if embeddings else None


_running: dict[str, Reader] = {}
"""What the loaded model reads with, by the names of its featurisers, in the pipeline's order. One for the process: Rasa gives
routes of a channel no way to a component of its graph."""


def vectors_of(texts: Sequence[str]) -> tuple[str, np.ndarray] | None:
    """Vectors of texts, made as the loaded model makes those of messages.

    Returns:
        The encoders' fingerprint, and one row per text (float32, each of length 1). None without a loaded model or encoder.
    """
    readers = list(_running.values())
    if not readers:
        return None
    joined = Joined(*(reader.encoder for reader in readers))
    return joined.fingerprint, Reader(joined, readers[0].most_characters).vectors(texts)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbeddingFeaturizer(GraphComponent):
    """Adds one dense sentence feature to each message.

    Without the encoder's library it adds nothing and says so once, loudly: the model then works on the sparse features
    alone, worse but sound. A model has to be used with the same encoder that it was trained with; the classifier checks.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Words first: Rasa wants a tokenizer before any featuriser."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What can be set in ``config.yml``.

        ``scale`` multiplies the unit vectors so that they count beside the sparse features; ``most_characters`` caps the time.
        ``deferred``: encode a message only when its numbers are asked for (training sentences are encoded in any case).
        """
        return {"encoder": "e5-int8", "scale": 4.0, "most_characters": 300, "deferred": False}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceEmbeddingFeaturizer:
        """Rasa's constructor, for training and use; from here on :func:`vectors_of` reads with the same encoder."""
        encoder = _encoder(config["encoder"])
        _running.pop(execution_context.node_name, None)
        if encoder is not None:
            _running[execution_context.node_name] = Reader(encoder, config["most_characters"])
        return cls(config, encoder, execution_context.node_name)

    def __init__(self, config: dict[str, Any], encoder: Encoder | None, name: str) -> None:
        self._config = config
        self._encoder = encoder
        self._name = name

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Rasa hands the data over by this parameter's name. Vectors of the last training are used again."""
        if self._encoder is not None:
            remembered = Remembered(self._encoder, Path(".rasa") / f"embeddings-{self._encoder.fingerprint}.npz")
            self._add(training_data.training_examples, remembered)
            remembered.save()
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the feature to each message that has words."""
        if self._encoder is not None and self._config["deferred"]:
            reader = Reader(self._encoder, self._config["most_characters"])
            for message in messages:
                if text := message.get(TEXT):
                    message.add_features(Deferred(reader, text, self._config["scale"], self._name))
        elif self._encoder is not None:
            self._add(messages, self._encoder)
        return messages

    def _add(self, messages: list[Message], encoder: Encoder) -> None:
        spoken = [message for message in messages if message.get(TEXT)]
        if not spoken:
            return
        vectors = Reader(encoder, self._config["most_characters"]).vectors([message.get(TEXT) for message in spoken])
        for message, vector in zip(spoken, vectors * self._config["scale"], strict=True):
            message.add_features(Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, self._name))


class Remembered:
    """An encoder with a file of what it has encoded before. For training data only: what people write is never kept."""

    def __init__(self, encoder: Encoder, file: Path) -> None:
        self._encoder = encoder
        self._file = file
        self._known = self._load()
        self._used: dict[str, np.ndarray] = {}

    @property
    def fingerprint(self) -> str:
        """That of the encoder behind it."""
        return self._encoder.fingerprint

    @property
    def dimensions(self) -> int:
        """Those of the encoder behind it."""
        return self._encoder.dimensions

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """As :meth:`Encoder.encode`, saying how far it is."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for start in range(0, len(new), _AT_ONCE):
            logger.info("Sentence embeddings: %d of %d", start, len(new))
            some = new[start : start + _AT_ONCE]
            self._known.update(zip(some, self._encoder.encode(some), strict=True))
        self._used.update((text, self._known[text]) for text in texts)
        return np.stack([self._used[text] for text in texts])

    def save(self) -> None:
        """Keep what was used this time, and forget the rest; the file is whole at any time."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_name(f"{self._file.stem}-{os.getpid()}.npz")
        np.savez(new, texts=np.array(list(self._used)), vectors=np.stack(list(self._used.values())) if self._used else np.zeros(0))
        new.replace(self._file)

    def _load(self) -> dict[str, np.ndarray]:
        try:
            with np.load(self._file, allow_pickle=False) as kept:
                return dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
        except (OSError, KeyError, ValueError):
            return {}


@cache
def _encoder(name: str) -> Encoder | None:
    try:
        return ENCODERS[name]()
    except (ImportError, OSError, RuntimeError) as error:
        logger.error("Sentence embeddings are off, understanding will be poor: encoder %r does not load (%s).", name, error)
        return None
