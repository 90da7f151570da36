"""Alembic migrations. Run by :func:`bot.storage.migrate.upgrade`; a test compares their result with the tables."""
