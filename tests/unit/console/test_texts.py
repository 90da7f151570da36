"""The catalogue and the console fit: every key that is used exists, and every key that exists is used."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.campaigns.calendar import Clash
from bot.campaigns.date_rules import Obstacle
from bot.campaigns.dates import Reach
from bot.campaigns.drafts import CampaignDraft, find_problems
from bot.campaigns.emergency_templates import PROBLEMS
from bot.campaigns.exchange import REASONS as FILE_REASONS
from bot.campaigns.groups import SHOWN
from bot.campaigns.intervals import Verdict
from bot.campaigns.picture_rules import find_picture_problems
from bot.campaigns.pictures import draw
from bot.campaigns.places.destinations import Destination
from bot.campaigns.places.rules import find_place_problems
from bot.campaigns.places.tables import POST_REASONS, PlaceState
from bot.campaigns.quiz import Quiz, QuizText
from bot.campaigns.quiz_rules import find_quiz_problems
from bot.campaigns.rules import Repeat, Rhythm
from bot.campaigns.tables import REASONS, CampaignState, DeliveryState
from bot.campaigns.threads import FAULTS, Onward, Pace
from bot.campaigns.trial import Metric, Trial
from bot.campaigns.trial_rules import find_trial_problems
from bot.campaigns.versions import changes
from bot.campaigns.wishes import AGE_BANDS
from bot.city import Source, TipQuestion
from bot.city.articles import _REASONS
from bot.console.article_form import STALE
from bot.console.audit_words import LABELS, WAYS_IN
from bot.console.calendar_page import View
from bot.console.guard import _EXPLAINED
from bot.console.navigation import _MENU
from bot.console.pages import PAGES
from bot.console.rendering import NOTICES
from bot.console.statistics import TABLES
from bot.conversation.texts import read_catalogue
from bot.knowledge.desk import State
from bot.knowledge.drafts import slug_of
from bot.knowledge.shelf import Deed
from bot.messages import Channel, Language, Picture
from bot.places import PlaceKind, Standing
from bot.staff.roles import Role
from bot.staff.scopes import Scope
from bot.tips.case.manifest import Purpose
from bot.tips.draft import CHOICES, WHEN_CODES
from bot.tips.escrow.requests import Kind
from bot.tips.holding import Cause
from bot.tips.kinds import FileKind
from bot.tips.moments import Part
from bot.tips.queue import Order
from bot.tips.regrant import ESCROW, RECOVERY
from bot.tips.search.opening import Place
from bot.tips.status import Status
from bot.tips.tally import OUTCOMES, Wait
from bot.tips.urgency import Reason

ROOT = Path(__file__).parents[3]
KEYS = set(read_catalogue(ROOT / "locales" / "console" / "en.yml"))
FILES = [path for folder in ("console", "staff") for path in (ROOT / "bot" / folder).rglob("*.*")]
SOURCES = {path: path.read_text() for path in FILES if path.suffix in (".py", ".html")}
TEMPLATES = "\n".join(text for path, text in SOURCES.items() if path.suffix == ".html")
CODE = "\n".join(text for path, text in SOURCES.items() if path.suffix == ".py")
COMMANDS = "\n".join((ROOT / "bot" / f"{name}.py").read_text() for name in ("administration", "escrow_commands"))


def _problems() -> set[str]:
    rules = (find_problems, find_quiz_problems, find_picture_problems, find_trial_problems, find_place_problems, draw)
    modules = [Path(one.__code__.co_filename).read_text() for one in rules]
    found = re.findall(r'(?:Problem|Invalid)\([^,]+, "(\w+)"', "\n".join(modules))
    return set(found) | {"quiz_answer_incomplete", "quiz_answer_wordless", "picture_not_chosen", "time_missing", *FAULTS}


def _parts_of_versions() -> set[str]:
    quiz = Quiz({Language("en"): QuizText("?", ())}, right=1)
    texts = {"texts": {Language("en"): "x"}, "pictures": {Language("en"): Picture("0", "x")}, "sources": (Source("x"),)}
    repeat = Repeat(Rhythm.WEEKLY, (1,), date(2027, 1, 1), 3, True)
    nothing = CampaignDraft("", "", datetime(2026, 1, 1), {}, timedelta())  # noqa: DTZ001
    full = CampaignDraft("x", "x", datetime(2027, 1, 1), late_after=timedelta(hours=1), quiz=quiz, repeat=repeat, resend_uncertain=True, **texts)  # noqa: DTZ001, E501
    full = replace(full, trial=Trial({Language("en"): "x"}), places=(Destination(1, Language("en")),), onward=Onward("x"))
    parts = {change.part for change in changes(nothing, full)}
    return {part.removesuffix(".en").replace(".", "_") for part in parts}


def _article_problems() -> set[str]:
    drafts = Path(slug_of.__code__.co_filename).read_text()
    return set(re.findall(r'Problem\([^,]+, "(\w+)"', drafts)) | set(_REASONS)


def _recorded() -> set[str]:
    inside = re.findall(r'"((?:staff|account|sign_in|sign_out)\.[a-z_]+)"', CODE)
    inside += re.findall(r'(?:\.record|audit\.append)\([^")]*"([a-z_]+\.[a-z_]+)"', CODE + COMMANDS)
    by_itself = {"campaign.auto_pause"}
    return by_itself | {page.audit for page in PAGES if page.audit} | {action for action in inside if not action.endswith(".html")}


def _families() -> dict[str, set[str]]:
    """Keys that are put together from a name, by their beginning."""
    return {
        "nav.": {key for key, _, _ in _MENU},
        "role.": set(Role),
        "role_about.": set(Role),
        "language.": {"en", "fr", "es", "it"},
        "account.scope.": {scope.name.lower() for scope in Scope},
        "notice.": set(NOTICES),
        "tip.status.": set(Status),
        "tip.reason.": set(Reason),
        "deletions.cause.": set(Cause),
        "figures.title.": set(TABLES),
        "figures.corner.": set(TABLES),
        "figures.outcome.": set(OUTCOMES),
        "figures.wait.": set(Wait),
        "tips.order_by.": set(Order),
        "search.place.": set(Place),
        "keyboard.": {"down", "up", "open", "tick", "search", "help"},
        "case.purpose.": set(Purpose),
        "tip.author.": {"tipster", "moderator"},
        "file.kind.": set(FileKind) - {FileKind.PHOTO},
        "file.kind_of.": set(FileKind) - {FileKind.PHOTO},
        "tip.when_code.": set(WHEN_CODES),
        "tip.part.": set(Part),
        "tip.asked.": set(TipQuestion) - {TipQuestion.WHERE, TipQuestion.WHEN, TipQuestion.WHAT},
        "tip.choice.": {f"{question}.{code}" for question, codes in CHOICES.items() for code in codes},
        "campaign.state.": set(CampaignState),
        "campaign.problem.": _problems(),
        "campaign.rhythm.": {"once", *Rhythm},
        "places.": {"choose_language", "not_deleted"},
        "places.kind.": set(PlaceKind),
        "places.state.": set(PlaceState),
        "places.standing.": set(Standing) - {Standing.PRESENT},
        "places.post.": set(DeliveryState),
        "places.reason.": set(POST_REASONS),
        "calendar.view.": set(View),
        "calendar.before.": set(View),
        "calendar.after.": set(View),
        "calendar.clash.": set(Clash),
        "calendar.problem.": set(Obstacle) | {"time_missing", "date_meanwhile"},
        "calendar.reach.": set(Reach),
        "calendar.clash_words.": set(Clash),
        "calendar.asks_again.": {CampaignState.APPROVED, CampaignState.SUBMITTED},
        "audience.age.": set(AGE_BANDS),
        "thread.pace.": set(Pace),
        "versions.part.": _parts_of_versions(),
        "progress.state.": set(DeliveryState),
        "progress.reason.": set(REASONS),
        "results.": {"total", "help", "answered", "right"},
        "results.by.": set(SHOWN),
        "results.channel.": set(Channel),
        "results.share.": {"sent", "help", "answered", "right"},
        "results.shift.": {*Verdict, "first", "second"},
        "trial.": {*Verdict, "first", "second"},
        "trial.metric.": set(Metric),
        "library.mistake.": {*FILE_REASONS, "topic_unknown"},
        "article.state.": {*State, STALE},
        "emergency.problem.": PROBLEMS | {"reason", "districts"},
        "emergency.passes_": {"quiet_hours", "pauses", "weekly_cap"},
        "emergency.keeps_": {"quiet_hours", "pauses", "weekly_cap"},
        "article.deed.": set(Deed),
        "article.problem.": _article_problems(),
        "audit.did.": _recorded(),
        "audit.detail.": set(LABELS),
        "audit.with.": set(WAYS_IN),
        "keys.": {RECOVERY, ESCROW},
        "escrow.kind.": set(Kind),
        "escrow.problem.": {"holders", "reason", "to", "category", "kind"},
    } | {f"fault.{kind}.": {"title", "words"} for kind in ("form", "grant", "seal", *map(str, _EXPLAINED))} | {
        f"fault.{kind}.": {"title", "words", "go"} for kind in ("sign_in", "unlock", "yourself")
    }


def _literal() -> set[str]:
    said = re.findall(r'\bt\("([a-z_0-9.]+)"', TEMPLATES) + re.findall(r'say\("([a-z_0-9.]+)"', CODE)
    chosen = re.findall(r't\("([a-z_.]+)" if \w+ else "([a-z_.]+)"\)', TEMPLATES)
    errors = re.findall(r'"(error\.\w+)"', CODE)
    return {key for key in said if not key.endswith(".")} | {key for pair in chosen for key in pair} | (set(errors) - {"error.html"})


def _used() -> set[str]:
    return _literal() | {prefix + str(name) for prefix, names in _families().items() for name in names}


def test_every_key_that_is_used_exists() -> None:
    assert sorted(_used() - KEYS) == []


def test_every_key_that_exists_is_used() -> None:
    assert sorted(KEYS - _used()) == []


def test_every_notice_that_a_view_leaves_is_known() -> None:
    left = set(re.findall(r'visit\.go\([^)\n]*, "(\w+)"\)', CODE)) | set(re.findall(r'_back\(visit, "(\w+)"\)', CODE))
    assert left - NOTICES == set()


def test_no_template_holds_words_of_its_own() -> None:
    """Whatever stands between tags comes from the catalogue, from data, or is punctuation."""
    for path, text in SOURCES.items():
        if path.suffix == ".html":
            bare = re.sub(r"\{% call field.*?endcall %\}", "", text, flags=re.DOTALL)  # attributes of an input
            bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", bare, flags=re.DOTALL)
            between = re.findall(r">([^<>]+)<", bare)
            assert [words for words in between if re.search(r"[A-Za-z]{3,}", words)] == [], path.name


def test_no_template_holds_inline_style_or_script() -> None:
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script>|<style", TEMPLATES)
