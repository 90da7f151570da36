"""The classifier inside Rasa's own environment: what its settings promise."""

from __future__ import annotations

from tests.dialogue.test_trackers import in_rasa

_MADE = """
import pathlib, tempfile
import numpy as np
from scipy.sparse import csr_matrix
from rasa_side.classifier import SentenceIntentClassifier, Weights, fit

CONFIG = SentenceIntentClassifier.get_default_config()
ROWS = csr_matrix(np.array([[1, 0, 0], [2, 0, 0], [0, 1, 0], [0, 2, 1], [0, 0, 1]], np.float32))
INTENTS = ["bike", "bike", "scam", "scam", "out_of_scope"]

def fitted(**changes):
    return fit(ROWS, None, INTENTS, CONFIG | changes)

def odds(weights, row, intent):
    chance = weights.probabilities(csr_matrix(np.array([row], np.float32)), None)[list(weights.intents).index(intent)]
    return chance / (1 - chance)
"""


def test_saying_it_twice_makes_nothing_surer() -> None:
    in_rasa(_MADE + """
weights = fitted()
assert np.isclose(odds(weights, [1, 1, 0], "bike"), odds(weights, [3, 3, 0], "bike"))
""")


def test_the_odds_of_none_of_these_are_raised_as_much_as_asked() -> None:
    in_rasa(_MADE + """
plain, raised = fitted(rest_weight=1.0), fitted(rest_weight=4.0)
assert np.isclose(odds(raised, [1, 0, 1], "out_of_scope"), 4 * odds(plain, [1, 0, 1], "out_of_scope"), rtol=1e-4)
""")


def test_a_rare_intent_gains_with_balance() -> None:
    in_rasa(_MADE + """
shares = [odds(fitted(balance=degree), [0, 0, 0], "out_of_scope") for degree in (0.0, 0.5, 1.0)]
assert shares == sorted(shares) and shares[0] < shares[2]
""")


def test_a_message_without_features_gets_a_ranking() -> None:
    in_rasa(_MADE + """
with np.errstate(all="raise"):
    chances = fitted().probabilities(csr_matrix((1, 3)), None)
assert np.isfinite(chances).all() and np.isclose(chances.sum(), 1)
""")


def test_what_is_stored_predicts_the_same() -> None:
    in_rasa(_MADE + """
weights = fitted()
with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder) / "classifier.npz"
    weights.save(file)
    assert np.isclose(odds(Weights.load(file), [1, 1, 1], "scam"), odds(weights, [1, 1, 1], "scam"))
""")
