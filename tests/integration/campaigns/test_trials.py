"""Trials on real stores: each person gets one of two texts, and what they do counts for it, without a trace of who got which."""

from __future__ import annotations

from collections import Counter

from bot.campaigns.groups import Counts, Dimension
from bot.campaigns.help_presses import HelpPresses
from bot.campaigns.quiz_book import QuizBook
from bot.campaigns.result_book import ResultBook
from bot.campaigns.tables import DeliveryRow
from bot.campaigns.tally import Tally
from bot.campaigns.trial import Metric, Trial, Variant, variant_of
from tests.integration.campaigns.conftest import TRIAL_KEY, Desk
from tests.unit.campaigns.kit import EN, FR, QUIZ, citizen, draft

TRIAL = Trial({EN: "Two locks.", FR: "Deux antivols."}, Metric.RIGHT)
PEOPLE = 24


async def test_each_person_gets_one_of_two_texts_and_counts_for_it(desk: Desk) -> None:
    campaign = await desk.fired(PEOPLE, draft(quiz=QUIZ, trial=TRIAL))
    assert (await desk.planner.get(campaign)).draft.trial == TRIAL
    await desk.send()
    got = dict(desk.messenger.sent)
    variants = {person: variant_of(TRIAL_KEY, campaign, citizen(int(person)).pseudonym) for person in got}
    assert all(("Two locks." in text) is (variants[person] is Variant.B) for person, text in got.items()) and len(got) == PEOPLE
    await desk.tick()
    quizzes, helped = QuizBook(desk.database, TRIAL_KEY, desk.city), HelpPresses(desk.database, desk.city, TRIAL_KEY)
    for person in got:
        await quizzes.answer(citizen(int(person)), 1, 2 if variants[person] is Variant.B else 1)
    await helped.opened(citizen(0), 1)
    await Tally(desk.database, desk.city, TRIAL_KEY).count_finished(desk.clock())
    sending = await ResultBook(desk.database).newest(campaign)
    assert sending is not None
    number = Counter(variants.values())
    first, second = (sending.groups[Dimension.VARIANT][one.value] for one in Variant)
    zero = variants["0"]
    assert first == Counts(number[Variant.A], int(zero is Variant.A), number[Variant.A], 0)
    assert second == Counts(number[Variant.B], int(zero is Variant.B), number[Variant.B], number[Variant.B])


async def test_nothing_says_who_got_which(desk: Desk) -> None:
    campaign = await desk.fired(3)
    assert not {"variant", "second", "trial"} & set(DeliveryRow.__table__.columns.keys())
    await desk.send()
    await desk.tick()
    await Tally(desk.database, desk.city, TRIAL_KEY).count_finished(desk.clock())
    sending = await ResultBook(desk.database).newest(campaign)
    assert sending is not None and Dimension.VARIANT not in sending.groups, "without a trial nobody is divided"
