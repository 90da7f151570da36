"""What counts as the prediction of a message: as the conversation answers it."""

from __future__ import annotations

from pathlib import Path

from bot.conversation.dialogue import Meaning, Understanding
from bot.conversation.safety import Danger, Finding, SafetyNet
from bot.conversation.second_net import SecondNet
from bot.messages import Language
from bot.understanding import _of_danger, _of_model

SECOND = SecondNet(SafetyNet.load(Path(__file__).parents[2] / "locales" / "safety", [Language("en")]))


def understood(intent: str, *ranking: Meaning) -> Understanding:
    return Understanding(intent, 0.5, ranking, ())


def test_the_second_net_gives_the_crisis_text_whatever_else_was_understood() -> None:
    assert _of_model(SECOND, understood("hate", Meaning("hate", 0.5), Meaning("suicide_risk", 0.31)), "no use") == ("suicide_risk", True)
    assert _of_model(SECOND, understood("hate", Meaning("hate", 0.5), Meaning("suicide_risk", 0.29)), "no use") == ("hate", False)


def test_the_models_first_meaning_gives_the_crisis_text_even_when_it_is_unsure() -> None:
    assert _of_model(SECOND, understood("suicide_risk", Meaning("suicide_risk", 0.25)), "no use") == ("suicide_risk", True)


def test_words_with_a_harmless_reason_get_the_question_and_no_crisis_text() -> None:
    unsure = understood("suicide_risk", Meaning("suicide_risk", 0.5))
    assert _of_model(SECOND, unsure, "who dies in the last episode of the series") == ("suicide_risk", False)


def test_only_suicide_risk_gets_the_crisis_text() -> None:
    language = Language("en")
    assert _of_danger(Finding(Danger.SUICIDE, "rule", language)) == ("suicide_risk", True)
    assert _of_danger(Finding(Danger.EMERGENCY, "rule", language)) == ("emergency", False)
