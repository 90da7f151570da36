"""The classifier inside Rasa's own environment: what its settings promise."""

from __future__ import annotations

from tests.dialogue.test_trackers import in_rasa

_MADE = """
import pathlib, tempfile
import numpy as np
from scipy.sparse import csr_matrix
from rasa_side.classifier import SentenceIntentClassifier
from rasa_side.judge import Judge, learn

CONFIG = SentenceIntentClassifier.get_default_config()
ROWS = csr_matrix(np.array([[1, 0, 0], [2, 0, 0], [0, 1, 0], [0, 2, 1], [0, 0, 1]], np.float32))
INTENTS = ["bike", "bike", "scam", "scam", "out_of_scope"]

def fitted(**changes):
    return learn(ROWS, None, INTENTS, CONFIG | changes)

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
    assert np.isclose(odds(Judge.load(file), [1, 1, 1], "scam"), odds(weights, [1, 1, 1], "scam"))
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


_LOOKS = _MADE + """
from types import SimpleNamespace
from rasa.shared.nlu.training_data.message import Message

def giving(**chances):
    names = np.array(sorted(chances))
    return SimpleNamespace(intents=names, probabilities=lambda *_: np.array([chances[name] for name in names]))

class Feature:
    type, attribute = "sentence", "text"
    def __init__(self): self.looked = False
    def is_dense(self): return True
    def is_sparse(self): return False
    @property
    def features(self):
        self.looked = True
        return np.zeros((1, 2))

UNSURE = giving(bike=0.5, emergency=0.01, scam=0.49)

def decided(words, first, whole, there=2):
    message = Message({"text": "a"})
    message.features = features = [Feature() for _ in range(there)]
    [message] = SentenceIntentClassifier(CONFIG, None, None, {0: words, 1: first, 2: whole}).process([message])
    return message.get("intent")["name"], [feature.looked for feature in features]
"""


def test_words_alone_are_enough_where_they_are_sure() -> None:
    in_rasa(_LOOKS + """
sure = giving(bike=0.98, emergency=0.01, scam=0.01)
assert decided(sure, UNSURE, UNSURE) == ("bike", [False, False])
assert decided(giving(bike=0.69, emergency=0.01, scam=0.3), sure, UNSURE)[1] == [True, False]
""")


def test_the_first_embedding_is_enough_where_it_is_sure() -> None:
    in_rasa(_LOOKS + """
whole = giving(bike=0.1, emergency=0.01, scam=0.89)
assert decided(UNSURE, giving(bike=0.75, emergency=0.01, scam=0.24), whole) == ("bike", [True, False])
assert decided(UNSURE, giving(bike=0.4, emergency=0.2, scam=0.4), whole) == ("scam", [True, True])
""")


def test_a_hint_of_danger_is_looked_at_again() -> None:
    in_rasa(_LOOKS + """
hint = giving(bike=0.85, emergency=0.1, scam=0.05)
assert decided(hint, hint, giving(bike=0.01, emergency=0.98, scam=0.01)) == ("emergency", [True, True])
""")


def test_a_hint_of_none_of_these_is_looked_at_again_unless_it_is_the_verdict() -> None:
    in_rasa(_LOOKS + """
assert decided(giving(bike=0.9, emergency=0.01, out_of_scope=0.09), UNSURE, UNSURE)[1][0]
assert decided(giving(bike=0.09, emergency=0.01, out_of_scope=0.9), UNSURE, UNSURE)[1] == [False, False]
""")


def test_a_verdict_weighs_every_look_so_far() -> None:
    in_rasa(_LOOKS + """
first, whole = giving(bike=0.45, emergency=0.1, scam=0.45), giving(bike=0.5, emergency=0.1, scam=0.4)
assert decided(giving(bike=0.2, emergency=0.2, scam=0.6), first, whole)[0] == "scam"
assert decided(giving(bike=0.4, emergency=0.2, scam=0.4), first, whole)[0] == "bike"
surely_not = giving(bike=0.0, emergency=0.0, scam=1.0)
assert decided(giving(bike=0.4, emergency=0.2, scam=0.4), surely_not, giving(bike=1.0, emergency=0.0, scam=0.0))[0] == "scam"
""")


def test_with_an_encoder_missing_the_looks_that_are_left_decide_and_it_is_said() -> None:
    in_rasa(_LOOKS + """
