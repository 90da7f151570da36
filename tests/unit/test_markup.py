"""The small markup: what is ours becomes HTML, what people typed never does."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.markup import escape, to_html, to_plain


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_bold_and_links_become_html() -> None:
    assert to_html("a **b** [c](https://d.eu/?x=1&y=2)") == (
        'a <b>b</b> <a href="https://d.eu/?x=1&amp;y=2" rel="noopener noreferrer">c</a>'
    )


def test_other_addresses_stay_words() -> None:
    assert "<a" not in to_html("[c](javascript:alert(1))") + to_html("[c](http://a b)")


@given(st.text(max_size=200))
def test_escaped_words_come_out_as_they_were(words: str) -> None:
    assert to_plain(escape(words)) == words
    parser = _Tags()
    parser.feed(to_html(escape(words)).replace("\0", ""))
    parser.close()
    assert parser.seen == []


@given(st.text(alphabet="ab*[]()\\<>&:/thps. ", max_size=60))
def test_any_text_gives_balanced_tags_of_ours_only(text: str) -> None:
    parser = _Tags()
    parser.feed(to_html(text))
    parser.close()
    assert parser.open == []
    assert set(parser.seen) <= {"a", "b"}


def test_plain_text_shows_where_a_link_goes() -> None:
    assert to_plain("**Call** [112](tel:112)") == "Call 112 (tel:112)"
