"""Rasa component: which intent a message has, by logistic regression over sparse n-grams and the sentence embedding, and by the
training messages nearest in meaning.

Rasa's own ``LogisticRegressionClassifier`` fixes the strength of regularisation and does not standardise the dense part;
both matter with few examples an intent (``docs/understanding.md`` has the figures). More differences: long and short messages
weigh the same, "none of these" can be preferred over a guess, a message without features gets an even ranking instead of an
exception, and the model is stored as plain numbers.

There is a model for each look at a message: one reads the words, the next the first embedding, and so on. After each look the
verdict is the geometric mean of all so far, and a sure one ends the looking: half of the messages never ask for an embedding, which
may be deferred.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, spmatrix, vstack

from rasa_side.embeddings import dense_features, in_one_row
from rasa_side.judge import Judge, learn

logger = logging.getLogger(__name__)

_NONE = np.zeros(0, np.int64)
_LEAST = 1e-9
"""No single look makes an intent impossible."""

Looks = Mapping[int, Judge]
"""The judge of each look, by its number: 0 reads the words, 1 the first embedding, 2 the second. In this order."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceIntentClassifier(GraphComponent, IntentClassifier):
    """All messages of all languages in one model; see :class:`~rasa_side.judge.Judge`."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Some featuriser first."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What can be set in ``config.yml``.

        ``strength`` is scikit-learn's C: smaller means simpler; ``words_strength`` that of the model of words. ``sparse_share`` is the
        length that a message's n-gram vector is brought to, for a model of words. ``balance`` says how far rare intents
        are raised: 0 not at all, 1 until all count the same. The odds of the intent ``rest`` are multiplied by ``rest_weight``: for
        an unsure message "none of these", which leads to a question, is better than a guess. ``most_steps`` ends the descent
        early: further steps gain nothing.

        The ``nearest`` training messages of the ``considered`` likeliest intents (and of those of ``grave``) correct the linear model
        with the weight ``trust``; they are looked for among so many ``components`` of the embedding, evened out by ``whitening``, and
        one counts less by a factor e for each ``warmth`` of cosine that it lies behind the nearest.

        A look is enough where its best intent has at least the confidence ``words_sure`` (after the words) or ``sure`` (after the first
        embedding), and each intent of ``grave`` less than ``hint``, and ``rest`` as well unless it is the best.
        """
        return {
            "strength": 0.02,
            "words_strength": 0.3,
            "sparse_share": 11.0,
            "balance": 0.5,
            "rest": "out_of_scope",
            "rest_weight": 2.0,
            "most_steps": 40,
            "ranking_length": 10,
            "trust": 0.45,
            "nearest": 15,
            "considered": 8,
            "components": 160,
            "whitening": 0.2,
            "warmth": 0.05,
            "words_sure": 0.7,
            "sure": 0.6,
            "grave": ["suicide_risk", "emergency"],
            "hint": 0.05,
        }

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceIntentClassifier:
        """Rasa's constructor for training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **_: Any
    ) -> SentenceIntentClassifier:
        """Rasa's constructor for use."""
        with model_storage.read_from(resource) as folder:
            kept = {_number_of(file): Judge.load(file) for file in folder.glob("look-*.npz")}
        return cls(config, model_storage, resource, dict(sorted(kept.items())))

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, looks: Looks | None = None) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._looks = looks or {}
        self._warned = False

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and store a judge for each look."""
        examples = [example for example in training_data.intent_examples if example.get(INTENT) and example.get(TEXT)]
        sparse = vstack([_sparse(example) for example in examples]).tocsr()
        embeddings = [dense_features(example) for example in examples]
        intents = [example.get(INTENT) for example in examples]
        words = learn(sparse, None, intents, self._config | {"strength": self._config["words_strength"]})
        self._looks = {0: words} | {
            number: learn(None, np.stack([in_one_row([row]) for row in rows]), intents, self._config)
            for number, rows in enumerate(zip(*embeddings, strict=False), 1)
        }
        with self._storage.write_to(self._resource) as folder:
            for number, judge in self._looks.items():
                judge.save(folder / f"look-{number}.npz")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Later components of the training graph see predictions, too."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``intent`` and ``intent_ranking`` of each message."""
        for message in messages:
            ranking = self._ranking(message)
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        if not self._looks:
            return [{"name": None, "confidence": 0.0}]
        probabilities, intents = self._probabilities(message)
        best = np.argsort(-probabilities)[: self._config["ranking_length"]]
        return [{"name": str(intents[index]), "confidence": float(probabilities[index])} for index in best]

    def _probabilities(self, message: Message) -> tuple[np.ndarray, np.ndarray]:
        """One for each intent, and the intents: after the look that was enough, or else after the last that there are embeddings for."""
        embeddings = dense_features(message)
        logarithms: list[np.ndarray] = []
        for number, judge in self._looks.items():
            if number > len(embeddings):
                self._warn_once()
                break
            read = (_NONE, _NONE, in_one_row(embeddings[number - 1 : number])) if number else (*_counted(message), None)
            logarithms.append(np.log(np.maximum(judge.probabilities(*read), _LEAST)))
            verdict, intents = _together(logarithms), judge.intents
            if self._enough(verdict, intents, self._config["sure" if number else "words_sure"]):
                break
        return verdict, intents

    def _enough(self, verdict: np.ndarray, intents: np.ndarray, sure: float) -> bool:
        """Whether the looking ends: sure of an intent, and nothing speaks of danger, nor of none of these without being sure of it."""
        best = verdict.argmax()
        hinted = set(intents[verdict >= self._config["hint"]])
        elsewhere = {self._config["rest"]} - {intents[best]}
        return bool(verdict[best] >= sure) and hinted.isdisjoint({*self._config["grave"], *elsewhere})

    def _warn_once(self) -> None:
        if not self._warned:
            self._warned = True
            logger.error("The model was trained with sentence embeddings and now gets too few: train again, or mend the encoder.")


def _together(logarithms: list[np.ndarray]) -> np.ndarray:
    """The geometric mean of probabilities, sum 1."""
    mean: np.ndarray = np.exp(np.mean(logarithms, axis=0))
    return mean / mean.sum()


def _sparse(message: Message) -> csr_matrix:
    places, counts = _counted(message)
    return csr_matrix((counts, places, [0, len(places)]), shape=(1, sum(block.shape[1] for block in _blocks(message))))


def _counted(message: Message) -> tuple[np.ndarray, np.ndarray]:
    """Places and counts of n-grams, all featurisers' in one row. ``Message.get_sparse_features`` takes ten times as long for it."""
    places, counts, width = [_NONE], [_NONE], 0
    for block in _blocks(message):
        row = block.tocoo()
        first = row.row == 0
        places.append(row.col[first] + width)
        counts.append(row.data[first])
        width += block.shape[1]
    return np.concatenate(places), np.concatenate(counts)


def _blocks(message: Message) -> list[spmatrix]:
    return [one.features for one in message.features if one.is_sparse() and (one.attribute, one.type) == (TEXT, FEATURE_TYPE_SENTENCE)]


def _number_of(file: Path) -> int:
    return int(file.stem.removeprefix("look-"))
