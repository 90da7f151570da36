"""The second net: what the dialogue model says of suicide, weighed against harmless reasons for the same words."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.conversation.dialogue import DialogueAway, Meaning, Understanding
from bot.conversation.safety import Danger, SafetyNet
from bot.conversation.second_net import SURE_CONFIDENCE, SecondNet, SecondWatch
from bot.messages import Language

ROOT = Path(__file__).parents[3]
NET = SafetyNet.load(ROOT / "locales" / "safety", [Language(code) for code in ("en", "fr", "es", "it")])
SECOND = SecondNet(NET)
EXPLAINED = [
    "who dies in the last episode of the series",
    "que meurt le héros dans le film que t'as vu hier",
    "quién muere al final de la peli",
    "chi muore alla fine del romanzo",
    "leg day has ended me",
    "je suis mort de faim",
    "me muero de vergüenza",
    "muoio di caldo",
    "no hope for me in maths lol",
    "ça veut dire quoi suicidaire",
    "tengo una charla por el día mundial de la prevención del suicidio",
    "i died inside when he read it out loud",
]
PLAIN = ["what is the use of it all", "tout ça pour rien", "ya no le veo sentido", "non ha più senso niente"]


def understood(confidence: float, intent: str = "out_of_scope") -> Understanding:
    return Understanding(intent, 0.9, (Meaning("suicide_risk", confidence),), ())


@pytest.mark.parametrize("text", EXPLAINED)
def test_words_with_a_harmless_reason_are_only_asked_about(text: str) -> None:
    assert SECOND.danger(understood(0.5), text) is Danger.SOFT
    assert SECOND.danger(understood(0.5, "suicide_risk"), text) is Danger.SOFT


@pytest.mark.parametrize("text", EXPLAINED)
def test_a_sure_model_is_believed(text: str) -> None:
    assert SECOND.danger(understood(SURE_CONFIDENCE), text) is Danger.SUICIDE


@pytest.mark.parametrize("text", PLAIN)
def test_plain_words_get_the_crisis_text_at_a_low_confidence(text: str) -> None:
    assert SECOND.danger(understood(0.3), text) is Danger.SUICIDE
    assert SECOND.danger(understood(0.29), text) is None


@dataclass
class FakeDialogue:
    answer: Understanding | None
    heard: list[str] = field(default_factory=list)
    senders: set[str] = field(default_factory=set)

    async def ask(self, sender: str, text: str) -> Understanding:
        self.heard.append(text)
        self.senders.add(sender)
        if self.answer is None:
            raise DialogueAway
        return self.answer


async def test_a_question_is_read_for_danger_alone_under_a_name_of_its_own() -> None:
    dialogue = FakeDialogue(understood(0.4))
    watch = SecondWatch(dialogue, SECOND)
    assert [await watch.look(text) for text in PLAIN] == [Danger.SUICIDE] * len(PLAIN)
    assert dialogue.heard == PLAIN and len(dialogue.senders) == len(PLAIN)


async def test_without_the_model_there_are_the_rules_alone() -> None:
    assert await SecondWatch(FakeDialogue(None), SECOND).look("what is the use of it all") is None
