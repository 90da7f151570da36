"""What is asked depends on what the tip is about; answers are understood, corrected, checked for clues, and reach the moderator."""

from __future__ import annotations

from datetime import date

import pytest

from bot.city import TipQuestion
from bot.errors import StaleButton
from bot.messages import Address, Channel, Media, MediaKind, Step
from bot.tips.draft import Draft
from bot.tips.floods import TIPS
from bot.tips.moments import Moment, Part
from bot.tips.questions import Questions
from tests.integration.tips.conftest import Category, Person, World, reach_review


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Flows do the same on every store, so SQLite is enough here; the desks' tests run on both."""
    return sqlite_url


async def begun(world: World, *questions: str, urgent: bool = False, photos: bool = False) -> Person:
    """Somebody who chose a category with these questions."""
    world.city.tip_categories = (Category("raid", questions=questions, urgent=urgent, photos=photos), *world.city.tip_categories)
    person = world.tipster()
    await person.press_raw("start")
    await person.press("begin")
    await person.press("about:raid")
    return person



async def test_every_question_that_a_city_may_ask_has_its_texts(world: World) -> None:
    order = [TipQuestion.WHAT, *(question for question in TipQuestion if question is not TipQuestion.WHAT)]
    person = await begun(world, *order)
    await person.write("Two men broke a window.")
    await person.press("done")
    for number, question in enumerate(order[1:], 2):
        assert person.names()[-1] == f"tip.ask.{question}" and f"{number} of {len(order)}" in person.heard()
        await person.write(f"about {question}")
    heard = person.heard()

    assert all(f"about {question}" in heard for question in order[1:])
    for question in order[1:]:
        await person.press(f"edit:{question}")
        await person.press("back")
        assert person.names() == ["tip.review"]


async def test_the_answers_reach_the_moderator_sealed_with_the_tip(world: World) -> None:
    person = await begun(world, "what", "how_often", "vehicle", "when")
    await person.write("They meet there.")
    await person.press("done")
    await person.press("pick:often")
    await person.write("a white van")
    await person.write("last night")
    await person.press("right")
    await person.press("send")
    [tip] = await world.tips.review.queue()
    seen = await world.tips.review.open(world.moderator, tip.id)

    assert (seen.answers, seen.choices) == ({"vehicle": "a white van"}, {"how_often": "often"})
    assert seen.when == "last night" and seen.moment == Moment(date(2026, 11, 20), Part.NIGHT)


async def test_questions_can_be_skipped_but_for_what_happened(world: World) -> None:
    person = await begun(world, "vehicle", "what")
    await person.press("skip")
    assert not any(choice.payload.endswith(":skip") for choice in person.buttons())
    with pytest.raises(StaleButton):
        await person.press_raw(f"{(person.state or {})['nonce']}:skip")
    await person.write("Something.")
    await person.press("done")

    assert person.names() == ["tip.review"] and "**Vehicle:** not said" in person.heard()


async def test_a_choice_that_is_not_offered_is_stale(world: World) -> None:
    person = await begun(world, "how_often", "what")
    nonce = (person.state or {})["nonce"]

    for rest in (f"{nonce}:pick:never", f"{nonce}:pick", f"{nonce}:when:today", f"{nonce}:right", f"{nonce}:done"):
        with pytest.raises(StaleButton):
            await person.press_raw(rest)


async def test_another_topic_asks_only_what_was_not_asked_and_drops_what_it_does_not_ask(world: World) -> None:
    person = await begun(world, "vehicle", "what")
    await person.write("a red car")
    await person.write("It happened.")
    await person.press("done")
    await person.press("edit:category")
    await person.press("about:drugs")
    assert person.names() == ["tip.ask.where"], "the first question of drugs that nobody asked"
    await person.press("in:hill")
    assert person.names() == ["tip.ask.when"]
    await person.press("skip")

    assert person.names() == ["tip.review"] and "It happened." in person.heard() and "a red car" not in person.heard()
    assert (person.state or {})["answers"] == {}


async def test_a_time_in_words_is_shown_as_it_was_understood(world: World) -> None:
    person = await begun(world, "when", "what")
    await person.write("yesterday evening")
    assert person.names() == ["tip.understood"] and "Friday, November 20, 2026, in the evening" in person.heard()
    await person.press("right")
    await person.write("Told.")
    await person.press("done")

    assert "yesterday evening (Friday, November 20, 2026, in the evening)" in person.heard()


async def test_a_time_understood_wrongly_stays_in_words_and_can_be_written_again(world: World) -> None:
    person = await begun(world, "when", "what")
    await person.write("on Monday")
    await person.write("on Tuesday at 22:00")
    assert "Tuesday, November 17, 2026, about 10:00" in person.heard()
    await person.press("words")
    assert person.names() == ["tip.ask.what"]

    assert (person.state or {})["when"] == "on Tuesday at 22:00" and (person.state or {})["moment"] is None


