"""Rasa component: n-grams of a whole message, counted.

Rasa's ``CountVectorsFeaturizer`` also counts those of every single word, which only sequence models read: half of its time. And
who only answers counts without scikit-learn, which with all that it imports holds 30 MB.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import marisa_trie
import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.shared.nlu.constants import TEXT
from scipy.sparse import coo_matrix

_WORD = re.compile(r"\b\w+\b")
_BEYOND = ("strip_accents", "stop_words")
"""Settings that only scikit-learn's counter understands."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceNgrams(CountVectorsFeaturizer):
    """Same settings, same vocabulary and same sentence features as the class above; no sequence features."""

    _counter: NgramCounter | None = None

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> SentenceNgrams:
        """Rasa's constructor for use."""
        if execution_context.is_finetuning or any(config[setting] for setting in _BEYOND):
            return super().load(config, model_storage, resource, execution_context, **kwargs)
        with model_storage.read_from(resource) as folder:
            vocabularies = json.loads((folder / "vocabularies.json").read_text(encoding="utf-8"))
            oov_words = json.loads((folder / "oov_words.json").read_text(encoding="utf-8"))
        known = vocabularies if config["use_shared_vocab"] else vocabularies[TEXT]
        made = cls(config, model_storage, resource, execution_context, oov_token=config["OOV_token"], oov_words=oov_words)
        made._counter = NgramCounter(known or {}, config["analyzer"], range(config["min_ngram"], config["max_ngram"] + 1))
        return made

    def _create_features(
        self, attribute: str, all_tokens: list[list[str]]
    ) -> tuple[list[coo_matrix | None], list[coo_matrix | None]]:
        """Rasa's hook: for each message the features of its words and of the whole, None where there are none."""
        whole = [self._count(" ".join(words)) if words and attribute == TEXT else None for words in all_tokens]
        return [None] * len(whole), whole

    def _count(self, text: str) -> coo_matrix | None:
        if self._counter is not None:
            return self._counter.count(text)
        learner = self.vectorizers.get(TEXT)
        return learner.transform([text]).tocoo() if learner else None


class NgramCounter:
    """Counts as scikit-learn's ``CountVectorizer`` does, with the vocabulary in a tenth of the memory.

    Args:
        columns: each n-gram's place in a row of features.
        analyzer: ``word`` for runs of words, ``char_wb`` for runs of letters inside words, which begin and end with a space.
        lengths: of the runs.
    """

    def __init__(self, columns: Mapping[str, int], analyzer: str, lengths: range) -> None:
        self._places = marisa_trie.Trie(columns)
        self._columns = np.zeros(len(columns), np.int32)
        for ngram, column in columns.items():
            self._columns[self._places[ngram]] = column
        self._ngrams = {"word": _runs_of_words, "char_wb": _runs_of_letters}[analyzer]
        self._lengths = lengths

    def count(self, text: str) -> coo_matrix:
        """One row, of the n-grams that are known."""
        places = Counter(place for ngram in self._ngrams(text, self._lengths) if (place := self._places.get(ngram)) is not None)
        columns = self._columns[list(places)]
        return coo_matrix((list(places.values()), (np.zeros_like(columns), columns)), (1, len(self._columns)), np.int64)


def _runs_of_words(text: str, lengths: range) -> Iterator[str]:
    words = _WORD.findall(text)
    for length in lengths:
        for first in range(len(words) - length + 1):
            yield " ".join(words[first : first + length])


def _runs_of_letters(text: str, lengths: range) -> Iterator[str]:
    for word in text.split():
        spaced = f" {word} "
        for length in lengths:
            yield from (spaced[first : first + length] for first in range(max(1, len(spaced) - length + 1)))
            if length >= len(spaced):
                break  # a short word counts once, whole
