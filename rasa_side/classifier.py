"""Rasa component: which intent a message has, by logistic regression over sparse n-grams and the sentence embedding.

Rasa's own ``LogisticRegressionClassifier`` fixes the strength of regularisation and does not standardise the dense part;
both matter with few examples an intent (``docs/adr/0003-rasa-without-tensorflow.md`` has the figures). Two more differences:
a message without features gets an even ranking instead of an exception, and the model is stored as plain numbers.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack

logger = logging.getLogger(__name__)

_FILE = "classifier.npz"


@dataclass(frozen=True)
class Weights:
    """A trained linear model: for each intent a weight per sparse and per dense feature, and a bias."""

    intents: np.ndarray
    sparse: np.ndarray
    dense: np.ndarray
    bias: np.ndarray
    mean: np.ndarray
    spread: np.ndarray

    def probabilities(self, sparse: csr_matrix, dense: np.ndarray | None) -> np.ndarray:
        """Softmax over the intents, shape ``(len(intents),)``. Features that are not there count as average."""
        scores = self.bias + np.asarray(sparse @ self.sparse)[0]
        if dense is not None and self.dense.size:
            scores = scores + (dense - self.mean) / self.spread @ self.dense
        powers = np.exp(scores - scores.max())
        return powers / powers.sum()

    def save(self, path: Path) -> None:
        """Write as numbers and names, nothing that could run."""
        np.savez_compressed(path, **vars(self))

    @classmethod
    def load(cls, path: Path) -> Weights:
        """Read what :meth:`save` wrote; pickles are refused."""
        with np.load(path, allow_pickle=False) as numbers:
            return cls(**{name: numbers[name] for name in numbers.files})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceIntentClassifier(GraphComponent, IntentClassifier):
    """Multinomial logistic regression, classes balanced, all messages of all languages in one model."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Some featuriser first."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``strength`` is scikit-learn's C: smaller means simpler. ``sparse_share`` weighs n-grams against the embedding."""
        return {"strength": 0.03, "sparse_share": 1.0, "ranking_length": 10}

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
            return cls(config, model_storage, resource, Weights.load(folder / _FILE))

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, weights: Weights | None = None) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._weights = weights
        self._warned = False

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and store."""
        examples = [example for example in training_data.intent_examples if example.get(INTENT) and example.get(TEXT)]
        sparse = vstack([_sparse(example) for example in examples]).tocsr()
        dense = _stacked([_dense(example) for example in examples])
        self._weights = fit(sparse, dense, [example.get(INTENT) for example in examples], self._config)
        with self._storage.write_to(self._resource) as folder:
            self._weights.save(folder / _FILE)
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
        weights = self._weights
        if weights is None:
            return [{"name": None, "confidence": 0.0}]
        dense = _dense(message)
        self._warn_once_if_blind(dense)
        probabilities = weights.probabilities(_sparse(message, weights.sparse.shape[0]), dense)
        best = np.argsort(-probabilities)[: self._config["ranking_length"]]
        return [{"name": str(weights.intents[index]), "confidence": float(probabilities[index])} for index in best]

    def _warn_once_if_blind(self, dense: np.ndarray | None) -> None:
        if dense is None and self._weights is not None and self._weights.dense.size and not self._warned:
            self._warned = True
            logger.error("The model was trained with sentence embeddings and now gets none: train again, or mend the encoder.")


def fit(sparse: csr_matrix, dense: np.ndarray | None, intents: list[str], config: dict[str, Any]) -> Weights:
    """Learn the weights; ``dense`` is standardised, the sparse part scaled by ``sparse_share``."""
    from scipy.sparse import hstack
    from sklearn.linear_model import LogisticRegression

    share, width = float(config["sparse_share"]), sparse.shape[1]
    mean, spread = (dense.mean(axis=0), dense.std(axis=0) + 1e-6) if dense is not None else (np.zeros(0), np.ones(0))
    matrix = sparse * share if dense is None else hstack([sparse * share, csr_matrix((dense - mean) / spread)]).tocsr()
    model = LogisticRegression(C=float(config["strength"]), class_weight="balanced", max_iter=300, tol=1e-3)
    model.fit(matrix.astype(np.float64), intents)
    weights = model.coef_.T.astype(np.float32)
    return Weights(model.classes_.astype(str), weights[:width] * np.float32(share), weights[width:], model.intercept_, mean, spread)


def _sparse(message: Message, width: int = 0) -> csr_matrix:
    features = message.get_sparse_features(TEXT)[1]
    return csr_matrix((1, width)) if features is None else features.features.tocsr()[:1]


def _dense(message: Message) -> np.ndarray | None:
    features = message.get_dense_features(TEXT)[1]
    return None if features is None else np.asarray(features.features, dtype=np.float32)[0]


def _stacked(rows: list[np.ndarray | None]) -> np.ndarray | None:
    present = [row for row in rows if row is not None]
    return np.stack(present) if present and len(present) == len(rows) else None
