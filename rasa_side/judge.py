"""What decides between intents: a linear model, corrected by the nearest training messages. Imports no Rasa."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from rasa_side.neighbours import Neighbours, settle
from rasa_side.regression import Weights, fit

_LINEAR, _NEAR = "linear_", "near_"
"""Beginnings of names in a judge's file."""

_SETTINGS = ("favour", "trust", "nearest", "warmth", "considered", "grave")

_DOUBT = 0.005
"""Share of votes that an intent without any is taken to have: neighbours may advise against it, not forbid it."""


@dataclass(frozen=True)
class Judge:
    """Both models' verdict: the weighted geometric mean of their probabilities, the neighbours' weight being ``trust`` (0 to 1).

    ``favour`` is what the odds of each intent are multiplied by at the end. Neighbours are asked about the ``considered`` likeliest intents
    and, whatever the linear model thinks, about those of ``grave`` (numbers).
    """

    weights: Weights
    neighbours: Neighbours | None
    favour: np.ndarray
    trust: float
    nearest: int
    warmth: float
    considered: int
    grave: np.ndarray

    @property
    def intents(self) -> np.ndarray:
        """Their names, in the order of :meth:`probabilities`."""
        return self.weights.intents

    def probabilities(self, places: np.ndarray, counts: np.ndarray, dense: np.ndarray | None) -> np.ndarray:
        """Of each intent, shape ``(len(intents),)``, sum 1; arguments as for :meth:`Weights.probabilities`."""
        chances = self.weights.probabilities(places, counts, dense)
        if dense is not None and self.neighbours is not None:
            shares = self.neighbours.shares(dense, self._likely(chances), self.nearest, self.warmth)
            chances = chances ** (1 - self.trust) * (shares + _DOUBT) ** self.trust
        chances = chances * self.favour
        result: np.ndarray = chances / chances.sum()
        return result

    def _likely(self, chances: np.ndarray) -> np.ndarray:
        best = np.argsort(-chances)[: self.considered]
        return np.union1d(best, self.grave)

    def save(self, path: Path) -> None:
        """Write as numbers and names, nothing that could run; the neighbours' places in half the precision, which is enough."""
        near = {} if self.neighbours is None else vars(self.neighbours) | {"places": self.neighbours.places.astype(np.float16)}
        linear = {_LINEAR + name: value for name, value in vars(self.weights).items()}
        near = {_NEAR + name: value for name, value in near.items()}
        settings = {name: getattr(self, name) for name in _SETTINGS}
        np.savez_compressed(path, **linear, **near, **settings)

    @classmethod
    def load(cls, path: Path) -> Judge:
        """Read what :meth:`save` wrote; pickles are refused."""
        with np.load(path, allow_pickle=False) as kept:
            read = {name: kept[name] for name in kept.files}
        near = _below(_NEAR, read)
        neighbours = Neighbours(**near | {"places": near["places"].astype(np.float32)}) if near else None
        settings = {name: read[name] if read[name].ndim else read[name].item() for name in _SETTINGS}
        return cls(Weights(**_below(_LINEAR, read)), neighbours, **settings)


def learn(sparse: csr_matrix | None, dense: np.ndarray | None, intents: list[str], config: dict[str, Any]) -> Judge:
    """Train both models, of counts, of a dense vector or of both; without dense vectors there are no neighbours."""
    sparse = csr_matrix((len(intents), 0), dtype=np.float32) if sparse is None else sparse
    weights = fit(sparse, dense, intents, config)
    targets = np.searchsorted(weights.intents, intents)
    neighbours = None if dense is None else settle(dense, targets, config)
    favour = np.where(weights.intents == config["rest"], np.float32(config["rest_weight"]), np.float32(1))
    grave = np.flatnonzero(np.isin(weights.intents, config["grave"]))
    return Judge(weights, neighbours, favour, config["trust"], config["nearest"], config["warmth"], config["considered"], grave)


def _below(beginning: str, read: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name.removeprefix(beginning): value for name, value in read.items() if name.startswith(beginning)}
