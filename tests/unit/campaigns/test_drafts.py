"""What may be wrong with a campaign, and what an approval binds to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.drafts import TEXT_LIMIT, CampaignDraft, content_hash, find_problems
from tests.unit.campaigns.kit import DRAFT, EN, FR, FRIDAY_EVENING, SmallCity, draft, wall

CITY = SmallCity()


def codes(of: CampaignDraft) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in find_problems(of.cleaned(), CITY, FRIDAY_EVENING)]


def saying(english: str) -> CampaignDraft:
    return draft(texts={EN: english, FR: "Bonjour."})


def test_a_complete_draft_has_no_problem() -> None:
    assert codes(DRAFT) == []


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (draft(title="  "), ("title", "title_empty")),
        (draft(title="x" * 121), ("title", "title_too_long")),
        (draft(topic="gardening"), ("topic", "topic_unknown")),
        (draft(texts={EN: "Only English."}), ("texts.fr", "language_missing")),
        (draft(texts={EN: "Hello.", FR: " \r\n "}), ("texts.fr", "language_missing")),
        (draft(texts={**DRAFT.texts, "lv": "Sveiki."}), ("texts.lv", "language_unknown")),
        (draft(late_after=timedelta(seconds=59)), ("late_after", "late_after_out_of_range")),
        (draft(late_after=timedelta(days=8)), ("late_after", "late_after_out_of_range")),
        (draft(send_at=wall("2026-11-27T17:59")), ("send_at", "time_past")),
        (draft(send_at=wall("0001-01-01T00:00")), ("send_at", "time_past")),
        (draft(send_at=wall("9999-12-31T23:59")), ("send_at", "time_too_far")),
        (saying("x" * (TEXT_LIMIT + 1)), ("texts.en", "text_too_long")),
        (saying("😀" * (TEXT_LIMIT // 2 + 1)), ("texts.en", "text_too_long")),
        (saying("Dear {name}"), ("texts.en", "placeholder_unknown")),
        (saying("A brace { alone"), ("texts.en", "placeholder_unknown")),
        (saying("{city.__class__}"), ("texts.en", "placeholder_unknown")),
        (saying("See [this](http://example.org)"), ("texts.en", "link_not_https")),
        (saying("See [this](javascript:alert)"), ("texts.en", "link_not_https")),
        (saying("See http://example.org"), ("texts.en", "link_not_https")),
        (saying("NUL \x00 here"), ("texts.en", "unreadable")),
        (saying("half \ud83d emoji"), ("texts.en", "unreadable")),
    ],
)
def test_each_mistake_is_named_once(wrong: CampaignDraft, problem: tuple[str, str]) -> None:
    assert codes(wrong) == [problem]


def test_known_placeholders_and_secure_links_are_fine() -> None:
    assert codes(saying("In {city}, call {emergency}. [More](https://example.org/a)")) == []


def test_a_text_may_be_as_long_as_the_limit() -> None:
    assert codes(saying("x" * TEXT_LIMIT)) == []


def test_quiet_hours_are_refused_with_the_next_time_that_is_free() -> None:
    (problem,) = find_problems(draft(send_at=wall("2026-11-27T22:00")), CITY, FRIDAY_EVENING)
    assert (problem.code, problem.params["next"]) == ("time_quiet", "2026-11-28T08:00")


def test_a_draft_can_be_saved_unfinished_but_not_without_a_title() -> None:
    unfinished = find_problems(draft(title="", texts={}).cleaned(), CITY, FRIDAY_EVENING)
    assert {problem.field for problem in unfinished if problem.blocks_saving} == {"title"}


def test_a_time_with_a_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="wall-clock"):
        draft(send_at=datetime(2026, 11, 27, 18, 30, tzinfo=UTC))


def test_cleaning_evens_out_what_browsers_send() -> None:
    cleaned = draft(title=" Lock \t it ", texts={EN: " a\r\nb ", FR: "c"}).cleaned()
    assert (cleaned.title, cleaned.texts[EN]) == ("Lock it", "a\nb")


@pytest.mark.parametrize(
    "changed",
    [
        draft(title="Lock it thrice"),
        draft(topic="scams"),
        draft(send_at=wall("2026-11-27T18:31")),
        draft(texts={**DRAFT.texts, FR: "Autre chose."}),
        draft(late_after=timedelta(hours=3)),
        draft(resend_uncertain=True),
    ],
)
def test_every_change_changes_the_hash(changed: CampaignDraft) -> None:
    assert content_hash(changed, "Europe/Paris") != content_hash(DRAFT, "Europe/Paris")


def test_another_time_zone_changes_the_hash() -> None:
    assert content_hash(DRAFT, "Europe/Riga") != content_hash(DRAFT, "Europe/Paris")


def test_the_order_of_languages_does_not_change_the_hash() -> None:
    turned = draft(texts=dict(reversed(DRAFT.texts.items())))
    assert content_hash(turned, "Europe/Paris") == content_hash(DRAFT, "Europe/Paris")


@given(st.text(max_size=300), st.datetimes())
def test_no_input_breaks_the_check(text: str, moment: datetime) -> None:
    for problem in find_problems(draft(title=text, topic=text, texts={EN: text}, send_at=moment).cleaned(), CITY, FRIDAY_EVENING):
        assert problem.code