import logging
said = []
logging.getLogger("rasa_side.classifier").addFilter(lambda record: said.append(record.getMessage()))
assert decided(UNSURE, giving(bike=0.01, emergency=0.01, scam=0.98), UNSURE, there=0) == ("bike", [])
doubtful = giving(bike=0.42, emergency=0.1, scam=0.48)
assert decided(UNSURE, doubtful, giving(bike=0.98, emergency=0.01, scam=0.01), there=1) == ("scam", [True])
assert len(said) == 2 and "train again" in said[0]
""")


def test_training_makes_a_judge_for_each_look_and_finds_them_again() -> None:
    in_rasa(_MADE + """
from contextlib import contextmanager
from types import SimpleNamespace
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message

def example(row, intent):
    message = Message({"text": "a", "intent": intent})
    message.add_features(Features(row, "sentence", "text", "counts"))
    for name in ("first", "second"):
        message.add_features(Features(np.array([row.toarray()[0][:2]], np.float32)[0][np.newaxis], "sentence", "text", name))
    return message

with tempfile.TemporaryDirectory() as folder:
    @contextmanager
    def opened(_):
        yield pathlib.Path(folder)
    storage = SimpleNamespace(write_to=opened, read_from=opened)
    settings = CONFIG | {"components": 1, "nearest": 2}
    SentenceIntentClassifier(settings, storage, None).train(
        SimpleNamespace(intent_examples=[example(row, intent) for row, intent in zip(ROWS, INTENTS)])
    )
    looks = SentenceIntentClassifier.load(settings, storage, None, None)._looks
assert list(looks) == [0, 1, 2]
assert [(len(judge.weights.sparse), len(judge.weights.dense)) for judge in looks.values()] == [(3, 0), (0, 2), (0, 2)]
assert [judge.neighbours is None for judge in looks.values()] == [True, False, False]
""")


_NEAR = _MADE + """
EMBEDDED = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0.9, 0.1], [0, 0, 1]], np.float32)

def judged(dense, **changes):
    judge = learn(ROWS, EMBEDDED, INTENTS, CONFIG | {"components": 2, "nearest": 2, "rest_weight": 1.0} | changes)
    chances = judge.probabilities(np.zeros(0, int), np.zeros(0), np.array(dense, np.float32))
    assert np.isclose(chances.sum(), 1, atol=1e-3)
    return dict(zip(judge.intents, chances)), judge
"""


def test_the_nearest_messages_correct_the_linear_model() -> None:
    in_rasa(_NEAR + """
alone, _ = judged([0, 1, 0], trust=0.0)
helped, _ = judged([0, 1, 0], trust=0.5)
assert helped["scam"] > alone["scam"]
assert helped["bike"] > 0, "they advise against, they do not forbid"
""")


def test_only_likely_and_grave_intents_have_neighbours() -> None:
    in_rasa(_NEAR + """
plain, _ = judged([0, 1, 0], trust=0.0)
few, _ = judged([0, 1, 0], trust=0.5, considered=1, nearest=3)
before, after = (chances["bike"] / chances["out_of_scope"] for chances in (plain, few))
assert np.isclose(after, before**0.5, rtol=1e-3), "of two intents that nobody asks about none gains"
kept, _ = judged([0, 1, 0], trust=0.5, considered=1, nearest=3, grave=["bike"])
assert kept["bike"] != few["bike"], "a grave intent is asked about whatever the linear model thinks"
""")


def test_neighbours_are_stored_with_the_rest() -> None:
    in_rasa(_NEAR + """
before, judge = judged([0, 1, 0])
with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder) / "judge.npz"
    judge.save(file)
    after = Judge.load(file).probabilities(np.zeros(0, int), np.zeros(0), np.array([0, 1, 0], np.float32))
assert np.allclose(list(before.values()), after, atol=2e-3)
""")
