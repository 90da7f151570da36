"""Public places, without a store: what stands there, what may be wrong, what an approval binds to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.campaigns.drafts import content_hash
from bot.campaigns.picture_rules import CAPTION_LIMIT
from bot.campaigns.places.destinations import Destination, dump_destinations, load_destinations
from bot.campaigns.places.notices import shown_title
from bot.campaigns.places.poster import reason_not_to_post
from bot.campaigns.places.posts import Notice
from bot.campaigns.places.public import PublicComposer
from bot.campaigns.places.rules import find_place_problems
from bot.campaigns.places.tables import PlaceState
from bot.campaigns.quiz import Asked
from bot.campaigns.tables import EMERGENCY, OccurrenceState
from bot.messages import Button, Language, Picture, Reply, Utterance
from bot.places import Standing
from tests.unit.campaigns.kit import EN, FR, FRIDAY_EVENING, QUIZ, Hands, SmallCity, draft, placeholders

HERE = Destination(3, EN)


def _render(utterance: Utterance, language: Language, now: object) -> Reply:
    buttons = tuple(tuple(Button(one.label, one.payload, one.url) for one in row) for row in utterance.choices)
    return Reply(f"{utterance.key}: {utterance.params['body']}", buttons)


def _compose(link: str | None = "https://t.me/faro") -> PublicComposer:
    return PublicComposer(_render, placeholders(), lambda picture: picture, Hands(), lambda: link)


def test_in_public_every_button_is_a_link_into_the_private_chat() -> None:
    reply = _compose().compose("Lock it.", EN, "bikes", Asked(12, QUIZ.texts[EN]))
    assert reply.text == "campaign.public: Lock it.\n\n**Which lock?**\n• A thin one\n• A thick one"
    assert [(one.payload, one.url) for row in reply.buttons for one in row] == [
        ("", "https://t.me/faro?start=quiz_12"),
        ("", "https://t.me/faro?start=help"),
        ("", "https://t.me/faro?start=topics"),
    ]


def test_a_broadcast_in_an_emergency_goes_first_there_too() -> None:
    reply = _compose(None).compose("Leave the shore.", EN, EMERGENCY)
    assert (reply.emergency, reply.text) == (True, "campaign.emergency: Leave the shore.")


def test_the_same_places_are_the_same_content_in_any_order() -> None:
    both = (Destination(3, EN), Destination(1, FR))
    hashes = {content_hash(draft(places=places).cleaned(), "Europe/Paris") for places in (both, both[::-1], (*both, both[0]))}
    assert len(hashes) == 1
    assert content_hash(draft(), "Europe/Paris") not in hashes
    assert content_hash(draft(places=(replace(HERE, language=FR),)), "x") != content_hash(draft(places=(HERE,)), "x")
    assert load_destinations(dump_destinations(both)) == both[::-1]


def test_a_campaign_without_places_keeps_the_hash_that_it_had() -> None:
    assert content_hash(draft(), "Europe/Paris") == content_hash(draft(places=()), "Europe/Paris")


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"places": (HERE,)}, []),
        ({"places": (Destination(3, Language("de")),)}, ["place_language_missing"]),
        ({"places": (HERE,), "texts": {FR: "Attachez."}}, ["place_language_missing"]),
        ({"places": (HERE,), "quiz": QUIZ, "texts": {EN: "x" * 3790, FR: "x"}}, ["place_text_too_long"]),
        (
            {"places": (HERE,), "quiz": QUIZ, "texts": {EN: "x" * (CAPTION_LIMIT - 20), FR: "x"}, "pictures": {EN: Picture("0" * 64, "x")}},
            ["place_text_too_long"],
        ),
    ],
)
def test_what_keeps_it_from_a_place(changes: dict[str, object], codes: list[str]) -> None:
    assert [problem.code for problem in find_place_problems(draft(**changes), SmallCity())] == codes


@pytest.mark.parametrize(
    ("title", "shown"),
    [("  Port \n Clair ", "Port Clair"), ("Po\u202ert\u200b", "Port"), ("", "?"), ("x" * 300, "x" * 128), ("<b>", "<b>")],
)
def test_a_title_cannot_turn_the_words_around_it(title: str, shown: str) -> None:
    assert shown_title(title) == shown


NOTICE = Notice(
    campaign_id=1,
    topic="bikes",
    language=EN,
    body="Lock it.",
    state=OccurrenceState.RUNNING,
    expires_at=FRIDAY_EVENING + timedelta(hours=1),
    resend_uncertain=False,
    chat="-1",
    place_state=PlaceState.ALLOWED,
    standing=Standing.PRESENT,
)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"state": OccurrenceState.PAUSED}, ("pending", None)),
        ({"state": OccurrenceState.CANCELLED}, ("stopped", "cancelled")),
        ({"place_state": PlaceState.WAITING}, ("stopped", "place_not_allowed")),
        ({"standing": Standing.GONE}, ("blocked", "place_gone")),
        ({"standing": Standing.MUTED}, ("blocked", "place_muted")),
        ({"expires_at": FRIDAY_EVENING}, ("expired", "too_late")),
        ({"body": None}, ("failed", "no_text")),
    ],
)
def test_what_forbids_posting_at_the_last_moment(changes: dict[str, object], outcome: tuple[str, str | None]) -> None:
    found = reason_not_to_post(replace(NOTICE, **changes), FRIDAY_EVENING)  # type: ignore[arg-type]  # its own fields
    assert found is not None
    assert (found.state, found.reason) == outcome
    assert reason_not_to_post(NOTICE, FRIDAY_EVENING) is None
