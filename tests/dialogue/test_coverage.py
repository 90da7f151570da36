"""Nothing is left out: each intent has its rule, its answer and its story; each button leads on, and each text is shown by a test.

A whole Faro without a model is walked in every language (:mod:`tests.dialogue.walking`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
import structlog
import yaml
from babel import Locale

from bot.city import City, Need, WeeklyHours
from bot.conversation.helplines import Helplines
from bot.conversation.texts import Catalogue
from bot.crypto import PasswordCost
from bot.messages import Address, Channel, Citizen, Language, Pseudonym
from bot.tips.urgency import who_reads
from bot.tips.vault import TipVault
from tests.dialogue.conftest import ROOT
from tests.dialogue.errands import UNSURE, intents
from tests.dialogue.walked import NIGHT, walked
from tests.dialogue.walking import Heard, Walk

CITY = City.load(ROOT / "city")
LANGUAGES = CITY.languages
CHEAP = PasswordCost(opslimit=1, memlimit=8192 * 1024)

NEVER_SHOWN = frozenset({"telegram:forget", "staff:link:<code>", "guide:cancel", "tip:cancel", "receipt:cancel", "know:cancel"})
"""Payloads of no button: the channel adds the first, commands stand for the others."""
BELOW_CAMPAIGNS = frozenset(
    {
        "help:sent:<occurrence>",
        "page:take:<token>",
        "quiz:<occurrence>:<answer>",
        "quiz:<occurrence>:ask",
        "test:<campaign>:<language>:<mark>:<answer>",
    }
)
"""Payloads of buttons that only a campaign's message has; ``SHOWN_ELSEWHERE`` names the test that presses them."""

ONCE_WITHDRAWN = frozenset({"tip:clear:all"})
"""The payload of a button below a withdrawn tip, which the walk needs for other screens; ``tip.button.clear_all`` names the test."""

