"""A connection that does not stand any more is replaced, and one in use is not asked each time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.exc import InvalidatePoolError

from bot.storage.liveness import IDLE_SECONDS, Liveness


@dataclass
class _Connection:
    """Driver and adapter in one."""

    closed: bool = False
    answers: bool = True
    pings: int = 0

    @property
    def driver_connection(self) -> _Connection:
        return self

    def is_closed(self) -> bool:
        return self.closed

    def ping(self) -> None:
        self.pings += 1
        if not self.answers:
            raise ConnectionError


@dataclass
class _Record:
    info: dict[str, Any] = field(default_factory=dict)


def _taken_after(pause: float, connection: _Connection) -> None:
    now, record = [100.0], _Record()
    liveness = Liveness(lambda: now[0])
    liveness.returned(connection, record)
    now[0] += pause
    liveness.taken(connection, record, None)


def test_a_connection_in_use_is_not_asked() -> None:
    connection = _Connection()
    _taken_after(IDLE_SECONDS / 2, connection)
    assert connection.pings == 0


def test_after_a_pause_the_server_is_asked() -> None:
    connection = _Connection()
    _taken_after(IDLE_SECONDS + 1, connection)
    assert connection.pings == 1


@pytest.mark.parametrize(("pause", "connection"), [(0.0, _Connection(closed=True)), (IDLE_SECONDS + 1, _Connection(answers=False))])
def test_one_that_does_not_stand_is_replaced(pause: float, connection: _Connection) -> None:
    with pytest.raises(InvalidatePoolError):
        _taken_after(pause, connection)
