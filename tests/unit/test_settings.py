"""Settings: wrong values are named with their variable, and never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("TELEGRAM_TOKEN", "TELEGRAM_API_URL", "DATABASE_URL", "REDIS_URL", "FARO_DATA", "FARO_CITY", "FARO_PORT"):
        monkeypatch.delenv(name, raising=False)


def test_without_any_variable_there_is_one_sqlite_file() -> None:
    assert Settings.load().database == "sqlite+aiosqlite:///var/faro.sqlite3"


def test_postgresql_gets_its_async_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/d")
    assert Settings.load().database == "postgresql+asyncpg://u:p@h/d"


@pytest.mark.parametrize(
    ("name", "value"), [("FARO_PORT", "seventy"), ("FARO_PORT", "70000"), ("TELEGRAM_API_URL", "localhost:99"), ("FARO_LOG_LEVEL", "loud")]
)
def test_a_wrong_value_is_named_and_not_repeated(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as error:
        Settings.load()
    assert value not in str(error.value)


def test_an_empty_token_means_no_telegram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "  ")
    assert Settings.load().telegram_token is None


def test_the_token_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "123:AAHunter")
    assert "AAHunter" not in repr(Settings.load())
