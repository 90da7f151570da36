"""Campaigns as files: what is written reads back the same, and whatever is wrong is named with its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.drafts import CampaignDraft, is_unreadable
from bot.campaigns.exchange import REASONS, Content, Mistake, Series, read, write, write_series
from bot.campaigns.exchange_schema import MOST_EPISODES
from bot.campaigns.quiz import Answer, Quiz, QuizText, one_line
from bot.campaigns.threads import Onward, Pace
from bot.city import Source
from bot.messages import Language
from tests.unit.campaigns.kit import EN, FR, SmallCity, draft, wall

FILE = """
kind: campaign
format: 1
title: The second lock
titles: {fr: Le deuxième antivol}
topic: bikes
sources:
  - {name: The city, url: "https://example.org/bikes"}
  - {name: A talk with the repair café}
texts:
  en: |
    Lock your bike twice.
    Lock the frame.
  fr: Attache ton vélo deux fois.
quiz:
  right: 2
  texts:
    en: {question: Which lock?, answers: [{answer: "No", explanation: Any is better.}, {answer: Yes, explanation: Two are best.}]}
    fr: {question: Quel antivol ?, answers: [{answer: Non, explanation: Mieux que rien.}, {answer: Oui, explanation: Deux.}]}
"""
CONTENT = Content(
    "The second lock",
    "bikes",
    {EN: "Lock your bike twice.\nLock the frame.", FR: "Attache ton vélo deux fois."},
    (Source("The city", "https://example.org/bikes"), Source("A talk with the repair café")),
    Quiz(
        {
            EN: QuizText("Which lock?", (Answer("No", "Any is better."), Answer("Yes", "Two are best."))),
            FR: QuizText("Quel antivol ?", (Answer("Non", "Mieux que rien."), Answer("Oui", "Deux."))),
        },
        right=2,
    ),
    {FR: "Le deuxième antivol"},
)
SERIES = """
kind: series
format: 1
title: Bikes in three parts
topic: bikes
every_days: 7
sources: [{name: The city}]
episodes:
  - {title: One, texts: {en: First.}}
  - {title: Two, texts: {en: Second.}}
"""


def mistakes(text: str) -> list[str]:
    found = read(text)
    assert isinstance(found, tuple), found
    return [str(one) for one in found]


def test_a_file_says_what_a_campaign_says() -> None:
    assert read(FILE) == CONTENT


def test_a_series_shares_topic_and_sources() -> None:
    found = read(SERIES)
    assert isinstance(found, Series)
    assert (found.topic, found.every_days, [one.title for one in found.episodes]) == ("bikes", 7, ["One", "Two"])
    assert all(one.sources == (Source("The city"),) for one in found.episodes)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: The", "titel: The", "title (line 2): is missing"),
        ("title: The", "titel: The", "titel (line 4): is not a known key; look for a spelling mistake"),
        ("topic: bikes", "topic: Bikes and more", "topic (line 6): must be a short code of small letters"),
        ("format: 1", "format: 3", "format: the format must be 1, 2"),
        ("kind: campaign", "kind: poster", "kind: must be one of: campaign, series"),
        ("kind: campaign", "kind: series", "every_days (line 2): is missing"),
        ("right: 2", "right: 3", "quiz (line 15): is not the number of an answer"),
        ("right: 2", "right: two", "quiz.right (line 16): must be a whole number"),
        ("right: 2", "right: 9", "quiz.right (line 16): must be 4 at most"),
        ('{answer: "No", explanation: Any is better.}, ', "", "quiz.texts.en.answers (line 18): needs 2 entries at least"),
        ('"https://example.org/bikes"', "javascript:alert(1)", "sources[1].url (line 8): is not a web address"),
        ("  fr: Attache", "  FR: Attache", "texts.FR (line 14): must be a short code of small letters"),
        ("Attache ton vélo deux fois.", "[a, b]", "texts.fr (line 14): must be text"),
        ("Attache ton vélo deux fois.", '" "', "texts.fr (line 14): must not be empty"),
        ("Attache ton vélo deux fois.", '"\\x07"', "texts.fr (line 14): holds characters that cannot be shown"),
        ("Attache ton vélo deux fois.", "x" * 4001, "texts.fr (line 14): is longer than 4000 characters"),
        ("topic: bikes", "topic: bikes\ntopic: scams", "topic (line 7): is written twice"),
    ],
)
def test_each_mistake_is_named_with_its_place(old: str, new: str, expected: str) -> None:
    assert old in FILE
    assert expected in mistakes(FILE.replace(old, new))


THREAD = """
kind: series
format: 2
title: Bikes, your way
topic: bikes
starts: joining
after_days: 2
episodes:
  - id: lock
    title: The lock
    texts: {en: First.}
    quiz: {texts: {en: {question: Yours?, answers: [{answer: "Yes"}, {answer: "No"}]}}}
    next: photo
    days: 3
    answers:
      2: buy
    after_answer: next_day
  - {id: buy, title: Buying, texts: {en: Second.}, next: photo}
  - {id: photo, title: The photo, texts: {en: Third.}}
