"""What may be wrong with a campaign's trial. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.campaigns.city import CityFacts
from bot.campaigns.drafts import CampaignDraft, Problem, body_problems
from bot.campaigns.picture_rules import find_picture_problems
from bot.campaigns.quiz_rules import find_quiz_problems
from bot.campaigns.trial import Metric, Trial

_TOO_LONG = ("caption_too_long", "quiz_and_text_too_long")


def find_trial_problems(draft: CampaignDraft, city: CityFacts) -> Iterator[Problem]:
    """Everything that keeps the trial of a cleaned draft from being sent; nothing when it has none."""
    if (trial := draft.trial) is None:
        return
    yield from _plan(draft, trial)
    for language in city.languages:
        if language not in trial.texts:
            yield Problem(f"trial.{language}", "trial_language_missing")
    for language, body in trial.texts.items():
        name = f"trial.{language}"
        if language not in city.languages:
            yield Problem(name, "language_unknown")
        if body == draft.texts.get(language):
            yield Problem(name, "trial_same_text")
        yield from body_problems(name, body, city)
    # The same picture and question stand with the second text, so they leave it as much room.
    second = replace(draft, texts=trial.texts, trial=None)
    yield from (one for one in (*find_picture_problems(second, city), *find_quiz_problems(second, city)) if one.code in _TOO_LONG)


def _plan(draft: CampaignDraft, trial: Trial) -> Iterator[Problem]:
    if draft.repeat is not None:
        yield Problem("trial", "trial_repeats")
    if draft.quiz is None and trial.metric is not Metric.HELP:
        yield Problem("trial", "trial_without_quiz")
    elif draft.quiz is not None and draft.quiz.is_poll and trial.metric is Metric.RIGHT:
        yield Problem("trial", "trial_without_right")
