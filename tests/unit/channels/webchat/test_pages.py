"""What stands in the HTML: everything escaped, every press marked, every language named."""

from __future__ import annotations

from bot.channels.webchat.entries import Author, Entry, Shown, label_of
from bot.channels.webchat.pages import Pages
from bot.city import City
from bot.messages import Button
from tests.unit.channels.webchat.fakes import EN, FR, GREETING, ROOT, EnglishOnly

PAGES = Pages(EnglishOnly(), City.load(ROOT / "city"))
ASKED = Shown(3, Entry.from_reply(GREETING))


def test_what_people_type_never_becomes_html_or_markup() -> None:
    html = PAGES.entries(EN, [Shown(1, Entry(Author.PERSON, "<script>alert(1)</script> **bold** [x](https://evil.example)"))])
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert "**bold**" in html and "href" not in html


def test_what_faro_says_is_small_markup_only() -> None:
    html = PAGES.entries(EN, [Shown(1, Entry(Author.FARO, "**Call** [112](tel:112) <img src=x>"))])
    assert "<b>Call</b>" in html and 'href="tel:112"' in html and "<img" not in html


def test_labels_and_payloads_are_escaped() -> None:
    entry = Entry(Author.FARO, "?", ((Button('"><b>x', 'say:"><i>'),),))
    html = PAGES.entries(EN, [Shown(1, entry)])
    assert '"><b>x' not in html and '"><i>' not in html


def test_the_page_has_nothing_inline() -> None:
    html = PAGES.chat(EN, [ASKED], "too_fast", "kept words")
    assert "<style" not in html and " style=" not in html and "onclick" not in html and "javascript:" not in html
    assert html.count("<script") == html.count('<script src="/chat/static/')
    assert ">kept words</textarea>" in html


def test_the_page_names_its_language_and_all_others() -> None:
    html = PAGES.chat(FR, [])
    assert '<html lang="fr">' in html
    for code, name in (("en", "English"), ("fr", "Français"), ("es", "Español"), ("it", "Italiano")):
        assert f'value="{code}" lang="{code}"' in html and name in html


def test_a_pressed_button_is_marked() -> None:
    press = Shown(4, Entry(Author.PERSON, "Trouble online", press="menu:online", pressed_in=3))
    html = PAGES.entries(EN, [ASKED, press])
    assert 'value="menu:online" aria-pressed="true"' in html and 'value="menu:street" aria-pressed="false"' in html


def test_a_press_from_before_the_session_marks_the_greeting() -> None:
    press = Shown(4, Entry(Author.PERSON, "Trouble online", press="menu:online", pressed_in=0))
    assert 'value="menu:online" aria-pressed="true"' in PAGES.entries(EN, [ASKED, press])


def test_a_link_button_opens_elsewhere_and_says_so() -> None:
    html = PAGES.entries(EN, [ASKED])
    assert 'href="https://takeitdown.ncmec.org" target="_blank" rel="noopener noreferrer"' in html and "opens a new tab" in html


def test_two_renderings_carry_different_message_ids() -> None:
    assert PAGES.chat(EN, []) != PAGES.chat(EN, [])


def test_the_label_of_a_press_comes_from_what_was_shown() -> None:
    assert label_of([ASKED], "menu:online", 3) == "Trouble online"
    assert label_of([ASKED], "menu:online", None) == "Trouble online"
    assert label_of([ASKED], "menu:online", 9) is None
    assert label_of([ASKED], "say:never_offered", 3) is None


def test_an_entry_survives_its_bytes() -> None:
    buttons = ((Button("a", "b:c"), Button("l", url="https://x.example")),)
    entry = Entry(Author.FARO, "é\u202e\ud800", buttons, True, "webchat.removed", "b:c", 7)
    data = entry.to_bytes()
    assert Entry.from_bytes(data) == entry and len(data) % 256 == 0
