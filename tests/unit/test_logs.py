"""Logs are JSON lines, and an exception's values stay out of them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import set_up


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    handlers, level = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def test_each_event_is_one_json_line() -> None:
    stream = io.StringIO()
    set_up("INFO", stream)
    structlog.get_logger("x").info("job.done", job='a "quoted" one')
    logging.getLogger("library").warning('it said "no"\nand went on')
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [event["event"] for event in events] == ["job.done", 'it said "no"\nand went on']


def test_values_of_an_exception_stay_out() -> None:
    stream = io.StringIO()
    set_up("INFO", stream)
    try:
        raise ValueError("what she told us")
    except ValueError:
        logging.getLogger("library").exception("failed")
        structlog.get_logger("x").exception("failed")
    assert "what she told us" not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


def test_telegrams_addresses_with_the_token_are_not_logged() -> None:
    stream = io.StringIO()
    set_up("DEBUG", stream)
    logging.getLogger("httpx").info("GET https://api.telegram.org/bot42:token/getMe")
    assert stream.getvalue() == ""
