"""What may reach the model: words, and nothing that acts. Pure, imports no Rasa."""

from __future__ import annotations

import unicodedata

MOST_CHARACTERS = 1_000
"""Longer messages are cut: the time a message takes grows with its length."""


def neutralised(text: str, most_characters: int = MOST_CHARACTERS) -> str:
    """The text as the model may read it.

    Rasa takes a message that starts with "/" for a command (``/intent{"slot": "value"}``), also after spaces; the slash
    goes. Lone surrogates, NUL, control and formatting characters (zero width, bidirectional) become spaces, because
    tokenizers and C libraries stumble over them.
    """
    visible = "".join(_harmless(character) for character in text[: most_characters * 2])
    words = " ".join(visible.split())
    while words[:1] == "/":
        words = words.lstrip("/").lstrip()
    return words[:most_characters]


def excerpt(text: str, most_characters: int) -> str:
    """Beginning and end of a long text, about ``most_characters`` long: what happened is said first, what is asked last."""
    if len(text) <= most_characters:
        return text
    half = most_characters // 2
    head = text[:half].rsplit(" ", 1)[0]
    tail = text[-half:].split(" ", 1)[-1]
    return f"{head} {tail}"


def _harmless(character: str) -> str:
    return " " if unicodedata.category(character).startswith("C") else character