"""


def test_a_thread_says_how_it_goes_on_and_is_written_back() -> None:
    found = read(THREAD)
    assert isinstance(found, Series) and found.is_thread and found.every_days == 0
    assert [one.onward for one in found.episodes] == [
        Onward("lock", "photo", 3, ((2, "buy"),), Pace.NEXT_DAY, 2),
        Onward("buy", "photo"),
        Onward("photo"),
    ]
    assert read(write_series(found)) == found
    dated = replace(found, episodes=tuple(replace(one, onward=replace(one.onward or Onward(""), joining=None)) for one in found.episodes))
    assert "starts: date" in write_series(dated) and read(write_series(dated)) == dated


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("next: photo\n    days", "next: fotos\n    days", "episodes[1].next (line 13): leads to fotos, which is no episode"),
        ("2: buy", "2: bye", "episodes[1].answers.2 (line 16): leads to bye, which is no episode"),
        ("2: buy", "2: photo", "episodes[2] (line 18): no way leads to this episode"),
        ("2: buy", "3: buy", "episodes[1].answers.3 (line 16): is not the number of an answer of this episode's quiz"),
        ("2: buy", "9: buy", "episodes[1].answers (line 15): is not the number of an answer"),
        (
            "Second.}, next: photo",
            "Second.}, next: lock",
            "episodes[2].next (line 18): leads back to lock: a thread may not go round in a circle",
        ),
        ("id: buy", "id: lock", "episodes[2].id (line 18): is the name of another episode"),
        ("id: photo", "id: end", "episodes[3].id (line 19): cannot be called so: that word says that the thread ends"),
        ("after_answer: next_day", "after_answer: now", "episodes[1].after_answer (line 17): must be 'time', 'next_day' or 'at_once'"),
        ("starts: joining", "starts: monday", "starts (line 6): must be 'joining' or 'date'"),
        ("format: 2", "format: 1", "every_days (line 2): is missing"),
    ],
)
def test_each_mistake_of_a_thread_is_named_with_its_place(old: str, new: str, expected: str) -> None:
    assert THREAD.count(old) == 1
    assert expected in mistakes(THREAD.replace(old, new))


def test_quizzes_have_the_same_answers_in_every_language() -> None:
    third = FILE.replace("{answer: Oui, explanation: Deux.}", "{answer: Oui, explanation: Deux.}, {answer: a, explanation: b}")
    assert mistakes(third) == ["quiz (line 15): has not the same number of answers in every language"]


def test_a_series_has_an_end() -> None:
    episodes = "".join(f"  - {{title: '{number}', texts: {{en: x}}}}\n" for number in range(MOST_EPISODES + 1))
    assert mistakes(SERIES.split("  - {title: One")[0] + episodes) == [f"episodes (line 8): has more than {MOST_EPISODES} entries"]


@pytest.mark.parametrize("text", ["", "- a", "just words", "[" * 9])
def test_what_is_no_campaign_at_all_is_refused(text: str) -> None:
    assert len(mistakes(text)) == 1


def test_spaces_that_do_not_break_stay_where_french_wants_them() -> None:
    found = read(FILE.replace("Quel antivol ?", "Quel   antivol\u202f?"))
    assert isinstance(found, Content) and found.quiz and found.quiz.texts[FR].question == "Quel antivol\u202f?"


def test_a_file_holds_nothing_of_the_house_it_comes_from() -> None:
    text = write(Content.of(draft(title="Lock it", sources=(Source("The city"),))))
    assert set(yaml.safe_load(text)) == {"kind", "format", "title", "topic", "sources", "texts"}


def test_a_file_becomes_a_draft_in_the_citys_languages() -> None:
    made = CONTENT.draft(SmallCity(languages=(FR,)), wall("2026-12-01T17:00"), FR)
    assert (made.title, made.send_at, dict(made.texts)) == (
        "Le deuxième antivol",
        wall("2026-12-01T17:00"),
        {FR: "Attache ton vélo deux fois."},
    )
    assert made.quiz and set(made.quiz.texts) == {FR} and made.sources == CONTENT.sources


_words = st.text(min_size=1, max_size=40).filter(lambda text: text.strip() and not is_unreadable(text))
_languages = st.sampled_from([Language(code) for code in ("en", "fr", "no", "lv", "yes")])


def _quizzes() -> st.SearchStrategy[Quiz | None]:
    answers = st.lists(st.builds(Answer, _words, _words), min_size=3, max_size=3).map(tuple)
    texts = st.dictionaries(_languages, st.builds(QuizText, _words, answers), min_size=1, max_size=3)
    return st.none() | st.builds(Quiz, texts, st.none() | st.integers(1, 3))


def _drafts() -> st.SearchStrategy[CampaignDraft]:
    fields: dict[str, Any] = {
        "title": _words,
        "topic": st.sampled_from(["bikes", "no", "7"]),
        "send_at": st.just(wall("2026-12-01T17:00")),
        "texts": st.dictionaries(_languages, _words, min_size=1, max_size=4),
        "quiz": _quizzes(),
        "sources": st.lists(st.builds(Source, _words.map(one_line), st.none()), max_size=3).map(tuple),
    }
    return st.builds(CampaignDraft, **fields).map(lambda one: one.cleaned())


@given(_drafts())
def test_what_is_written_reads_back_the_same(made: CampaignDraft) -> None:
    content = Content.of(made)
    assert read(write(content)) == content


@given(st.lists(_drafts(), min_size=2, max_size=4), st.integers(1, 60))
def test_a_series_reads_back_the_same(made: list[CampaignDraft], days: int) -> None:
    first = Content.of(made[0])
    episodes = tuple(Content(one.title, first.topic, one.texts, first.sources, one.quiz, {EN: one.title}) for one in made)
    series = Series("All of them", days, episodes)
    assert read(write_series(series)) == series


_short = st.text(max_size=8)


@given(st.recursive(_short, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_short, inner, max_size=3)))
def test_any_structure_gives_mistakes_with_known_reasons(inner: Any) -> None:
    document = {"kind": "campaign", "format": 1, "title": inner, "texts": inner, "quiz": inner, "sources": inner}
    found = read(yaml.safe_dump(document))
    assert isinstance(found, tuple) and all(isinstance(one, Mistake) and one.code in REASONS for one in found)
    assert "not_acceptable" not in {one.code for one in found}
