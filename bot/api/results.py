"""What became of a campaign, with small numbers hidden as on its page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from bot.campaigns.groups import Dimension, Event, GroupTable
from bot.campaigns.plans import Campaign
from bot.campaigns.quiz_results import ShownResults
from bot.campaigns.results import Progress
from bot.campaigns.tables import CampaignState
from bot.messages import Language
from bot.suppression import suppress

Numbers = dict[str, int | None]


class AnswerCount(BaseModel):
    """How often an answer was chosen. Null: hidden."""

    answer: str
    right: bool
    count: int | None


class QuizCounts(BaseModel):
    """How a quiz was answered. `total` null: too few. `by_language`: in the order of `answers`; empty when a number would be too small."""

    total: int | None
    answers: list[AnswerCount]
    by_language: dict[Language, list[int]]

    @classmethod
    def of(cls, results: ShownResults) -> QuizCounts:
        """Of what may be shown."""
        answers = [AnswerCount(answer=bar.answer, right=bar.right, count=bar.count) for bar in results.bars]
        by_language = {language: list(counts) for language, counts in results.by_language.items()}
        return cls(total=results.total, answers=answers, by_language=by_language)


class GroupLine(BaseModel):
    """One group. `key`: its code; empty: those who did not tell. `counts`: in the order of `columns`; null: hidden."""

    key: str
    counts: list[int | None]


class GroupCounts(BaseModel):
    """A sending by one thing that people told of themselves, or by the hour it left. Groups are never crossed."""

    dimension: Dimension
    columns: list[Event]
    groups: list[GroupLine]
    total: list[int]

    @classmethod
    def of(cls, table: GroupTable) -> GroupCounts:
        """Of a protected table."""
        groups = [GroupLine(key=key, counts=list(counts)) for key, counts in table.rows.items()]
        return cls(dimension=table.dimension, columns=list(table.columns), groups=groups, total=list(table.total))


class Results(BaseModel):
    """How far the latest sending of a campaign is. A number that is null is hidden: it is below `minimum`, or would give one away."""

    campaign_id: int
    state: CampaignState
    minimum: Annotated[int, Field(description="The city's smallest number that statistics may show.")]
    few: Annotated[bool, Field(description="The whole audience is below it, so there is no number at all.")]
    started_at: Annotated[datetime | None, Field(description="Null: nothing was sent yet.")]
    finished_at: datetime | None
    total: int | None
    states: Numbers
    reasons: dict[str, Numbers]
    quiz: QuizCounts | None
    by_group: Annotated[list[GroupCounts], Field(description="Once no number changes any more; without those that cannot be shown.")]

    @classmethod
    def of(
        cls, campaign: Campaign, progress: Progress, quiz: ShownResults | None, groups: Iterable[GroupTable], minimum: int
    ) -> Results:
        """Of a campaign's counts."""
        visible = progress.started_at is not None and not progress.few
        line = suppress(progress.by_state, minimum) if visible else None
        return cls(
            campaign_id=campaign.id,
            state=campaign.state,
            minimum=minimum,
            few=progress.few,
            started_at=progress.started_at,
            finished_at=progress.finished_at,
            total=line.total if line else None,
            states=dict(line.cells) if line else {},
            reasons={state: _reasons(progress, state, minimum) for state, count in line.cells.items() if count} if line else {},
            quiz=QuizCounts.of(quiz) if quiz else None,
            by_group=[GroupCounts.of(table) for table in groups],
        )


def _reasons(progress: Progress, state: str, minimum: int) -> Numbers:
    """Why, for a state whose own number is shown."""
    told = suppress(progress.reasons_of(state), minimum).cells
    return {reason: told[reason] for reason in progress.reasons.get(state, {})}
