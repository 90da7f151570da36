"""The small markup of all texts: ``**bold**`` and ``[words](https://address)``. Everything else is literal.

One function turns it into the HTML that both Telegram (parse mode HTML) and browsers accept. What people typed is
escaped with :func:`escape` before it is put into a text, so it can never become markup.
"""

from __future__ import annotations

import html
import re

_TOKEN = re.compile(
    r"\\([*\[\]()\\])"
    r"|\*\*(?P<bold>.+?)(?<!\\)\*\*"
    r"|\[(?P<words>[^\]\n]+?)(?<!\\)\]\((?P<url>(?:https?://|tel:)[^\s()<>\"]+)\)",
    re.DOTALL,
)
_SPECIAL = re.compile(r"([*\[\]()\\])")


def escape(plain: str) -> str:
    """Make any string literal in markup."""
    return _SPECIAL.sub(r"\\\1", plain)


def to_html(marked: str, *, links: bool = True) -> str:
    """Markup as HTML with ``<b>`` and ``<a>`` only; line breaks stay line breaks."""
    return _render(marked, links)


def to_plain(marked: str) -> str:
    """Markup as plain text; a link becomes ``words (address)``."""
    out: list[str] = []
    position = 0
    for match in _TOKEN.finditer(marked):
        out.append(marked[position : match.start()])
        position = match.end()
        if match["bold"] is not None:
            out.append(to_plain(match["bold"]))
        elif match["words"] is not None:
            out.append(f"{to_plain(match['words'])} ({match['url']})")
        else:
            out.append(match[1])
    return "".join(out) + marked[position:]


def _render(marked: str, links: bool) -> str:
    out: list[str] = []
    position = 0
    for match in _TOKEN.finditer(marked):
        out.append(html.escape(marked[position : match.start()]))
        position = match.end()
        if match["bold"] is not None:
            out.append(f"<b>{_render(match['bold'], links)}</b>")
        elif match["words"] is not None:
            words = _render(match["words"], links)
            out.append(f'<a href="{html.escape(match["url"])}" rel="noopener noreferrer">{words}</a>' if links else words)
        else:
            out.append(html.escape(match[1]))
    return "".join(out) + html.escape(marked[position:])
