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
    chance = weights.probabilities(np.arange(len(row)), np.array(row), None)[list(weights.intents).index(intent)]
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
    chances = fitted().probabilities(np.zeros(0, int), np.zeros(0), None)
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


def test_a_message_is_read_as_rasa_would_combine_its_features() -> None:
    in_rasa(_MADE + """
from scipy.sparse import coo_matrix
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa_side.classifier import _counted, _sparse

def features(rows, kind="sentence", attribute="text"):
    return Features(coo_matrix(np.array(rows)), kind, attribute, "counts")

message = Message({"text": "a b"})
others = (features([[7, 7]], "sequence"), features([[1]], attribute="response"))
for one in (*others, features([[0, 2, 1]]), features([[3, 0]]), features([[0, 5]])):
    message.add_features(one)
combined = message.get_sparse_features("text")[1].features.toarray().tolist()
assert combined == [[0, 2, 1, 3, 0, 0, 5]]
assert _sparse(message).toarray().tolist() == combined
assert [numbers.tolist() for numbers in _counted(message)] == [[1, 2, 3, 6], [2, 1, 3, 5]]
assert [len(numbers) for numbers in _counted(Message({"text": "a"}))] == [0, 0]
""")
