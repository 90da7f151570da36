"""Short things that people say to Faro itself, such as "and now?": rules that a person can read, tried before the model.

They stand in ``locales/<language>.yml`` below ``phrases``, written in the language of :mod:`bot.conversation.phrases`.
All languages are tried on every message, as the safety net does.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.cleaning import fold
from bot.conversation.phrases import PhraseReader, Phrases, Spelling
from bot.conversation.texts import Catalogue
from bot.messages import Language


class Saying:
    """One thing that can be said in many ways.

    Args:
        name: its list in the catalogues, ``phrases.<name>``. A phrase has to be the whole message, not a part of it.
    """

    def __init__(self, catalogue: Catalogue, languages: Sequence[Language], name: str) -> None:
        self._spelling = Spelling()
        reader = PhraseReader(self._spelling)
        sources = (source for language in languages for source in catalogue.words(f"phrases.{name}", language))
        self._phrases = Phrases(reader.read(f"^ {source} $") for source in sources)

    def is_said_by(self, text: str) -> bool:
        """Whether a message as typed says it."""
        return self._phrases.stand_in(self._spelling.read(fold(text)))
