"""Multinomial logistic regression over sparse counts and a dense vector. Imports no Rasa."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags


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
        scores = self.bias + unit(counts) @ self.sparse[places]
        if dense is not None and self.dense.size:
            scores = scores + (dense - self.mean) / self.spread @ self.dense
        powers = np.exp(scores - scores.max())
        return powers / powers.sum()


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
    return Weights(names, weights[:width] * share, weights[width:-1], weights[-1], mean, spread)


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


def unit(counts: np.ndarray) -> np.ndarray:
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
