"""From a Reply to what Telegram shows: HTML, pieces of at most 4,096 units, buttons in rows that fit a phone.

Choices made here:

- Keyboards of earlier messages stay. People scroll up and press again, and every press gets an answer, so taking
  buttons away would only take ways back.
- ``protect_content`` is not used, not even for a receipt: it would keep people from copying it. A sensitive message has
  a button that deletes it from the chat instead.
- Link previews are off: they hide the words, and fetch the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.markup import to_html, to_plain
from bot.messages import Button, Reply

LONGEST = 4096
"""UTF-16 units that Telegram takes in one message, counted after the tags are taken out."""

FORGET = "telegram:forget"
"""Payload of the button that deletes a sensitive message. Handled by the channel; no flow sees it."""

_ROW_UNITS = 34
"""Letters that fit side by side on a narrow phone, with 4 for the edges of each button (so never over Telegram's 8)."""
_PAYLOAD_BYTES = 64
_LABEL = 64

_ATOM = re.compile(r"\\[*\[\]()\\]|\*\*|\[[^\]\n]+?(?<!\\)\]\((?:https?://|tel:)[^\s()<>\"]+\)|.", re.DOTALL)


Keyboard = dict[str, list[list[dict[str, str]]]]
"""The Bot API's InlineKeyboardMarkup. Plain, because the library's objects are turned into just this again, slowly."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One message to send. ``marked`` is small markup."""

    marked: str = field(repr=False)
    keyboard: Keyboard | None = None

    def arguments(self, *, plain: bool = False) -> dict[str, Any]:
        """The arguments of sendMessage. ``plain``: without formatting, for a server that refuses the tags."""
        text = to_plain(self.marked) if plain else to_html(self.marked)
        arguments: dict[str, Any] = {"text": text, "link_preview_options": {"is_disabled": True}}
        if not plain:
            arguments["parse_mode"] = "HTML"
        if self.keyboard is not None:
            arguments["reply_markup"] = self.keyboard
        return arguments

    def caption_arguments(self) -> dict[str, Any]:
        """The words and buttons as arguments of sendPhoto."""
        arguments: dict[str, Any] = {"caption": to_html(self.marked), "parse_mode": "HTML"}
        return arguments if self.keyboard is None else arguments | {"reply_markup": self.keyboard}


def pieces(reply: Reply, forget_label: str | None = None) -> list[Piece]:
    """The messages of a reply; buttons stand under the last one. ``forget_label`` is used where it is sensitive."""
    rows = reply.buttons
    if reply.sensitive and forget_label:
        rows = (*rows, (Button(forget_label, FORGET),))
    texts = split(sendable(reply.text))
    return [*(Piece(text) for text in texts[:-1]), Piece(texts[-1], keyboard(rows))]


def sendable(text: str) -> str:
    """Text that Telegram takes: no half characters, no zero bytes, and not empty."""
    clean = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").strip()
    return clean or "…"


def split(marked: str, longest: int = LONGEST) -> list[str]:
    """Cut markup into parts of at most ``longest`` UTF-16 units as shown, at paragraphs, lines or words if it can.

    Bold that is cut through is closed and opened again; a link is never cut.
    """
    if units(to_plain(marked)) <= longest and units(marked) <= longest:
        return [marked]
    parts: list[str] = []
    atoms = [match[0] for match in _ATOM.finditer(marked)]
    bold = False
    while atoms:
        end = _cut(atoms, longest - 4 * bold)
        part = "".join(atoms[:end])
        opened, bold = bold, bold ^ (atoms[:end].count("**") % 2 == 1)
        parts.append(f"{'**' * opened}{part.strip()}{'**' * bold}")
        atoms = _without_leading_space(atoms[end:])
    return [part for part in parts if part.strip("* \n")] or ["…"]


def keyboard(rows: Sequence[Sequence[Button]]) -> Keyboard | None:
    """Buttons as Telegram shows them; a row too wide for a phone is broken. None when there are none."""
    laid = [[_button(button) for button in row] for wide in rows for row in _fitting([b for b in wide if _usable(b)])]
    return {"inline_keyboard": laid} if laid else None


def units(text: str) -> int:
    """Length in UTF-16 code units, which is how Telegram counts."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _cut(atoms: list[str], longest: int) -> int:
    room, end = longest - 4, 0
    while end < len(atoms) and (room := room - units(atoms[end])) >= 0:
        end += 1
    if end == len(atoms):
        return end
    for border in ("\n\n", "\n", " "):
        at = _last(atoms, border, end)
        if at > end // 2:
            return at
    return max(end, 1)


def _last(atoms: list[str], border: str, end: int) -> int:
    size = len(border)
    return next((at for at in range(end, size, -1) if "".join(atoms[at - size : at]) == border), 0)


def _without_leading_space(atoms: list[str]) -> list[str]:
    first = next((at for at, atom in enumerate(atoms) if not atom.isspace()), len(atoms))
    return atoms[first:]


def _fitting(row: Sequence[Button]) -> Iterator[list[Button]]:
    line: list[Button] = []
    for button in row:
        if line and sum(units(b.label) + 4 for b in [*line, button]) > _ROW_UNITS:
            yield line
            line = []
        line.append(button)
    if line:
        yield line


def _usable(button: Button) -> bool:
    # Telegram refuses the whole message for a button whose link is not of the web, such as a telephone number.
    return bool(button.label.strip()) and (bool(button.payload) or _has_link(button))


def _has_link(button: Button) -> bool:
    return button.url is not None and button.url.startswith(("http://", "https://", "tg://"))


def _button(button: Button) -> dict[str, str]:
    label = sendable(button.label)
    label = label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"
    if button.url is not None and _has_link(button):
        return {"text": label, "url": button.url}
    if len(button.payload.encode()) > _PAYLOAD_BYTES:
        raise ValueError("a button's payload is over 64 bytes")
    return {"text": label, "callback_data": button.payload}
