"""The training messages nearest in meaning, and what they vote for. Imports no Rasa.

A linear model draws straight borders between intents; people's ways of saying the same lie in scattered spots. The nearest spots
know more about rare ways, the linear model about the whole: together they are better than each (``docs/understanding.md``).
The method is the distance-weighted nearest-neighbour rule (Dudani 1976) on principal components.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Neighbours:
    """Where the training messages lie.

    ``mean`` and ``axes`` (shape ``(dimensions, components)``) lead from an embedding to the space in which nearness counts; ``places``
    are the messages' unit vectors there, one a row; ``intents`` their intents' numbers; ``votes`` what each counts.
    """

    mean: np.ndarray
    axes: np.ndarray
    places: np.ndarray
    intents: np.ndarray
    votes: np.ndarray

    def shares(self, dense: np.ndarray, classes: int, nearest: int, warmth: float) -> np.ndarray:
        """How the ``nearest`` messages' votes are spread over the intents, shape ``(classes,)``, sum 1.

        A message counts less the farther away it is: by a factor e for each ``warmth`` of cosine that it lies behind the nearest.
        """
        near = self.places @ _unit((dense - self.mean) @ self.axes)
        chosen = np.argpartition(-near, nearest)[:nearest] if nearest < len(near) else np.arange(len(near))
        weights = np.exp((near[chosen] - near[chosen].max()) / warmth) * self.votes[chosen]
        shares = np.bincount(self.intents[chosen], weights, classes)
        result: np.ndarray = shares / shares.sum()
        return result


def settle(dense: np.ndarray, targets: np.ndarray, config: dict[str, Any]) -> Neighbours:
    """Place the training messages.

    Args:
        dense: their embeddings, one a row.
        targets: their intents' numbers.
        config: ``components`` is how many principal components of the standardised embedding are kept; each is divided by its
            variance to the power of ``whitening``. ``balance`` raises rare intents as it does in the linear model.
    """
    mean, spread = dense.mean(axis=0), dense.std(axis=0) + np.float32(1e-6)
    standard = (dense - mean) / spread
    variances, directions = np.linalg.eigh(standard.T @ standard / len(standard))
    largest = np.argsort(-variances)[: config["components"]]
    scaled = directions[:, largest] * np.maximum(variances[largest], 1e-9) ** -config["whitening"]
    axes = (scaled / spread[:, np.newaxis]).astype(np.float32)
    places = (dense - mean) @ axes
    places /= np.maximum(np.linalg.norm(places, axis=1, keepdims=True), np.float32(1e-6))
    votes = np.bincount(targets)[targets].astype(np.float32) ** np.float32(-config["balance"])
    return Neighbours(mean, axes, places.astype(np.float32), targets.astype(np.int32), votes)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.float32(max(float(np.linalg.norm(vector)), 1e-6))
