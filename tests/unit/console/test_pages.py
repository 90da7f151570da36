"""Pages are declared as they must be."""

from __future__ import annotations

from pathlib import Path

import bot.channels.webchat.pages
import bot.console.rendering
import bot.public.pages
from bot.console.access import Access
from bot.console.pages import PAGES
from bot.staff.roles import READERS, Permission, Role, may


def test_only_sign_in_is_open_to_everybody() -> None:
    assert {page.path for page in PAGES if page.access is Access.OPEN} == {"/sign-in"}


def test_no_page_is_declared_twice() -> None:
    assert len({(page.method, page.path) for page in PAGES}) == len(PAGES)


def test_whatever_reads_or_changes_a_tip_is_recorded_and_needs_the_key() -> None:
    inside = [page for page in PAGES if page.path.startswith("/tips/")]
    assert inside
    for page in inside:
        assert page.audit and page.needs_key
        assert {role for role in Role if may([role], Permission(page.access))} <= READERS


def test_every_deed_on_keys_is_recorded() -> None:
    assert all(page.audit for page in PAGES if page.method == "POST" and page.path.startswith(("/keys", "/tip-keys")))


def test_every_deed_on_a_campaign_is_recorded() -> None:
    sent = [page for page in PAGES if page.method == "POST" and page.path.startswith("/campaigns/")]
    assert {page.path for page in sent if not page.audit} == {"/campaigns/preview", "/campaigns/outlook"}


def test_every_deed_on_an_article_is_recorded() -> None:
    sent = [page for page in PAGES if page.method == "POST" and page.path.startswith("/knowledge/")]
    assert {page.path for page in sent if not page.audit} == {"/knowledge/check", "/knowledge/preview"}


def test_what_changes_something_is_never_a_get() -> None:
    deeds = ("approve", "cancel", "disable", "submit", "sign-out")
    assert all(page.method == "POST" for page in PAGES if page.path.split("/")[-1] in deeds)


def test_templates_are_not_read_again_while_running() -> None:
    """An update puts new templates beside a program that still has the texts and the code from before."""
    for module in (bot.console.rendering, bot.channels.webchat.pages, bot.public.pages):
        assert "auto_reload=False" in Path(module.__file__ or "").read_text()
