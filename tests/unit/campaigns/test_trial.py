"""Trials: who gets which text, what is missing before one can be sent, and that an approval counts for all of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from bot.campaigns.drafts import CampaignDraft, content_hash
from bot.campaigns.picture_rules import CAPTION_LIMIT
from bot.campaigns.rules import Repeat, Rhythm
from bot.campaigns.trial import Metric, Trial, Variant, variant_of
from bot.campaigns.trial_rules import find_trial_problems
from bot.campaigns.versions import changes, dump_draft, load_draft
from bot.messages import Picture
from tests.unit.campaigns.kit import EN, FR, QUIZ, SmallCity, citizen, draft

KEY = bytes(32)
TRIAL = Trial({EN: "Two locks.", FR: "Deux antivols."}, Metric.RIGHT)


def _codes(**changed: object) -> list[str]:
    written: CampaignDraft = draft(**({"quiz": QUIZ, "trial": TRIAL} | changed))
    return [problem.code for problem in find_trial_problems(written.cleaned(), SmallCity())]


def test_half_of_the_people_get_each_text_and_always_the_same_one() -> None:
    people = [citizen(number).pseudonym for number in range(2000)]
    first = [variant_of(KEY, 7, one) for one in people]
    assert first == [variant_of(KEY, 7, one) for one in people]
    assert 900 < Counter(first)[Variant.A] < 1100
    other = [variant_of(KEY, 8, one) for one in people]
    assert 900 < sum(a is b for a, b in zip(first, other, strict=True)) < 1100, "another campaign divides them anew"
    assert first != [variant_of(b"another key", 7, one) for one in people]


def test_a_complete_trial_has_no_problems_and_no_trial_neither() -> None:
    assert _codes() == [] and _codes(trial=None) == [] and _codes(trial=Trial({EN: " "})) == []


def test_both_texts_are_complete_in_every_language_and_differ() -> None:
    assert _codes(trial=Trial({EN: "Two locks."})) == ["trial_language_missing"]
    assert _codes(trial=Trial({EN: "Lock your bike twice. ", FR: "x"})) == ["trial_same_text"]
    assert _codes(trial=Trial({EN: "{citty}", FR: "x"})) == ["placeholder_misspelt"]


@pytest.mark.parametrize("metric", list(Metric))
def test_what_decides_has_to_be_there(metric: Metric) -> None:
    trial = replace(TRIAL, metric=metric)
    assert _codes(trial=trial) == []
    assert _codes(trial=trial, quiz=None) == ([] if metric is Metric.HELP else ["trial_without_quiz"])
    assert _codes(trial=trial, quiz=replace(QUIZ, right=None)) == (["trial_without_right"] if metric is Metric.RIGHT else [])


def test_a_trial_is_sent_once() -> None:
    assert _codes(repeat=Repeat(Rhythm.WEEKLY, (1,))) == ["trial_repeats"]


def test_the_second_text_has_no_more_room_than_the_first() -> None:
    pictures = {one: Picture("0" * 64, "A lock") for one in (EN, FR)}
    assert _codes(pictures=pictures, trial=Trial({EN: "x" * (CAPTION_LIMIT + 1), FR: "y"})) == ["caption_too_long"]


def test_an_approval_counts_for_both_texts_and_for_what_decides() -> None:
    hashes = [content_hash(draft(quiz=QUIZ, trial=one), "Europe/Paris") for one in (None, TRIAL, replace(TRIAL, metric=Metric.HELP))]
    assert len(set(hashes)) == 3


def test_versions_keep_and_compare_it() -> None:
    written = draft(trial=TRIAL)
    assert load_draft(dump_draft(written)).trial == TRIAL
    assert {change.part for change in changes(draft(), written)} == {"trial.metric", "trial.en", "trial.fr"}
