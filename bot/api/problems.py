"""Errors as the API says them: "problem details" (RFC 9457), with what to mend listed one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field
from starlette.responses import Response

from bot.errors import FaroError

MEDIA_TYPE = "application/problem+json"


class Flaw(BaseModel):
    """One thing to mend."""

    pointer: Annotated[str, Field(description="Where in the body (a JSON pointer, RFC 6901), or `?name` for a part of the query.")]
    code: Annotated[str, Field(description="Stays the same in every language and version.")]
    detail: Annotated[str, Field(description="In the language of the token's member.")]


class Problem(BaseModel):
    """Why a request was refused (RFC 9457). `type` is `about:blank`; tell problems apart by `code`."""

    type: str = "about:blank"
    title: Annotated[str, Field(description="The status in words.")]
    status: int
    code: str
    detail: str
    problems: Annotated[list[Flaw], Field(description="What to mend, where there are several things.")] = []


class Refused(FaroError):
    """The request is not granted; says why, as a problem."""

    def __init__(self, status: int, code: str, detail: str, flaws: Sequence[Flaw] = (), headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.problem = Problem(title=HTTPStatus(status).phrase, status=status, code=code, detail=detail, problems=list(flaws))
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """As an answer."""
        return Response(self.problem.model_dump_json(), self.problem.status, self.headers, MEDIA_TYPE)


def too_many(seconds: int) -> Refused:
    """Ask again later."""
    return Refused(429, "too_many_requests", "Too many requests. Wait, then try again.", headers={"Retry-After": str(seconds)})


def invalid(flaws: Sequence[Flaw]) -> Refused:
    """The request cannot be used as it is."""
    return Refused(422, "invalid", "Something in the request has to be mended first.", flaws)
