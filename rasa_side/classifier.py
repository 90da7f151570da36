"""Rasa component: which intent a message has, by logistic regression over sparse n-grams and the sentence embedding, and by the
training messages nearest in meaning.

Rasa's own ``LogisticRegressionClassifier`` fixes the strength of regularisation and does not standardise the dense part;
both matter with few examples an intent (``docs/understanding.md`` has the figures). More differences: long and short messages
weigh the same, "none of these" can be preferred over a guess, a message without features gets an even ranking instead of an
exception, and the model is stored as plain numbers.

Where the pipeline has several embeddings there are two models: one of the first embedding, which decides where it is sure, and one
of all of them. Most messages so never ask for the others, which may be deferred.
"""

from __future__ import annotations

import logging
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

_FILE = "classifier.npz"
_QUICK_FILE = "quick.npz"
_NONE = np.zeros(0, np.int64)


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

        ``strength`` is scikit-learn's C: smaller means simpler. ``sparse_share`` is the length of a message's n-gram vector beside
        an embedding whose features have spread 1. ``balance`` says how far rare intents are raised: 0 not at all, 1 until all
        count the same. The odds of the intent ``rest`` are multiplied by ``rest_weight``: for an unsure message "none of these",
        which leads to a question, is better than a guess. ``most_steps`` ends the descent early: further steps gain nothing.

        The ``nearest`` training messages correct the linear model with the weight ``trust``; they are looked for among so many
        ``components`` of the embedding, evened out by ``whitening``, and one counts less by a factor e for each ``warmth`` of cosine
        that it lies behind the nearest.

        With several embeddings, the first is enough where its best intent has at least the confidence ``sure``, and each intent of
        ``grave`` less than ``hint``.
        """
        return {
            "strength": 0.02,
            "sparse_share": 11.0,
            "balance": 0.5,
            "rest": "out_of_scope",
            "rest_weight": 2.0,
            "most_steps": 40,
            "ranking_length": 10,
            "trust": 0.4,
            "nearest": 15,
            "components": 160,
            "whitening": 0.2,
            "warmth": 0.05,
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
            quick = Judge.load(folder / _QUICK_FILE) if (folder / _QUICK_FILE).exists() else None
            return cls(config, model_storage, resource, Judge.load(folder / _FILE), quick)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        judge: Judge | None = None,
        quick: Judge | None = None,
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._judge = judge
        self._quick = quick
        self._warned = False

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and store."""
        examples = [example for example in training_data.intent_examples if example.get(INTENT) and example.get(TEXT)]
        sparse = vstack([_sparse(example) for example in examples]).tocsr()
        embeddings = [dense_features(example) for example in examples]
        intents = [example.get(INTENT) for example in examples]
        self._judge = learn(sparse, _stacked([in_one_row(rows) for rows in embeddings]), intents, self._config)
        several = all(len(rows) > 1 for rows in embeddings)
        self._quick = learn(sparse, _stacked([in_one_row(rows[:1]) for rows in embeddings]), intents, self._config) if several else None
        with self._storage.write_to(self._resource) as folder:
            self._judge.save(folder / _FILE)
            if self._quick is not None:
                self._quick.save(folder / _QUICK_FILE)
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
        judge = self._judge
        if judge is None:
            return [{"name": None, "confidence": 0.0}]
        probabilities = self._probabilities(judge, message)
        best = np.argsort(-probabilities)[: self._config["ranking_length"]]
        return [{"name": str(judge.intents[index]), "confidence": float(probabilities[index])} for index in best]

    def _probabilities(self, judge: Judge, message: Message) -> np.ndarray:
        counted, embeddings = _counted(message), dense_features(message)
        if self._quick is not None and embeddings:
            probabilities = self._quick.probabilities(*counted, in_one_row(embeddings[:1]))
            if self._enough(probabilities, self._quick.intents):
                return probabilities
        dense = in_one_row(embeddings)
        self._warn_once_if_blind(dense)
        return judge.probabilities(*counted, dense)

    def _enough(self, probabilities: np.ndarray, intents: np.ndarray) -> bool:
        """Whether the first embedding decides: sure of an intent, and nothing speaks of danger that it does not say itself."""
        grave = probabilities[np.isin(intents, self._config["grave"])]
        return bool(probabilities.max() >= self._config["sure"] and not (grave >= self._config["hint"]).any())

    def _warn_once_if_blind(self, dense: np.ndarray | None) -> None:
        if dense is None and self._judge is not None and self._judge.reads_embeddings and not self._warned:
            self._warned = True
            logger.error("The model was trained with sentence embeddings and now gets none: train again, or mend the encoder.")


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


def _stacked(rows: list[np.ndarray | None]) -> np.ndarray | None:
    present = [row for row in rows if row is not None]
    return np.stack(present) if present and len(present) == len(rows) else None
