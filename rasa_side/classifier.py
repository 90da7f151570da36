"""Rasa component: which intent a message has, by logistic regression over sparse n-grams and the sentence embedding.

Rasa's own ``LogisticRegressionClassifier`` fixes the strength of regularisation and does not standardise the dense part;
both matter with few examples an intent (``docs/understanding.md`` has the figures). More differences: long and short messages
weigh the same, "none of these" can be preferred over a guess, a message without features gets an even ranking instead of an
exception, and the model is stored as plain numbers.
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
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, diags, spmatrix, vstack

logger = logging.getLogger(__name__)

_FILE = "classifier.npz"
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Weights:
    """A trained linear model: for each intent a weight per sparse and per dense feature, and a bias."""

    intents: np.ndarray
    sparse: np.ndarray
    dense: np.ndarray
    bias: np.ndarray
    mean: np.ndarray
    spread: np.ndarray

    def probabilities(self, places: np.ndarray, counts: np.ndarray, dense: np.ndarray | None) -> np.ndarray:
        """Softmax over the intents, shape ``(len(intents),)``, of a message that has the sparse features at ``places`` so many times.

        Features that are not there count as average.
        """
        scores = self.bias + _unit(counts) @ self.sparse[places]
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
    """Multinomial logistic regression, all messages of all languages in one model."""

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
        """
        return {
            "strength": 0.02,
            "sparse_share": 11.0,
            "balance": 0.5,
            "rest": "out_of_scope",
            "rest_weight": 2.0,
            "most_steps": 40,
            "ranking_length": 10,
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
        probabilities = weights.probabilities(*_counted(message), dense)
        best = np.argsort(-probabilities)[: self._config["ranking_length"]]
        return [{"name": str(weights.intents[index]), "confidence": float(probabilities[index])} for index in best]

    def _warn_once_if_blind(self, dense: np.ndarray | None) -> None:
        if dense is None and self._weights is not None and self._weights.dense.size and not self._warned:
            self._warned = True
            logger.error("The model was trained with sentence embeddings and now gets none: train again, or mend the encoder.")


def fit(sparse: csr_matrix, dense: np.ndarray | None, intents: list[str], config: dict[str, Any]) -> Weights:
    """Learn the weights; ``dense`` is standardised, each sparse row gets the length ``sparse_share``."""
    share = np.float32(config["sparse_share"])
    dense = np.zeros((len(intents), 0), np.float32) if dense is None else dense
    mean, spread = dense.mean(axis=0), dense.std(axis=0) + np.float32(1e-6)
    names, targets = np.unique(intents, return_inverse=True)
    blocks = (_unit_rows(sparse) * share, (dense - mean) / spread)
    costs = np.float32(config["strength"]) * _balance(targets, float(config["balance"]))
    weights = _descend(blocks, targets, costs, int(config["most_steps"]))
    width = sparse.shape[1]
    bias = weights[-1] + np.where(names == config["rest"], np.float32(np.log(config["rest_weight"])), np.float32(0))
    return Weights(names, weights[:width] * share, weights[width:-1], bias, mean, spread)


def _balance(targets: np.ndarray, degree: float) -> np.ndarray:
    """What each example counts: with ``degree`` 1 all classes count the same, with 0 all examples do."""
    counts = np.bincount(targets)
    raised: np.ndarray = (len(targets) / (len(counts) * counts)) ** degree
    return raised[targets].astype(np.float32)


def _unit_rows(sparse: csr_matrix) -> csr_matrix:
    """Rows of length 1, so that a long message does not sound surer than a short one; empty rows stay empty."""
    single = sparse.astype(np.float32)
    lengths = np.sqrt(np.asarray(single.multiply(single).sum(axis=1)).ravel())
    return diags(1 / np.maximum(lengths, np.float32(1e-6))) @ single


def _unit(counts: np.ndarray) -> np.ndarray:
    """As :func:`_unit_rows` for the numbers of one row."""
    return counts.astype(np.float32) / np.float32(max(np.linalg.norm(counts), 1e-6))


def _descend(blocks: tuple[csr_matrix, np.ndarray], targets: np.ndarray, costs: np.ndarray, most_steps: int) -> np.ndarray:
    """Minimise the cross-entropy, weighed by the examples' ``costs``, plus half the squared weights, by L-BFGS from zero.

    scikit-learn has the same objective, but wants one matrix: with the dense part inside a sparse one it takes several times as long.

    Returns:
        One row per feature, then the bias; one column per class.
    """
    from scipy.optimize import minimize  # 10 MB that only training needs

    sparse, dense = blocks
    columns, width, rows, classes = sparse.T.tocsr(), sparse.shape[1], len(targets), int(targets.max()) + 1
    wanted = np.eye(classes, dtype=np.float32)[targets]

    def loss_and_slope(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(-1, classes).astype(np.float32)
        scores = sparse @ weights[:width] + dense @ weights[width:-1] + weights[-1]
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        sums = powers.sum(axis=1, keepdims=True)
        surprise = np.log(sums[:, 0]) - scores[np.arange(rows), targets]
        loss = float(costs @ surprise) + 0.5 * float((weights[:-1] ** 2).sum())
        error = (powers / sums - wanted) * costs[:, np.newaxis]
        slope = np.vstack([columns @ error + weights[:width], dense.T @ error + weights[width:-1], error.sum(axis=0)])
        return loss, slope.ravel().astype(np.float64)

    start = np.zeros((width + dense.shape[1] + 1) * classes)
    found = minimize(loss_and_slope, start, jac=True, method="L-BFGS-B", options={"maxiter": most_steps})
    return found.x.reshape(-1, classes).astype(np.float32)


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


def _dense(message: Message) -> np.ndarray | None:
    features = message.get_dense_features(TEXT)[1]
    return None if features is None else np.asarray(features.features, dtype=np.float32)[0]


def _stacked(rows: list[np.ndarray | None]) -> np.ndarray | None:
    present = [row for row in rows if row is not None]
    return np.stack(present) if present and len(present) == len(rows) else None