async def test_danger_shows_the_number_first_and_says_who_reads_when(world: World) -> None:
    person = await begun(world, "danger_now", "what")
    await person.press("pick:yes")
    assert person.names() == ["tip.danger", "tip.ask.what"]
    assert "112" in person.heard() and "Monday, November 23, 2026" in person.heard()
    world.city.on_duty = True
    await person.press("back")
    await person.write("he has a knife")
    assert person.names()[0] == "tip.danger" and "on duty now" in person.heard()
    await person.write("Told.")
    await person.press("done")
    await person.press("send")

    assert "on duty now" in person.heard() and "112" in person.heard()
    assert (await world.tips.review.queue())[0].urgent


@pytest.mark.parametrize(
    ("question", "code"), [("danger_now", "no"), ("danger_now", "unsure"), ("weapon_seen", "heard"), ("still_there", "yes")]
)
async def test_other_answers_make_nothing_urgent(world: World, question: str, code: str) -> None:
    person = await begun(world, question, "what")
    await person.press(f"pick:{code}")
    assert person.names() == ["tip.ask.what"]
    await person.write("Told.")
    await person.press("done")
    await person.press("send")

    assert not (await world.tips.review.queue())[0].urgent


async def test_what_may_lead_to_the_writer_is_found_in_every_answer_and_taken_out(world: World) -> None:
    person = await begun(world, "who_in_role", "link", "where", "what")
    await person.write("my brother")
    await person.write("@the_seller")
    await person.write("at our school")
    await person.write("Write to a@b.org. Nobody hurt.")
    await person.press("done")
    assert person.names() == ["tip.identity"]
    assert all(words in person.heard() for words in ("my brother", "our school", "a@b.org")) and "the_seller" not in person.heard()
    await person.press("strike")

    heard = person.heard()
    assert person.names() == ["tip.review"] and "Nobody hurt." in heard and "@the_seller" in heard
    assert not any(words in heard for words in ("my brother", "our school", "a@b.org"))


async def test_a_place_on_the_map_is_taken_where_the_place_is_asked_and_nowhere_else(world: World) -> None:
    person = await begun(world, "vehicle", "where", "what")
    place = Media(MediaKind.LOCATION, latitude=48.1234567, longitude=2.7654321)
    step = await person.send_media(place)
    assert step.erase and person.names() == ["tip.location_not_here", "tip.ask.vehicle"] and (person.state or {})["district"] is None
    await person.press("skip")
    await person.send_media(place)

    assert (person.state or {})["district"] == "old_port"


async def test_a_city_that_took_a_question_away_does_not_break_a_draft(world: World) -> None:
    person = await begun(world, "vehicle", "what")
    world.city.tip_categories = (Category("raid", questions=("what",)), *world.city.tip_categories[1:])
    await person.write("Something.")

    assert person.names() == ["tip.added"]


@pytest.mark.parametrize(
    ("page", "channel", "said"),
    [
        (None, Channel.TELEGRAM, "Write from a device that nobody else uses"),
        ("https://faro.example.org", Channel.TELEGRAM, "(https://faro.example.org)"),
        ("https://faro.example.org", Channel.WEBCHAT, "Open this page in the Tor Browser"),
    ],
)
async def test_somebody_at_risk_is_shown_a_safer_way(world: World, page: str | None, channel: Channel, said: str) -> None:
    person = world.tipster(address=Address(channel, "1"))
    more = Questions(world.city, page).more(Draft(), person.citizen)

    assert said in person.read(Step((more,))) and any(choice.payload == "help:lines:general" for row in more.choices for choice in row)


async def send_many(world: World, number: int, category: str = "drugs") -> Person:
    person = world.tipster()
    for _ in range(number):
        await reach_review(person, category)
        await person.press("send")
        if "tip.too_many" in person.names():
            return person
        await person.press("noted")
    return person


async def test_a_flood_from_one_chat_has_to_wait_and_keeps_its_draft(world: World) -> None:
    person = await send_many(world, TIPS.size + 1)
    assert person.names() == ["tip.too_many", "tip.review"] and "30 minutes" in person.heard()

    assert len(await world.tips.review.queue(limit=100)) == TIPS.size
    await world.told(address=Address(Channel.TELEGRAM, "another"))


async def test_a_tip_about_danger_never_waits(world: World) -> None:
    await send_many(world, TIPS.size)
    person = await send_many(world, 1, "weapon")

    assert person.names() == ["tip.noted"]
