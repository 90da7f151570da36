"""Logging: one JSON line an event on standard error, never with what people wrote or who they are."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog

# Libraries that would log addresses, tokens (as part of a URL) or contents at their usual levels.
_QUIET = ("httpx", "httpcore", "telegram", "uvicorn", "apscheduler", "sqlalchemy", "aiosqlite", "asyncio")


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
    logging.basicConfig(level=logging.WARNING, format='{"logger": "%(name)s", "level": "%(levelname)s", "event": "%(message)s"}')
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
