"""The store: engine, transactions, column types and migrations. Knows no table of any domain package."""

from bot.storage.database import Database
from bot.storage.schema import Base, Sealed, UtcDateTime
from bot.storage.statements import affected, insert, insert_or_ignore, put, put_if_new, upsert

__all__ = ["Base", "Database", "Sealed", "UtcDateTime", "affected", "insert", "insert_or_ignore", "put", "put_if_new", "upsert"]
