"""E-mail: what is handed over, under which protection, and what each failure means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_string, policy

import pytest

from bot.errors import DeliveryError, NotSent, Refused, Uncertain
from bot.mail import Mailer, MailServer


class Post:
    """A mail server on loopback that plays the answers it is given."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.heard: list[str] = []
        self.body: list[str] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._say(writer, "220 here")
        while line := (await reader.readline()).decode().strip():
            self.heard.append(line)
            word = line.split()[0].upper()
            await self._say(writer, self.answers.get(word, "250 fine") if word != "DATA" else "354 go on")
            if word == "DATA":
                while (line := (await reader.readline()).decode().rstrip("\r\n")) != ".":
                    self.body.append(line)
                if self.answers.get("BODY") == "":
                    break
                await self._say(writer, self.answers.get("BODY", "250 taken"))
            if word == "QUIT":
                break
        writer.close()

    async def _say(self, writer: asyncio.StreamWriter, words: str) -> None:
        writer.write(f"{words}\r\n".encode())
        await writer.drain()


@asynccontextmanager
async def serving(post: Post) -> AsyncIterator[Mailer]:
    server = await asyncio.start_server(post.talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield Mailer(MailServer.parse(f"smtp://127.0.0.1:{port}"), "faro@portclair.example")


async def test_a_message_is_handed_over_with_subject_and_words() -> None:
    post = Post()
    async with serving(post) as mailer:
        await mailer.send("mo@portclair.example", "Hay un aviso", "Hay un aviso.\nÁbrelo.")
    message = message_from_string("\n".join(post.body), policy=policy.default)
    assert (message["Subject"], message["To"], message["Auto-Submitted"]) == ("Hay un aviso", "mo@portclair.example", "auto-generated")
    assert message.get_content().strip() == "Hay un aviso.\nÁbrelo."


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"RCPT": "550 nobody here"}, Refused),
        ({"MAIL": "451 later"}, NotSent),
        ({"BODY": "554 not this"}, NotSent),
        ({"BODY": ""}, Uncertain),
    ],
)
async def test_each_failure_says_whether_anything_was_sent(answers: dict[str, str], error: type[DeliveryError]) -> None:
    async with serving(Post(**answers)) as mailer:
        with pytest.raises(error):
            await mailer.send("mo@portclair.example", "s", "t")


async def test_a_server_that_is_away_took_nothing() -> None:
    with pytest.raises(NotSent):
        await Mailer(MailServer.parse("smtp://127.0.0.1:9"), "faro@portclair.example").send("mo@portclair.example", "s", "t")


def test_tls_is_demanded_of_every_server_but_this_machines() -> None:
    assert MailServer.parse("smtp://u:p%40ss@mail.example.org").start_tls
    assert MailServer.parse("smtps://u:p@mail.example.org").tls
    assert not MailServer.parse("smtp://localhost:1025").start_tls
    parsed = MailServer.parse("smtp://u:p%40ss@mail.example.org")
    assert (parsed.port, parsed.user, parsed.password) == (587, "u", "p@ss")
    assert "p@ss" not in repr(parsed)


@pytest.mark.parametrize("url", ["post.faro.example", "http://post.faro.example", "smtp://user@post", "smtp://u:pa#ss@x:y", "smtp://u:p@h:port"])
def test_an_address_that_is_none_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="must be an address") as error:
        MailServer.parse(url)
    assert url not in str(error.value)
