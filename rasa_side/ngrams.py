"""Rasa component: n-grams of a whole message, counted.

Rasa's ``CountVectorsFeaturizer`` also counts those of every single word, which only sequence models read: half of its time.
"""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.shared.nlu.constants import TEXT
from scipy.sparse import coo_matrix


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceNgrams(CountVectorsFeaturizer):
    """Same settings, same vocabulary and same sentence features as the class above; no sequence features."""

    def _create_features(
        self, attribute: str, all_tokens: list[list[str]]
    ) -> tuple[list[coo_matrix | None], list[coo_matrix | None]]:
        """Rasa's hook: for each message the features of its words and of the whole, None where there are none."""
        counter = self.vectorizers.get(attribute) if attribute == TEXT else None
        whole = [counter.transform([" ".join(words)]).tocoo() if counter and words else None for words in all_tokens]
        return [None] * len(whole), whole