_CONVERSATION = "unit/conversation/test_conversation.py"
_RULES = "unit/conversation/test_small_rules.py"
_TELEGRAM = "integration/channels/test_telegram.py"
_HANDOFF = "unit/conversation/test_handoff.py"
_PAGES = "browser/test_webchat.py"
_INTAKE, _RECEIPT = "integration/tips/test_intake.py", "integration/tips/test_receipt.py"
SHOWN_ELSEWHERE = {
    # What people type.
    "words.*": f"{_CONVERSATION}::test_yes_means_the_button_that_says_so",
    "phrases.*": f"{_RULES}::test_what_is_said_to_faro_itself_is_heard_in_every_language",
    "next.ask": f"{_RULES}::test_and_now_without_a_topic_is_asked_back_kindly",
    "next.topic": f"{_RULES}::test_and_now_goes_on_with_the_last_topic",
    "crisis.again": f"{_RULES}::test_the_crisis_text_is_never_said_twice_in_a_row",
    "crisis.no_talk": f"{_RULES}::test_who_wants_to_talk_to_nobody_is_left_the_choice",
    "unclear.article": f"{_RULES}::test_who_wonders_how_to_prevent_it_may_read_or_say_that_it_happened",
    "unclear.happened": f"{_RULES}::test_who_wonders_how_to_prevent_it_may_read_or_say_that_it_happened",
    "unclear.nonsense": f"{_RULES}::test_keys_hit_at_random_are_not_understood_and_change_no_language",
    # What only a channel says, or a message that nobody just asked for.
    "command.*": f"{_TELEGRAM}::test_the_command_menu_is_registered_in_each_language",
    "telegram.trouble": f"{_TELEGRAM}::test_a_handler_that_fails_three_times_is_put_aside_with_an_honest_word",
    "telegram.later": f"{_TELEGRAM}::test_a_locked_store_delays_the_answer_and_says_so",
    "telegram.swept*": "integration/channels/test_telegram_sweeping.py::test_both_sides_messages_go_also_after_a_restart_and_others_stay",
    "tip.button.clear_all": "integration/tips/test_traces.py::test_withdrawing_clears_the_visit_and_offers_the_rest",
    "telegram.forget*": f"{_TELEGRAM}::test_an_erased_message_is_gone_and_a_sensitive_answer_can_be_deleted",
    "webchat.*": f"{_PAGES}::test_axe_finds_nothing_at_any_moment_of_a_chat",
    "campaign.*": "unit/campaigns/test_composing.py::test_every_text_it_names_exists",
    "quiz.*": "integration/campaigns/test_quiz_in_faro.py::test_a_press_below_a_campaign_is_explained_in_the_persons_language",
    "page.*": "integration/tips/test_paging.py::test_the_button_counts_only_in_the_chat_it_was_sent_to",
    "button.page.take": "integration/tips/test_paging.py::test_the_button_counts_only_in_the_chat_it_was_sent_to",
    "link.*": "integration/staff/test_links.py::test_a_code_counts_once_in_time_and_only_the_newest",
    "tip.file.too_much": "integration/tips/test_files.py::test_together_they_may_not_grow_too_large",
    "tip.notice": "integration/tips/test_notices.py::test_an_answer_is_announced_once_and_without_content",
    # What the public page says, beside the chat.
    "figures.*": "integration/public/test_figures_page.py::test_it_speaks_the_browsers_language_and_any_other_by_a_link",
    "group.pointer": f"{_CONVERSATION}::test_a_group_is_pointed_to_the_private_chat",
    # What the example city has not, or not at the hours of the walk.
    "handoff.now": f"{_HANDOFF}::test_on_duty_it_says_until_when_and_how_to_reach_them",
    "handoff.later": f"{_HANDOFF}::test_off_duty_it_says_when_they_are_back_and_who_answers_now",
    "handoff.nobody": f"{_HANDOFF}::test_a_city_without_staff_never_says_that_anybody_comes_back",
    "handoff.lines_later": f"{_HANDOFF}::test_when_all_lines_are_closed_those_that_open_next_stand_there",
    "help.none": f"{_HANDOFF}::test_without_any_checked_line_the_emergency_number_stands_there",
    "help.no_crisis_line": "dialogue/test_coverage.py::test_another_citys_helplines_are_told_whole",
    "help.cost.local": "dialogue/test_coverage.py::test_another_citys_helplines_are_told_whole",
    "help.duty.always": "dialogue/test_coverage.py::test_another_citys_helplines_are_told_whole",
    "tip.reads.never": "dialogue/test_coverage.py::test_a_city_without_staff_says_that_nobody_reads",
    "tip.readers.escrow": "integration/tips/test_escrow.py::test_people_are_told_before_they_begin",
    "tip.keys.escrow": "integration/tips/test_escrow.py::test_people_are_told_before_they_begin",
    "tip.safer.page": "integration/tips/test_questions.py::test_somebody_at_risk_is_shown_a_safer_way",
    # Parts of a day that not every language tells from the next, such as the Spanish evening.
    "tip.moment.e*": "unit/tips/test_times.py::test_a_time_in_words_is_understood",
    # Something failed, or came too late.
    "utter_error": f"{_CONVERSATION}::test_a_failing_flow_is_answered_and_its_words_stay_out_of_the_log",
    "input.stale": f"{_CONVERSATION}::test_a_button_never_issued_is_answered",
    "input.too_late": f"{_CONVERSATION}::test_a_draft_of_yesterday_is_gone",
    "tip.receipt_gone": f"{_INTAKE}::test_the_receipt_is_forgotten_after_its_time",
    "receipt.timed_out": f"{_RECEIPT}::test_an_open_tip_closes_by_itself_and_its_key_is_gone",
    "receipt.deleted": f"{_RECEIPT}::test_a_deleted_tip_is_told_as_such",
    "receipt.withdrawn": "integration/tips/test_withdrawal.py::test_withdrawing_asks_twice_and_destroys_everything",
    "receipt.full": f"{_RECEIPT}::test_what_is_too_much_at_once_is_said_and_what_was_there_stays",
    "receipt.wait": f"{_RECEIPT}::test_guessing_has_to_wait_and_the_owner_does_not",
    "receipt.unknown_word_like": f"{_RECEIPT}::test_slips_are_pointed_out_without_costing_a_try",
    "tip.too_many": "integration/tips/test_questions.py::test_a_flood_from_one_chat_has_to_wait_and_keeps_its_draft",
    "tip.empty": f"{_INTAKE}::test_an_empty_tip_cannot_be_finished",
    "tip.photo.lost": f"{_INTAKE}::test_photos_lost_from_disk_are_told_before_anything_is_sent",
    "tip.photo.too_many_pixels": "unit/tips/test_photos.py::test_a_bomb_is_refused_before_it_is_unpacked",
    # It takes an encoder, which a walk without a model has not; or a city without articles.
    "know.unsure": "unit/knowledge/test_flow.py::test_a_question_between_two_offers_both",
    "button.know.none": "unit/knowledge/test_flow.py::test_a_question_between_two_offers_both",
    "know.empty": "unit/knowledge/test_flow.py::test_a_city_without_articles_says_so",
    # Discreet from the first step on, so nobody comes back to it; and labels that wait for a guide that needs them.
    "guide.cyberstalking.title": "integration/conversation/test_guides.py::test_a_guide_about_stalking_leaves_no_row",
    "guide.common.yes": "unit/guidance/test_walk.py::test_the_common_labels_are_in_every_catalogue",
    "guide.common.no": "unit/guidance/test_walk.py::test_the_common_labels_are_in_every_catalogue",
}
"""Texts that the walk cannot come to, and the test that shows each."""


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[Language, Walk]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.tips.service.TipVault", lambda cost: TipVault(CHEAP))
        structlog.configure(processors=[structlog.testing.LogCapture()])
        yield asyncio.run(walked(tmp_path_factory.mktemp("walk"), Heard.everything(patch)))
        structlog.reset_defaults()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_leads_on_and_every_answer_is_whole(language: Language, walks: Mapping[Language, Walk]) -> None:
    assert walks[language].trouble == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_shown(language: Language, walks: Mapping[Language, Walk]) -> None:
    """By the walk, or by a test of its own that the table names."""
    texts = Catalogue.load(ROOT / "locales", LANGUAGES).keys(language)
    assert {key for key in texts - walks[language].said if not _table_row(key)} == set(), "no test shows these"


