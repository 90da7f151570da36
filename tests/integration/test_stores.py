"""The stores that the other integration tests rely on are the real ones, and empty."""

from redis import Redis
from sqlalchemy import text

from bot.storage import Database


async def test_the_store_is_the_kind_its_address_names(database: Database) -> None:
    question = "SELECT sqlite_version()" if database.is_sqlite else "SHOW server_version"
    async with database.read() as session:
        version = str(await session.scalar(text(question)))
    assert version.startswith("3." if database.is_sqlite else "18.")


async def test_two_connections_see_the_same_store(database: Database, database_url: str) -> None:
    other = Database(database_url)
    async with database.begin() as session:
        await session.execute(text("CREATE TABLE seen (word TEXT)"))
        await session.execute(text("INSERT INTO seen VALUES ('lighthouse')"))
    async with other.read() as session:
        assert await session.scalar(text("SELECT word FROM seen")) == "lighthouse"
    await other.close()


def test_valkey_answers_and_is_empty(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        assert client.set("word", "lighthouse")
