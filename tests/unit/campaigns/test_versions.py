"""Versions: everything that was saved comes back, and every part that differs is named."""

from __future__ import annotations

from datetime import date, timedelta

from bot.campaigns.narrowing import Narrowing
from bot.campaigns.rules import Repeat, Rhythm
from bot.campaigns.versions import changes, dump_draft, load_draft
from bot.city import Source
from bot.messages import Picture
from tests.unit.campaigns.kit import DRAFT, EN, FR, QUIZ, draft, wall

FULL = draft(
    quiz=QUIZ,
    sources=(Source("Bikes", "https://example.org"), Source("A book", None)),
    repeat=Repeat(Rhythm.WEEKLY, (1, 3), date(2027, 1, 31), 9, True),
    narrowing=Narrowing((EN,), ("harbour",), ("13-15",), date(2026, 1, 1), 7, 12),
    pictures={EN: Picture("a" * 64, "A bike"), FR: Picture("b" * 64, "Un vélo")},
    resend_uncertain=True,
)


def test_a_draft_comes_back_as_it_was_saved() -> None:
    for one in (DRAFT, FULL, draft(texts={}, quiz=None)):
        assert load_draft(dump_draft(one)) == one


def test_nothing_differs_from_itself() -> None:
    assert changes(FULL, FULL) == []


def test_every_part_that_differs_is_named_with_before_and_after() -> None:
    changed = draft(
        title="Lock it three times",
        send_at=wall("2026-11-28T10:00"),
        late_after=timedelta(hours=1),
        texts={EN: "Lock your bike three times.", FR: DRAFT.texts[FR]},
        pictures={EN: Picture("a" * 64, "A bike")},
    )
    found = {change.part: (change.before, change.after) for change in changes(DRAFT, changed)}
    assert found == {
        "title": ("Lock it twice", "Lock it three times"),
        "send_at": ("2026-11-27T18:30", "2026-11-28T10:00"),
        "late_after": ("120", "60"),
        "texts.en": ("Lock your bike twice.", "Lock your bike three times."),
        "pictures.en": ("", "a" * 64),
        "alt.en": ("", "A bike"),
    }


def test_no_part_of_a_draft_can_change_unnoticed() -> None:
    parts = {change.part.partition(".")[0] for change in changes(DRAFT, FULL)}
    assert parts == {"quiz", "sources", "repeat", "audience", "pictures", "alt", "resend_uncertain"}
