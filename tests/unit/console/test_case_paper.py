"""The document of a case package, in every language of the console."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pypdf import PdfReader

from bot.city import City
from bot.console.case_paper import CasePaper
from bot.console.rendering import Dates
from bot.conversation.texts import Catalogue
from bot.messages import Language
from bot.staff.audit import AuditEntry
from bot.tips.book import Entry
from bot.tips.case.desk import CaseFile, Wanted
from bot.tips.case.manifest import Item, Purpose
from bot.tips.casework import Label, Note
from bot.tips.masking import BLOCK
from bot.tips.review import TipSummary, TipView
from bot.tips.sealing import Author
from bot.tips.status import Status

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LANGUAGES = tuple(map(Language, ("en", "fr", "es", "it")))
SUMMARY = TipSummary("a" * 32, "A2B3-C4D5", "stolen_goods", None, Status.HANDED_OVER, False, NOW, NOW, False, 2, None, None)
TIP = TipView(
    summary=SUMMARY,
    language=Language("fr"),
    where=f"chez {BLOCK}",
    when="",
    when_code="yesterday",
    moment=None,
    answers={"vehicle": "fourgon blanc"},
    choices={"danger_now": "no"},
    entries=(
        Entry(1, Author.TIPSTER, f"J’ai vu {BLOCK} à l’œuvre.", NOW, redacted=2),
        Entry(2, Author.MODERATOR, "Merci. Où était-ce ?", NOW),
    ),
)
CASE = CaseFile(
    TIP,
    [Label("own", f"{BLOCK} label")],
    [Note("b" * 32, "s1", f"Note: {BLOCK}.", NOW)],
    [Item("attachments/message-1-1.jpg", 3, "ab" * 32, "copy", "cd" * 32), Item("originals/message-1-1.jpg", 3, "cd" * 32, "original")],
    Wanted(Purpose.COURT, f"Reason {BLOCK}", Language("fr")),
)
MASKED = {"en": "[masked]", "fr": "[masqué]", "es": "[oculto]", "it": "[nascosto]"}


@pytest.fixture(scope="module")
def house() -> Any:
    catalogue = Catalogue.load(ROOT / "locales" / "console", LANGUAGES)
    return SimpleNamespace(city=City.load(ROOT / "city"), catalogue=catalogue, clock=lambda: NOW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_written_in_each_language_with_masked_words_masked(house: Any, language: Language) -> None:
    def say(key: str, **params: Any) -> str:
        return str(house.catalogue.say(key, language, params))

    paper = CasePaper(
        say=say,
        dates=Dates(language, cast(Any, house)),
        city=house.city,
        language=language,
        names=partial(dict.get, {"s1": "Ana", "s2": "Béla"}),  # type: ignore[arg-type]
        history=[AuditEntry(1, NOW, "s2", "tip.status", "a" * 32, {"status": "handed_over"})],
        deed=lambda action: say(f"audit.did.{action}"),
        by="Ana",
        now=NOW,
        key="3b6a27bc",
    )
    written = paper.write(CASE)
    words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(written.pdf)).pages)
    sign = MASKED[language]
    told = (f"J’ai vu {sign} à l’œuvre.", f"chez {sign}", f"{sign} label", f"Note: {sign}.", f"Reason {sign}")
    for shown in (*told, "Béla", "cd" * 32, "3b6a27bc"):
        assert shown in words, shown
        assert shown in written.text.decode(), "the text says all of it, too"
    assert BLOCK not in written.text.decode() and "case.txt" in words
    for key in ("case.purpose.court", "tip.status.handed_over", "tip.dialogue", "tip.history", "case.files"):
        assert say(key) in words, key
    assert BLOCK not in words and say("tip.redacted", count=2) in words
