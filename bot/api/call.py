"""One request as a handler sees it, and what it answers with."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request

from bot.api.problems import Refused
from bot.api.services import Services
from bot.errors import NotFound
from bot.messages import Language
from bot.staff.members import Member
from bot.staff.tokens import Bearer, Token

M = TypeVar("M", bound=BaseModel)

_ETAG = re.compile(r'"([1-9][0-9]{0,8})"')


@dataclass(frozen=True)
class Answer:
    """What a handler answers. ``text``: instead of ``model``, what was answered before."""

    model: BaseModel | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass
class Call:
    """A request whose token, query and body were checked.

    Attributes:
        given: the query or the body, as the operation's model.
        body: the body as it came.
        recorded: the handler wrote the audit trail itself, in the transaction of its deed.
    """

    request: Request
    services: Services
    bearer: Bearer | None
    language: Language
    given: BaseModel | None = None
    body: bytes = b""
    recorded: bool = False

    @property
    def caller(self) -> Bearer:
        """Who calls; only operations that need a token may ask."""
        if self.bearer is None:
            raise RuntimeError("an open operation has no token")
        return self.bearer

    @property
    def member(self) -> Member:
        """The member behind the token."""
        return self.caller.member

    @property
    def token(self) -> Token:
        """The token."""
        return self.caller.token

    @property
    def audit_detail(self) -> dict[str, str | int | bool]:
        """What the audit trail says of the token."""
        return {"token": self.token.name, "token_id": self.token.id}

    def read(self, model: type[M]) -> M:
        """The query or body."""
        if not isinstance(self.given, model):
            raise RuntimeError("the operation is declared with another model")
        return self.given

    @property
    def id(self) -> int:
        """The campaign's number in the address. Raises NotFound for what is none."""
        value = str(self.request.path_params["id"])
        if not re.fullmatch(r"[1-9][0-9]{0,17}", value):
            raise NotFound
        return int(value)

    def version(self) -> int | None:
        """The version that `If-Match` names; None without one, or with `*`.

        Raises:
            Refused: it names none that this API gives.
        """
        value = self.request.headers.get("if-match", "*").strip()
        if value == "*":
            return None
        if not (found := _ETAG.fullmatch(value)):
            raise Refused(412, "version_changed", "If-Match does not name a version of this campaign. Fetch it again.")
        return int(found[1])

    def needed_version(self) -> int:
        """As :meth:`version`, for what must not overwrite a colleague's work. Raises Refused."""
        version = self.version()
        if version is None:
            raise Refused(428, "version_missing", 'Say what you have seen: If-Match with the ETag of the campaign, such as "3".')
        return version


Handler = Callable[[Call], Awaitable[Answer]]
