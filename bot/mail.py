"""E-mail to staff over SMTP, always under TLS except to a server on this machine. Says whether anything was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.errors import NotSent, Refused, Uncertain

_SECONDS = 15.0
_WANTED = "must be an address such as smtp://user:password@mail.example.org:587"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where to hand e-mail over. ``tls``: from the first byte on (``smtps``); else STARTTLS is demanded."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> MailServer:
        """Read ``smtp://user:password@host:port`` or ``smtps://…``; 587 and 465 are the usual ports.

        Raises:
            ValueError: it is no such address. The message never holds it.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(_WANTED) from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or bool(parts.username) != bool(parts.password):
            raise ValueError(_WANTED)
        tls = parts.scheme == "smtps"
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        return cls(parts.hostname, port or (465 if tls else 587), tls, user, password)

    @property
    def start_tls(self) -> bool:
        """Whether the connection must change to TLS before anything is said."""
        return not self.tls and self.host not in _LOOPBACK


class Mailer:
    """Hands e-mail over.

    Args:
        sender: the address that it comes from.
    """

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    async def send(self, to: str, subject: str, text: str) -> None:
        """Send one message to one address.

        Raises:
            Refused: the server will not take it for this address.
            NotSent: surely not taken; may be tried again.
            Uncertain: the connection ended before the server said whether it took it.
        """
        server, message = self._server, EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
        message.set_content(text)
        try:
            await aiosmtplib.send(
                message,
                hostname=server.host,
                port=server.port,
                username=server.user,
                password=server.password,
                use_tls=server.tls,
                start_tls=server.start_tls,
                timeout=_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused:
            raise Refused() from None
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPResponseException):
            raise NotSent() from None
        except aiosmtplib.SMTPException:
            raise Uncertain() from None
        except OSError:
            raise NotSent() from None
