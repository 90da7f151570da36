"""Logging: one JSON line an event on standard error, never with what people wrote or who they are."""

from __future__ import annotations

import json
import logging
import sys
from typing import TextIO

import structlog

# Libraries that would log addresses, tokens (as part of a URL) or contents at their usual levels.
_QUIET = ("alembic", "httpx", "httpcore", "telegram", "uvicorn", "apscheduler", "sqlalchemy", "aiosqlite", "asyncio")


class _JsonLines(logging.Formatter):
    """A library's record as one JSON line. Never its traceback: the values in it could be somebody's words."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        line = {"logger": record.name, "event": record.getMessage(), "level": record.levelname.lower(), "error": error}
        return json.dumps({key: value for key, value in line.items() if value is not None}, ensure_ascii=False)


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Set up structlog and hold the libraries' own loggers at WARNING.

    Args:
        level: DEBUG, INFO, WARNING or ERROR, for Faro's own events.
        stream: where lines go; standard error when None.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
