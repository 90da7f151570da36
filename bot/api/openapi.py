"""The OpenAPI 3.1 document, made from the same operations and models that serve and check. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from bot.api.operations import OPERATIONS, Operation
from bot.api.problems import MEDIA_TYPE, Problem
from bot.staff.scopes import Scope

PREFIX = "/api/v1"
_REF = "#/components/schemas/{model}"
_ABOUT = (
    "Planning and results of a city's prevention campaigns. A token is made by a member of staff on their account page and can do no "
    "more than they can at that moment. Nothing can be approved here: a second person does that in the console. "
    "Times with a zone are UTC or say their offset; `send_at` is the city's wall clock."
)
_SCOPES = {
    Scope.CAMPAIGNS_READ: "see campaigns, calendar, topics and the library",
    Scope.CAMPAIGNS_WRITE: "write, submit, pause, resume and cancel campaigns",
    Scope.RESULTS_READ: "see results, small numbers hidden",
}
_HEADERS = {
    "Idempotency-Key": "1 to 200 visible characters. The same key with the same body is done once and answered alike for 24 hours.",
    "If-Match": "The `ETag` of the campaign as you saw it. If somebody changed it since, nothing is done (412).",
}
_HEADER_SCHEMAS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "If-Match": {"type": "string", "examples": ['"3"']},
}
_PATH_SCHEMAS: dict[str, dict[str, Any]] = {
    "id": {"type": "integer", "minimum": 1, "maximum": 999_999_999_999_999_999},
    "slug": {"type": "string", "minLength": 1, "maxLength": 120},
}


def document() -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for operation in OPERATIONS:
        paths[operation.path][operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Faro", "version": "1", "description": _ABOUT, "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": dict(paths),
        "components": {"schemas": _schemas(), "securitySchemes": {"token": _security()}},
    }


def _security() -> dict[str, str]:
    scopes = "; ".join(f"`{scope}`: {words}" for scope, words in _SCOPES.items())
    return {"type": "http", "scheme": "bearer", "description": f"A token such as `faro_…`. Scopes: {scopes}."}


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": operation.name, "summary": operation.summary}
    if operation.is_open:
        described["security"] = []
    elif operation.scope is not None:
        described["description"] = f"Needs the scope `{operation.scope}`, and that the token's member may do it."
    if parameters := [*_path_parameters(operation), *_header_parameters(operation), *_query_parameters(operation)]:
        described["parameters"] = parameters
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(operation.body)}}}
    return described | {"responses": _responses(operation)}


def _responses(operation: Operation) -> dict[str, Any]:
    success: dict[str, Any] = {
        "description": HTTPStatus(operation.status).phrase,
        "content": {"application/json": {"schema": _ref(operation.answers)}},
    }
    if operation.path.startswith("/campaigns") and operation.header:
        success["headers"] = {"ETag": {"description": "The version, for `If-Match`.", "schema": {"type": "string"}}}
    problem = {"content": {MEDIA_TYPE: {"schema": _ref(Problem)}}}
    failures = {str(status): {"description": HTTPStatus(status).phrase, **problem} for status in _failures(operation)}
    return {str(int(operation.status)): success, **failures}


def _failures(operation: Operation) -> list[int]:
    found = {400, 429, 500, 503, *operation.refuses}
    if not operation.is_open:
        found |= {401, 403}
    if operation.query is not None:
        found.add(422)
    return sorted(found | {413} | ({415, 422} if operation.body is not None else set()))


def _path_parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    for name, schema in _PATH_SCHEMAS.items():
        if f"{{{name}}}" in operation.path:
            yield {"name": name, "in": "path", "required": True, "schema": schema}


def _header_parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    if name := operation.header:
        about = {"description": _HEADERS[name], "schema": _HEADER_SCHEMAS[name]}
        yield {"name": name, "in": "header", "required": operation.needs_header, **about}


def _query_parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    if operation.query is None:
        return
    schema = _portable(operation.query.model_json_schema(ref_template=_REF))
    for name, part in schema["properties"].items():
        yield {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": part}


def _schemas() -> dict[str, Any]:
    taken = {operation.body for operation in OPERATIONS if operation.body}
    queried = {operation.query for operation in OPERATIONS if operation.query}
    given: set[type[BaseModel]] = {Problem, *(operation.answers for operation in OPERATIONS)}
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in _sorted(taken | queried)]
    wanted += [(model, "serialization") for model in _sorted(given)]
    _, found = models_json_schema(wanted, ref_template=_REF)
    schemas: dict[str, Any] = _portable(found["$defs"])
    return {name: schema for name, schema in sorted(schemas.items()) if name not in {model.__name__ for model in queried}}


def _sorted(models: Iterable[type[BaseModel]]) -> list[type[BaseModel]]:
    return sorted(models, key=lambda model: model.__name__)


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _portable(schema: Any) -> Any:
    r"""Patterns as JSON Schema writes them: Python's ``\A`` and ``\Z`` are ``^`` and ``$`` there."""
    if isinstance(schema, dict):
        return {_pattern(key): _pattern(value) if key == "pattern" else _portable(value) for key, value in schema.items()}
    return [_portable(part) for part in schema] if isinstance(schema, list) else schema


def _pattern(text: Any) -> Any:
    return text.replace("\\A", "^").replace("\\Z", "$") if isinstance(text, str) else text
