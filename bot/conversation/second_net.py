"""The second net: how sure the dialogue model is of a risk of suicide, where the rules that a person can read found nothing."""

from __future__ import annotations

import secrets
from typing import Protocol

from bot.conversation.dialogue import DialogueAway, Understanding
from bot.conversation.safety import Danger, SafetyNet

SUICIDE = "suicide_risk"
"""The intent."""
SUICIDE_CONFIDENCE = 0.3
"""From this confidence (0 to 1) of the model on, the net holds. Low on purpose: a needless offer costs little."""
SURE_CONFIDENCE = 0.9
"""Below it, a message whose words have a harmless reason (laughter, an idiom, a film, homework) is asked about instead of answered."""


class Dialogue(Protocol):
    """What is needed of the dialogue model."""

    async def ask(self, sender: str, text: str) -> Understanding:
        """Understand one message. Raises DialogueAway."""


class SecondNet:
    """Weighs what the model says of a message.

    Args:
        net: knows the harmless reasons for words of death.
    """

    def __init__(self, net: SafetyNet) -> None:
        self._net = net

    def danger(self, understanding: Understanding, text: str) -> Danger | None:
        """``SUICIDE`` (the crisis text), ``SOFT`` (the question), or None."""
        confidence = understanding.confidence_of(SUICIDE)
        if understanding.intent != SUICIDE and confidence < SUICIDE_CONFIDENCE:
            return None
        return Danger.SOFT if confidence < SURE_CONFIDENCE and self._net.explains(text) else Danger.SUICIDE


class SecondWatch:
    """Asks the model about words that a flow is being told as a question, and of nothing but danger."""

    def __init__(self, dialogue: Dialogue, net: SecondNet) -> None:
        self._dialogue = dialogue
        self._net = net

    async def look(self, text: str) -> Danger | None:
        """As :meth:`SecondNet.danger`; None as well while the model is away: then there are the rules alone."""
        try:
            understanding = await self._dialogue.ask(secrets.token_hex(8), text)
        except DialogueAway:
            return None
        return self._net.danger(understanding, text)
