"""Reading a form: one encoding, bounded in size and number of fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MAXIMUM_BYTES = 256 * 1024
MAXIMUM_FIELDS = 200


_SECRET = frozenset({"password", "old", "new", "again", "code"})
_SENTENCE = 3
"""Words from which on writing something again is a loss."""


class Form(Mapping[str, str]):
    """The fields of a form; a missing one reads as empty text. ``files``: the bytes of what was chosen, by field."""

    def __init__(self, pairs: list[tuple[str, str]], files: Mapping[str, bytes] | None = None) -> None:
        self._pairs = pairs
        self._first = dict(reversed(pairs))
        self.files: Mapping[str, bytes] = files or {}

    def __getitem__(self, name: str) -> str:
        return self._first.get(name, "")

    def __iter__(self) -> Iterator[str]:
        return iter(self._first)

    def __len__(self) -> int:
        return len(self._first)

    def all(self, name: str) -> list[str]:
        """Every value of a field that may occur several times."""
        return [value for key, value in self._pairs if key == name]

    def was_work(self) -> bool:
        """Whether somebody wrote sentences or chose files, so that losing the form would cost them something."""
        return bool(self.written() or self.files)

    def written(self) -> list[str]:
        """What somebody wrote in sentences, to hand it back when it was not taken. Never a password, though it may be a sentence."""
        return [value for name, value in self._pairs if name not in _SECRET and len(value.split()) >= _SENTENCE]


async def read_form(request: Request) -> Form:
    """The URL-encoded body.

    Raises:
        HTTPException: 415 for another encoding, 413 for too much, 400 for what cannot be read.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAXIMUM_BYTES:
                raise HTTPException(413)
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MAXIMUM_FIELDS, errors="replace")
    except (ValueError, UnicodeDecodeError, ClientDisconnect):  # A double click breaks the first sending off.
        raise HTTPException(400) from None
    return Form([(name, value.replace("\x00", "")) for name, value in pairs])
