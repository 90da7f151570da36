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
    are the messages' unit vectors there, one a row, sorted by intent: those of intent ``i`` begin at ``starts[i]`` and end before
    ``starts[i + 1]``. ``votes`` is what a message of each intent counts.
    """

    mean: np.ndarray
    axes: np.ndarray
    places: np.ndarray
    starts: np.ndarray
    votes: np.ndarray

    def shares(self, dense: np.ndarray, among: np.ndarray, nearest: int, warmth: float) -> np.ndarray:
        """How the ``nearest`` messages' votes are spread over the intents, shape ``(intents,)``, sum 1.

        Only messages of the intents ``among`` (numbers) are looked at: a walk over all of them takes longer than everything else.
        A message counts less the farther away it is: by a factor e for each ``warmth`` of cosine that it lies behind the nearest.
        """
        here = _unit((dense - self.mean) @ self.axes)
        near = [self.places[self.starts[intent] : self.starts[intent + 1]] @ here for intent in among]
        intents, cosines = np.repeat(among, [len(some) for some in near]), np.concatenate(near)
        if nearest < len(cosines):
            chosen = np.argpartition(-cosines, nearest)[:nearest]
            intents, cosines = intents[chosen], cosines[chosen]
        weights = np.exp((cosines - cosines.max()) / warmth) * self.votes[intents]
        shares = np.bincount(intents, weights, len(self.votes))
        result: np.ndarray = shares / shares.sum()
        return result


def settle(dense: np.ndarray, targets: np.ndarray, config: dict[str, Any]) -> Neighbours:
    """Place the training messages.

    Args:
        dense: their embeddings, one a row.
        targets: their intents' numbers; each intent has a message.
        config: ``components`` is how many principal components of the standardised embedding are kept; each is divided by its
            variance to the power of ``whitening``. ``balance`` raises rare intents as it does in the linear model.
    """
    mean, spread = dense.mean(axis=0), dense.std(axis=0) + np.float32(1e-6)
    standard = (dense - mean) / spread
    variances, directions = np.linalg.eigh(standard.T @ standard / len(standard))
    largest = np.argsort(-variances)[: config["components"]]
    scaled = directions[:, largest] * np.maximum(variances[largest], 1e-9) ** -config["whitening"]
    axes = (scaled / spread[:, np.newaxis]).astype(np.float32)
    places = (dense - mean)[np.argsort(targets, kind="stable")] @ axes
    places /= np.maximum(np.linalg.norm(places, axis=1, keepdims=True), np.float32(1e-6))
    sizes = np.bincount(targets)
    votes = sizes.astype(np.float32) ** np.float32(-config["balance"])
    return Neighbours(mean, axes, places.astype(np.float32), np.concatenate([[0], np.cumsum(sizes)]), votes)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.float32(max(float(np.linalg.norm(vector)), 1e-6))
