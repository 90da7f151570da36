"""The OpenAPI document is valid, says everything that the API does, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from bot.api.openapi import document
from bot.api.operations import OPERATIONS
from bot.campaigns.groups import SHOWN, Event
from bot.staff.roles import Permission
from bot.staff.scopes import Scope

DOCUMENT = document()


def _refs(part: Any) -> set[str]:
    if isinstance(part, dict):
        here = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return here.union(*map(_refs, part.values()))
    return set().union(*map(_refs, part)) if isinstance(part, list) else set()


def test_the_document_is_openapi_3_1() -> None:
    validate(json.loads(json.dumps(DOCUMENT)), cls=OpenAPIV31SpecValidator)


def test_every_schema_is_used_and_every_used_one_is_there() -> None:
    defined = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert _refs(DOCUMENT) == defined


def test_patterns_are_those_of_json_schema() -> None:
    assert "\\\\A" not in json.dumps(DOCUMENT) and "\\\\Z" not in json.dumps(DOCUMENT)


def test_a_body_has_the_shape_of_a_campaigns_file() -> None:
    content = DOCUMENT["components"]["schemas"]["ContentBody"]
    assert set(content["properties"]) == {"kind", "format", "title", "titles", "topic", "sources", "texts", "quiz"}
    assert content["additionalProperties"] is False and set(content["required"]) == {"title", "topic", "texts"}


def test_names_and_addresses_are_declared_once() -> None:
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS)
    assert len({(operation.method, operation.path) for operation in OPERATIONS}) == len(OPERATIONS)


def test_whatever_writes_is_recorded_and_asks_for_scope_and_permission() -> None:
    for operation in OPERATIONS:
        writes = operation.method != "GET"
        assert bool(operation.audit) == writes == (operation.scope is Scope.CAMPAIGNS_WRITE), operation.name
        assert (operation.scope is None) == (operation.may is None), operation.name


def test_nothing_approves_and_nothing_but_health_is_open() -> None:
    assert Permission.APPROVE_CAMPAIGNS not in {operation.may for operation in OPERATIONS}
    assert not [operation for operation in OPERATIONS if "approve" in operation.path or "send-back" in operation.path]
    assert [operation.path for operation in OPERATIONS if operation.is_open] == ["/health"]


def test_the_page_about_the_api_names_what_is_written_and_by_what_results_are_grouped() -> None:
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
    schemas = DOCUMENT["components"]["schemas"]
    named = {*schemas["CampaignBody"]["properties"], *SHOWN, *Event, "by_group", "onward", "moved_from", "left_out"}
    assert {name for name in named if f"`{name}`" not in page and f'"{name}"' not in page} == set()
    for model, fields in {"Results": ["by_group"], "CampaignShown": ["places", "onward"], "EntryShown": ["moved_from", "left_out"]}.items():
        assert set(fields) <= set(schemas[model]["properties"]), model
    assert set(schemas["Event"]["enum"]) == set(Event) and set(SHOWN) < set(schemas["Dimension"]["enum"])