def test_no_text_stands_in_the_table_that_every_walk_shows(walks: Mapping[Language, Walk]) -> None:
    catalogue = Catalogue.load(ROOT / "locales", LANGUAGES)
    unseen = {key for language, walk in walks.items() for key in catalogue.keys(language) - walk.said}
    assert {row for row in SHOWN_ELSEWHERE if not any(_table_row(key) == row for key in unseen)} == set()


def _table_row(key: str) -> str | None:
    return next((row for row in SHOWN_ELSEWHERE if fnmatchcase(key, row)), None)


def test_the_tests_named_for_the_other_texts_are_there() -> None:
    named = {tuple(place.split("::")) for place in SHOWN_ELSEWHERE.values()}
    assert [(file, test) for file, test in sorted(named) if f"def {test}(" not in (ROOT / "tests" / file).read_text()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_citys_helplines_are_told_whole(language: Language) -> None:
    """Lines that cost a local call, people on duty day and night, no line for a crisis."""
    catalogue = Catalogue.load(ROOT / "locales", LANGUAGES)
    lines = tuple(replace(line, cost="local") for line in CITY.helplines if Need.SUICIDE not in line.needs)
    helplines = Helplines(replace(CITY, helplines=lines, staff_on_duty=WeeklyHours.parse("24/7")), catalogue)
    assert catalogue.say("help.cost.local", language) in "".join(helplines.lines(None, language, NIGHT))
    assert "112" in helplines.crisis_lines(language, NIGHT)
    duty = replace(CITY, staff_on_duty=WeeklyHours.parse("24/7")).duty(NIGHT)
    assert helplines.opening(duty, language, NIGHT, "duty") == catalogue.say("help.duty.always", language)


def test_a_city_without_staff_says_that_nobody_reads() -> None:
    citizen = Citizen(Pseudonym("p"), LANGUAGES[0], Address(Channel.TELEGRAM, "42"), NIGHT)
    assert who_reads(replace(CITY, staff_on_duty=None), citizen).key == "tip.reads.never"


def test_every_kind_of_payload_is_pressed_and_documented(walks: Mapping[Language, Walk]) -> None:
    table = (ROOT / "docs" / "architecture.md").read_text().partition("## Payloads of buttons")[2].partition("## ")[0]
    documented = {pattern for pattern in _payloads(table) if pattern not in NEVER_SHOWN | BELOW_CAMPAIGNS | ONCE_WITHDRAWN}
    pressed = {payload for walk in walks.values() for payload in walk.pressed}
    assert {pattern for pattern in documented if not any(_fits(payload, pattern) for payload in pressed)} == set(), "nobody presses these"
    assert {payload for payload in pressed if not any(_fits(payload, pattern) for pattern in documented)} == set(), "not documented"


def _payloads(table: str) -> Iterator[str]:
    """The first column; ``safety:crisis emergency`` stands for two."""
    for cell in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE):
        for words in re.findall(r"`(.+?)`", cell):
            first, *others = words.split(" ")
            yield from (first, *(f"{first.split(':')[0]}:{other}" for other in others))


def _fits(payload: str, pattern: str) -> bool:
    """``<…>`` in a pattern stands for anything, ``…`` at its end for anything or nothing."""
    parts = (".+" if part.startswith("<") else re.escape(part).replace("…", ".*") for part in pattern.split(":"))
    return re.fullmatch(":".join(parts), payload) is not None


def test_every_intent_has_a_rule_an_answer_and_a_story_in_every_language() -> None:
    rules = yaml.safe_load((ROOT / "stories" / "rules.yml").read_text())["rules"]
    stories = yaml.safe_load((ROOT / "tests" / "dialogue" / "test_stories.yml").read_text())["stories"]
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    answers = {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in rules}
    assert set(answers) == set(intents())
    assert set(answers.values()) <= {*domain["actions"], *domain["responses"]}
    for language in LANGUAGES:
        told = {step["intent"] for story in stories if _name(language) in story["story"] for step in story["steps"] if "intent" in step}
        assert {intent for intent in intents() if intent != UNSURE} - told == set(), f"no story tells these in {language}"


def _name(language: Language) -> str:
    """As it stands in the names of stories."""
    return str(Locale("en").languages[language])
