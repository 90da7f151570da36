"""Sentence embeddings inside Rasa's own environment, and life without them."""

from __future__ import annotations

from tests.dialogue.test_trackers import in_rasa

_MADE = """
import logging
import numpy as np
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa_side import embeddings
from rasa_side.embeddings import SentenceEmbeddingFeaturizer, Remembered, _encoder

CONFIG = SentenceEmbeddingFeaturizer.get_default_config()

def vector(text, encoder):
    [message] = SentenceEmbeddingFeaturizer(CONFIG, encoder, "e").process([Message({TEXT: text})])
    features = message.get_dense_features(TEXT)[1]
    return None if features is None else features.features[0]
"""


def test_a_sentence_is_near_its_translation_and_scaled() -> None:
    in_rasa(_MADE + """
encoder = _encoder("e5-int8")
bike, velo, weather = (vector(text, encoder) / 4 for text in ("my bike was stolen", "on a volé mon vélo", "will it rain tomorrow"))
assert abs(np.linalg.norm(bike) - 1) < 0.01
assert bike @ velo > bike @ weather + 0.05
""")


def test_odd_texts_do_not_break_the_encoder() -> None:
    in_rasa(_MADE + """
encoder = _encoder("e5-int8")
for text in ("\\x00", "\\ud800", "a" * 100_000, "\\u202e", "🙂"):
    assert np.isfinite(vector(text, encoder)).all()
""")


def test_without_the_library_it_says_so_and_adds_nothing() -> None:
    in_rasa(_MADE + """
def missing():
    raise ImportError("not installed")

said = []
embeddings.logger.addFilter(lambda record: said.append(record.getMessage()))
embeddings.ENCODERS["e5-int8"] = missing
assert _encoder("e5-int8") is None
assert "not installed" in said[0]
assert vector("hello", None) is None
assert embeddings.vectors_of(["hello"]) is None
""")


def test_texts_of_others_are_read_like_messages() -> None:
    in_rasa(_MADE + """
from rasa.engine.graph import ExecutionContext
SentenceEmbeddingFeaturizer.create(CONFIG, None, None, ExecutionContext(None, node_name="e"))
texts = ["/my bike\u200b was stolen", "", "far too long " * 1000]
fingerprint, vectors = embeddings.vectors_of(texts)
encoder = _encoder(CONFIG["encoder"])
assert fingerprint == encoder.fingerprint
assert np.allclose(vectors[0], vector("my bike was stolen", encoder) / 4, atol=1e-4)
assert np.allclose(vectors[2], vector(texts[2], encoder) / 4, atol=1e-4)
assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
assert embeddings.vectors_of([])[1].shape == (0, encoder.dimensions)
""")


def test_training_sentences_are_embedded_once() -> None:
    in_rasa(_MADE + """
import pathlib, tempfile

class Counting:
    asked = []
    def encode(self, texts):
        self.asked += texts
        return np.array([[float(len(text))] for text in texts])

with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder) / "kept.npz"
    first = Remembered(Counting(), file)
    assert first.encode(["a", "bb", "a"]).tolist() == [[1.0], [2.0], [1.0]]
    first.save()
    second = Remembered(Counting(), file)
    assert second.encode(["bb", "ccc"]).tolist() == [[2.0], [3.0]]
    assert Counting.asked == ["a", "bb", "ccc"], Counting.asked
""")


def test_a_deferred_embedding_is_worked_out_when_it_is_looked_at() -> None:
    in_rasa(_MADE + """
class Counting:
    fingerprint, dimensions, asked = "counting", 2, []
    def encode(self, texts):
        self.asked += texts
        return np.array([[1.0, 0.0] for _ in texts], np.float32)

[message] = SentenceEmbeddingFeaturizer(CONFIG | {"deferred": True}, Counting(), "e").process([Message({TEXT: "hello"})])
[feature] = embeddings.dense_features(message)
assert Counting.asked == []
assert embeddings.in_one_row([feature]).tolist() == [4.0, 0.0]
assert message.get_dense_features(TEXT)[1].features.tolist() == [[4.0, 0.0]]
assert Counting.asked == ["hello"]
""")


def test_texts_of_others_are_read_by_all_of_the_pipeline_s_encoders() -> None:
    in_rasa(_MADE + """
from rasa.engine.graph import ExecutionContext
for name, encoder in (("first", "e5-int8"), ("second", "use")):
    SentenceEmbeddingFeaturizer.create(CONFIG | {"encoder": encoder}, None, None, ExecutionContext(None, node_name=name))
fingerprint, [row] = embeddings.vectors_of(["my bike was stolen"])
message = Message({TEXT: "my bike was stolen"})
for name, encoder in (("first", "e5-int8"), ("second", "use")):
    SentenceEmbeddingFeaturizer(CONFIG | {"encoder": encoder, "deferred": True}, _encoder(encoder), name).process([message])
whole = embeddings.in_one_row(embeddings.dense_features(message))
assert "+" in fingerprint
assert np.allclose(row, whole / np.linalg.norm(whole), atol=1e-4)
""")
