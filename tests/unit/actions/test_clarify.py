"""Which meanings to ask between."""

from __future__ import annotations

from typing import Any

from actions.clarify import LIKELY_BESIDE_NOTHING, near_meanings


def ranking(**confidences: float) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": confidence} for name, confidence in confidences.items()]


def test_near_meanings_are_offered_by_confidence() -> None:
    assert near_meanings(ranking(nlu_fallback=0.4, scam=0.3, dark_web=0.25)) == ["scam", "dark_web"]


def test_at_most_three_are_offered() -> None:
    assert near_meanings(ranking(scam=0.2, dark_web=0.2, hate=0.2, doxxing=0.2)) == ["scam", "dark_web", "hate"]


def test_a_meaning_far_behind_the_best_is_not_offered() -> None:
    assert near_meanings(ranking(scam=0.39, dark_web=0.12)) == ["scam"]


def test_nothing_near_means_nothing_offered() -> None:
    assert near_meanings(ranking(nlu_fallback=0.4, scam=0.06, hate=0.05)) == []
    assert near_meanings([]) == []


def test_danger_comes_first_and_sooner() -> None:
    assert near_meanings(ranking(scam=0.3, hate=0.2, suicide_risk=0.06)) == ["suicide_risk", "scam", "hate"]


def test_small_talk_and_controls_are_never_offered() -> None:
    assert near_meanings(ranking(out_of_scope=0.35, greet=0.3, cancel=0.2)) == []


def test_a_broken_ranking_does_no_harm() -> None:
    assert near_meanings([{"name": None, "confidence": None}, {}]) == []


def test_beside_nothing_a_meaning_needs_more_to_be_offered() -> None:
    unsure = ranking(out_of_scope=0.7, image_abuse=0.16, scam=0.12)
    assert near_meanings(unsure) == ["image_abuse", "scam"]
    assert near_meanings(unsure, LIKELY_BESIDE_NOTHING) == ["image_abuse"]
