"""Whether a connection to PostgreSQL that comes from the pool still stands.

SQLAlchemy's ``pool_pre_ping`` asks before each use: BEGIN, an empty statement, ROLLBACK. Those were three of every seven journeys
to the server while a campaign was sent. Here the server is asked only after a pause; in between, the driver knows by itself when
the server has closed a connection. What breaks in the middle of work is an error for the caller, as it always was.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

IDLE_SECONDS = 5.0
"""After such a pause the server is asked: a firewall may have dropped the connection without a word."""
_RETURNED = "faro_returned"


class Liveness:
    """Looks at each connection as it leaves the pool; whatever does not stand any more is replaced, and all that idle with it."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic

    def watch(self, engine: Engine) -> None:
        """Look at this engine's connections from now on."""
        event.listen(engine, "checkin", self.returned)
        event.listen(engine, "checkout", self.taken)

    def returned(self, _connection: Any, record: Any) -> None:
        """A connection goes back to the pool."""
        record.info[_RETURNED] = self._monotonic()

    def taken(self, connection: Any, record: Any, _proxy: Any) -> None:
        """A connection is about to be used.

        Raises:
            InvalidatePoolError: it does not stand any more; the pool then makes a new one.
        """
        now = self._monotonic()
        try:
            closed = connection.driver_connection.is_closed()
            if not closed and now - record.info.get(_RETURNED, now) > IDLE_SECONDS:
                connection.ping()
        except Exception as error:
            raise InvalidatePoolError() from error
        if closed:
            raise InvalidatePoolError()
