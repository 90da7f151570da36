"""The frame around a campaign's text."""

from __future__ import annotations

from datetime import datetime

from bot.campaigns.composing import Composer
from bot.campaigns.quiz import Answer, Asked, QuizText
from bot.campaigns.tables import EMERGENCY
from bot.messages import Button, Language, Reply, Utterance
from tests.unit.campaigns.kit import EN, FR, QUIZ, Hands, SmallCity, placeholders


def render(utterance: Utterance, language: Language, now: datetime) -> Reply:
    """Like the conversation's renderer, with the keys for words."""
    rows = tuple(tuple(Button(choice.label, choice.payload) for choice in row) for row in utterance.choices)
    return Reply(f"{utterance.key} {language} {utterance.params.get('topic', '')}\n{utterance.params['body']}", rows)


def composer() -> Composer:
    return Composer(render, SmallCity(), placeholders(), lambda picture: picture, Hands())


def compose(body: str, language: Language = EN) -> Reply:
    return composer().compose(body, language, "bikes")


def test_every_message_offers_help_and_a_way_out() -> None:
    payloads = [button.payload for row in compose("Lock it.").buttons for button in row]
    assert payloads == ["help:lines", "topics:drop:bikes", "topics:open", "topics:why:bikes"]


def test_it_says_in_the_persons_language_why_it_came() -> None:
    assert compose("Attachez.", FR).text == "campaign.message fr Vol de vélos\nAttachez."


def test_placeholders_are_filled_in_as_plain_words() -> None:
    assert compose("In {city} call {emergency}.").text.endswith("In Port \\[Clair\\] call 112.")


def test_other_braces_stay_as_they_are() -> None:
    assert compose("{0.__class__} {body}").text.endswith("{0.__class__} {body}")


def test_a_quiz_is_asked_below_the_text_with_a_button_for_each_answer() -> None:
    question = QuizText("Is it [safe]?", (Answer("Yes *", "x"), Answer("No", "y")))
    reply = composer().compose("Lock it.", EN, "bikes", Asked(17, question))
    assert reply.text.endswith("Lock it.\n\n**Is it \\[safe\\]?**")
    rows = [[(button.label, button.payload) for button in row] for row in reply.buttons]
    assert rows[:2] == [[("Yes *", "quiz:17:1")], [("No", "quiz:17:2")]]
    assert rows[2:] == [[(button.label, button.payload) for button in row] for row in compose("Lock it.").buttons]


def test_the_payload_of_an_answer_fits_into_telegrams_limit() -> None:
    reply = composer().compose("x", EN, "bikes", Asked(2**63 - 1, QUIZ.texts[EN]))
    assert all(len(button.payload.encode()) <= 64 for row in reply.buttons for button in row)


def test_every_text_it_names_exists(catalogue_keys: frozenset[str]) -> None:
    labels = {button.label for row in compose("Lock it.").buttons for button in row}
    assert {"campaign.message", *labels} <= catalogue_keys


def test_an_emergency_goes_before_others_and_offers_help_and_the_end_of_everything() -> None:
    reply = composer().compose("Call {emergency}.", EN, EMERGENCY, occurrence_id=17)
    assert reply.emergency and not compose("Lock it.").emergency
    assert reply.text.startswith("campaign.emergency en") and reply.text.endswith("Call 112.")
    assert [button.payload for row in reply.buttons for button in row] == ["help:sent:17", "topics:drop:all", "topics:open"]
