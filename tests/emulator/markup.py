"""Parse mode HTML as the Bot API takes it: a few tags, nested properly, entities counted in UTF-16 units."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser
from typing import Any

from tests.emulator.errors import bad_request

_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline", "s": "strikethrough",
    "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}  # fmt: skip


def units(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse(text: str, mode: str | None) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities. Raises Refusal 400 for tags that do not match or are not allowed."""
    if mode is None:
        return text, []
    if mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    parser = _Parser()
    parser.feed(text)
    parser.close()
    return parser.finished()


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._out: list[str] = []
        self._open: list[tuple[str, int, dict[str, str | None]]] = []
        self._entities: list[dict[str, Any]] = []

    @property
    def _at(self) -> int:
        return units("".join(self._out))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _KINDS:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self._at}')
        self._open.append((tag, self._at, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            raise bad_request(f'can\'t parse entities: Unmatched end tag at byte offset {self._at}, expected "</{tag}>"')
        name, start, attributes = self._open.pop()
        entity: dict[str, Any] = {"type": _KINDS[name], "offset": start, "length": self._at - start}
        if name == "a":
            entity["url"] = attributes.get("href") or ""
        if entity["length"] and (name != "a" or entity["url"].startswith(("http://", "https://", "tg://", "mailto:"))):
            self._entities.append(entity)

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise bad_request(f"can't parse entities: Unclosed start tag at byte offset {self._at}")
        self._out.append(data)

    def handle_entityref(self, name: str) -> None:
        self._out.append(unescape(f"&{name};") if name in ("lt", "gt", "amp", "quot") else f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._out.append(unescape(f"&#{name};"))

    def finished(self) -> tuple[str, list[dict[str, Any]]]:
        if self._open:
            raise bad_request(f'can\'t parse entities: Can\'t find end tag corresponding to start tag "{self._open[-1][0]}"')
        return "".join(self._out), sorted(self._entities, key=lambda entity: (entity["offset"], -entity["length"]))
