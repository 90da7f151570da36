"""Forms: bounded while they arrive, and never on disk."""

from __future__ import annotations

import tempfile
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from bot.channels.webchat.forms import MAX_FILE, Form, FormReader, Malformed, TooLarge

ID = "a" * 24


async def read(body: bytes, content_type: str, *, declare: bool = True, chunk: int = 65_536) -> Form:
    """The form of a body that arrives in chunks."""
    headers = [(b"content-type", content_type.encode())]
    if declare:
        headers.append((b"content-length", str(len(body)).encode()))
    chunks = [body[start : start + chunk] for start in range(0, len(body), chunk)] or [b""]

    async def receive() -> dict[str, Any]:
        part = chunks.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(chunks)}

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    return await FormReader().read(Request(scope, receive))


def encoded(data: dict[str, str], photo: bytes | None = None, name: str = "p.jpg") -> tuple[bytes, str]:
    files = {"file": (name, photo, "image/jpeg")} if photo is not None else {"other": ("", b"", "text/plain")}
    request = httpx.Request("POST", "http://faro.example/", data=data, files=files)
    return request.read(), request.headers["content-type"]


async def test_fields_and_a_photo_are_read() -> None:
    form = await read(*encoded({"id": ID, "text": "héllo"}, b"\xff\xd8jpeg"))
    assert form.message_id == ID and form.fields["text"] == "héllo"
    assert form.upload is not None and form.upload.data == b"\xff\xd8jpeg" and form.upload.media_type == "image/jpeg"


async def test_a_plain_form_is_read() -> None:
    form = await read(f"id={ID}&press=menu%3Aopen".encode(), "application/x-www-form-urlencoded")
    assert form.fields["press"] == "menu:open" and form.upload is None


async def test_no_chosen_photo_is_no_photo() -> None:
    assert (await read(*encoded({"id": ID}, b"", name=""))).upload is None


async def test_twenty_megabytes_are_taken_without_touching_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("something was written to disk")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    form = await read(*encoded({"id": ID}, b"x" * MAX_FILE))
    assert form.upload is not None and len(form.upload.data) == MAX_FILE


async def test_one_byte_more_is_too_large() -> None:
    with pytest.raises(TooLarge):
        await read(*encoded({"id": ID}, b"x" * (MAX_FILE + 1)))


async def test_a_large_length_is_refused_before_anything_is_read() -> None:
    async def receive() -> dict[str, Any]:
        raise AssertionError("the body was read")

    headers = [(b"content-type", b"multipart/form-data; boundary=x"), (b"content-length", b"99999999999")]
    with pytest.raises(TooLarge):
        await FormReader().read(Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}, receive))


async def test_an_endless_body_without_a_length_is_cut_off() -> None:
    sent = 0

    async def receive() -> dict[str, Any]:
        nonlocal sent
        sent += 1
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="p"\r\n\r\n' if sent == 1 else b""
        return {"type": "http.request", "body": head + b"x" * 1_048_576, "more_body": True}

    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    with pytest.raises(TooLarge):
        await FormReader().read(Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}, receive))
    assert sent <= 24


async def test_a_hundred_thousand_characters_are_read() -> None:
    form = await read(*encoded({"id": ID, "text": "語" * 100_000}))
    assert len(form.fields["text"]) == 100_000


async def test_a_text_of_three_megabytes_is_too_large() -> None:
    with pytest.raises(TooLarge):
        await read(*encoded({"id": ID, "text": "x" * 3_000_000}))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"no form", "multipart/form-data; boundary=x"), (b"no form", "multipart/form-data"), (b"\x00", "multipart/form-data; boundary=\x00")],
)
async def test_what_is_no_form_is_said(body: bytes, content_type: str) -> None:
    with pytest.raises(Malformed):
        _ = (await read(body, content_type)).message_id


@pytest.mark.parametrize("value", ["", "short", "a" * 65, "a" * 20 + "/", "ä" * 20])
def test_an_id_that_the_page_never_made_is_refused(value: str) -> None:
    with pytest.raises(Malformed):
        _ = Form({"id": value}).message_id


async def test_a_broken_off_body_is_malformed() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    with pytest.raises(Malformed):
        await FormReader().read(Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}, receive))

