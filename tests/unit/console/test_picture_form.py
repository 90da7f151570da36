"""A campaign's pictures as a form."""

from __future__ import annotations

from bot.console.forms import Form
from bot.console.picture_form import PictureForm
from bot.messages import Picture
from tests.unit.campaigns.kit import EN, FR, draft

BIKE, BOAT = "b" * 64, "c" * 64
BOTH = (EN, FR)


def test_it_shows_what_a_draft_has() -> None:
    form = PictureForm.of(draft(pictures={EN: Picture(BIKE, "A bike")}), BOTH)
    assert form.digests == {EN: BIKE, FR: ""} and form.alts == {EN: "A bike", FR: ""}
    assert form.pictures == {EN: Picture(BIKE, "A bike")}


def test_a_picture_for_all_counts_where_no_other_was_chosen() -> None:
    form = PictureForm.read(Form([], {"picture_all": b"all", "picture_fr": b"fr"}), BOTH)
    assert form.uploads == {EN: b"all", FR: b"fr"}


def test_what_is_kept_must_look_like_a_digest() -> None:
    form = PictureForm.read(Form([("kept_en", BIKE), ("kept_fr", "../../etc")]), BOTH)
    assert form.digests == {EN: BIKE, FR: ""}


def test_removing_leaves_none_and_forgets_what_was_said_about_them() -> None:
    form = PictureForm.read(Form([("kept_en", BIKE), ("alt_en", "A bike"), ("alt_fr", "Un vélo"), ("remove", "yes")]), BOTH)
    assert form.pictures == {} and not form.describes_nothing


def test_words_about_a_picture_that_is_not_there_are_noticed() -> None:
    assert PictureForm.read(Form([("alt_fr", "Un vélo")]), BOTH).describes_nothing
    assert not PictureForm.read(Form([("alt_fr", "  ")]), BOTH).describes_nothing
