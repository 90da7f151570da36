"""Stands before every operation: rates, token, scope and role, query and body; and turns errors into problems."""

from __future__ import annotations

import json
import logging
import math
import secrets
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.api.call import Answer, Call
from bot.api.operations import Operation
from bot.api.problems import Refused, invalid, too_many
from bot.api.services import Services
from bot.api.words import flaws_of_body
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.limits import Limiter, Rate
from bot.staff.tokens import Bearer

log = logging.getLogger("faro.api")

LARGEST_BODY = 256 * 1024
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


_ADDRESS, _STRANGER, _TOKEN = Rate(300, 10.0), Rate(20, 0.2), Rate(60, 2.0)


@dataclass(frozen=True, slots=True)
class Rates:
    """How much is let through: for each network address, for each that comes without a good token, and for each token."""

    address: Rate = _ADDRESS
    stranger: Rate = _STRANGER
    token: Rate = _TOKEN


class Guard:
    """Wraps operations into endpoints. Cookies are never looked at, so no other site can use a visitor's session here."""

    def __init__(self, services: Services, rates: Rates) -> None:
        self._services = services
        self._rates = rates
        self._addresses, self._strangers, self._tokens = Limiter(rates.address), Limiter(rates.stranger), Limiter(rates.token)

    def endpoint(self, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of an operation, guarded."""

        async def endpoint(request: Request) -> Response:
            try:
                response = await self._pass(operation, request)
            except Exception as error:  # every failure becomes a problem that says what happened
                response = refusal_of(error).response()
            response.headers.update(HEADERS)
            return response

        return endpoint

    async def _pass(self, operation: Operation, request: Request) -> Response:
        self._let_in(request)
        call = Call(request, self._services, await self._bearer(operation, request), self._services.languages[0])
        if call.bearer is not None and call.member.language in self._services.languages:
            call.language = call.member.language
        await self._read(operation, call)
        answer = await operation.handler(call)
        if operation.audit and not call.recorded:
            subject = str(request.path_params.get("id", ""))
            await self._services.audit.record(call.member.id, operation.audit, subject, call.audit_detail)
        return _response(operation, answer)

    def _let_in(self, request: Request) -> None:
        if (client := _client(request)) and not self._addresses.allows(client, self._services.clock()):
            raise self._wait(self._rates.address)

    async def _bearer(self, operation: Operation, request: Request) -> Bearer | None:
        if operation.is_open:
            return None
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        bearer = await self._services.tokens.find(text.strip()) if kind.lower() == "bearer" else None
        now = self._services.clock()
        if bearer is None:
            if (client := _client(request)) and not self._strangers.allows(client, now):
                raise self._wait(self._rates.stranger)
            challenge = {"WWW-Authenticate": 'Bearer realm="Faro"'}
            raise Refused(401, "token_refused", "A valid token is needed: Authorization: Bearer faro_…", headers=challenge)
        if not self._tokens.allows(bearer.token.id, now):
            raise self._wait(self._rates.token)
        _check_may(operation, bearer)
        return bearer

    async def _read(self, operation: Operation, call: Call) -> None:
        """Query and body, checked by the operation's model; an operation without one takes neither."""
        call.given = self._checked_query(operation.query, call) if operation.query else None
        if operation.query is None and call.request.url.query:
            raise Refused(400, "query_unexpected", "This address takes no query.")
        call.body = await _body(call.request)
        if operation.body is not None:
            call.given = self._checked_body(operation.body, call)
        elif call.body:
            raise Refused(400, "body_unexpected", "This address takes no body.")

    def _checked_query(self, model: type[BaseModel], call: Call) -> BaseModel:
        pairs = call.request.query_params.multi_items()
        if len({name for name, _ in pairs}) < len(pairs):
            raise Refused(400, "query_twice", "A part of the query is there twice.")
        try:
            return model.model_validate_strings(dict(pairs))
        except ValidationError as error:
            raise invalid(flaws_of_body(error, self._services, call.language, query=True)) from None

    def _checked_body(self, model: type[BaseModel], call: Call) -> BaseModel:
        if call.request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            raise Refused(415, "not_json", "Send JSON: Content-Type: application/json.")
        try:
            json.loads(call.body.decode())
        except (ValueError, RecursionError):
            raise Refused(400, "not_json", "The body is not JSON in UTF-8.") from None
        try:
            return model.model_validate_json(call.body, strict=True)
        except ValidationError as error:
            raise invalid(flaws_of_body(error, self._services, call.language)) from None

    def _wait(self, rate: Rate) -> Refused:
        return too_many(math.ceil(1 / rate.per_second))


def refusal_of(error: Exception) -> Refused:
    """Any error as a problem. What is not meant for clients is only a reference to the log."""
    match error:
        case Refused():
            return error
        case HTTPException():
            code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "refused")
            return Refused(error.status_code, code, "There is nothing here, or not for this method.", headers=error.headers)
        case NotFound():
            return Refused(404, "not_found", "There is no such thing.")
        case Conflict():
            return Refused(409, "state", f"{str(error)[:1].upper()}{str(error)[1:]}.")
        case NotAllowed():
            return Refused(403, "not_allowed", "The token's member may not do this.")
        case Invalid():
            return Refused(422, "invalid", f"{error.field}: {error.code}")
    return _unexpected(error)


def _unexpected(error: Exception) -> Refused:
    # Type and place only: an exception's message may hold what somebody wrote.
    reference, place = secrets.token_hex(4), traceback.extract_tb(error.__traceback__)[-1]
    log.error("api error %s: %s at %s:%s", reference, type(error).__name__, place.filename, place.lineno)
    if isinstance(error, SQLAlchemyError | OSError):
        return Refused(503, "database_down", f"The database does not answer. ({reference})", headers={"Retry-After": "10"})
    return Refused(500, "broken", f"Something broke in Faro. ({reference})")


def _check_may(operation: Operation, bearer: Bearer) -> None:
    """The token is for it, and its member may do it now."""
    if operation.scope is not None and operation.scope not in bearer.token.scopes:
        challenge = {"WWW-Authenticate": f'Bearer realm="Faro", error="insufficient_scope", scope="{operation.scope}"'}
        raise Refused(403, "scope_missing", f"The token is not for {operation.scope}.", headers=challenge)
    if operation.may is not None and not bearer.member.may(operation.may):
        raise NotAllowed


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                raise Refused(413, "too_large", f"A body is {LARGEST_BODY // 1024} KiB at most.", headers={"Connection": "close"})
    except ClientDisconnect:
        raise Refused(400, "body_incomplete", "The body ended early.") from None
    return bytes(body)


def _client(request: Request) -> str:
    """The address to count by; empty for this machine, where a proxy stands for everybody (``docs/operations.md``)."""
    host = request.client.host if request.client else ""
    try:
        return "" if ip_address(host).is_loopback else host
    except ValueError:
        return host


def _response(operation: Operation, answer: Answer) -> Response:
    text = answer.model.model_dump_json() if answer.model is not None else answer.text
    return Response(text, answer.status, dict(answer.headers), "application/json")
