"""The stores that are filled: a SQLite file, and a PostgreSQL started for it, with nothing tuned."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from benchmarks.sending.stores import postgres


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="faro-bench-") as folder:
        yield f"sqlite+aiosqlite:///{folder}/faro.sqlite3"


STORES: Mapping[str, Callable[[], AbstractContextManager[str]]] = {"SQLite": _sqlite, "PostgreSQL": postgres}
"""Each gives the address of an empty store, and removes it afterwards."""
