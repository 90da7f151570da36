"""The n-grams of a message inside Rasa's own environment: freshly learnt, and read from a model."""

from __future__ import annotations

from tests.dialogue.test_trackers import in_rasa


def test_a_whole_message_has_rasas_own_features_and_its_words_have_none() -> None:
    in_rasa(
        """
import pathlib, tempfile
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa_side.ngrams import SentenceNgrams

tokenizer = WhitespaceTokenizer(WhitespaceTokenizer.get_default_config() | {"token_pattern": "\\\\b\\\\w+\\\\b"})

def messages(*texts):
    return tokenizer.process([Message({"text": text, "intent": "greet"}) for text in texts])

def features(kind, settings, folder):
    storage = LocalModelStorage.create(pathlib.Path(folder))
    made = kind.create(kind.get_default_config() | settings, storage, Resource("counts"), ExecutionContext(None, node_name="counts"))
    taught = TrainingData(messages("my bike was stolen", "on a volé mon vélo", "hello hello"))
    made.train(taught)
    made.process_training_data(taught)
    words = ("my my bike", "hello xqzt", "zzz", "🙂", "d’où l'vélo y a-t-il", "a i̇s on")
    loaded = kind.load(made._config, storage, Resource("counts"), ExecutionContext(None, node_name="counts"))
    read = [*made.process(messages(*words)), *loaded.process(messages(*words))]
    return [message.get_sparse_features("text") for message in (*taught.training_examples, *read)]

for settings in ({"max_ngram": 2}, {"analyzer": "char_wb", "min_ngram": 3, "max_ngram": 4}):
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        ours, rasas = features(SentenceNgrams, settings, one), features(CountVectorsFeaturizer, settings, other)
    assert [sequence for sequence, _ in ours] == [None] * 15
    assert any(sequence is not None for sequence, _ in rasas)
    for (_, mine), (_, theirs) in zip(ours, rasas, strict=True):
        assert (mine is None) == (theirs is None)
        assert mine is None or mine.features.toarray().tolist() == theirs.features.toarray().tolist()
""",
        learning=True,
    )
