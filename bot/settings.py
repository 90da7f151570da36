"""What the environment says, read and checked once. Errors name the variable and the mend."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError
from bot.mail import MailServer

_SECRETS = ("telegram_token", "database_url", "redis_url", "rasa_secret", "smtp_url")
_OPTIONAL = (*_SECRETS, "public_url", "rasa_url", "mail_from", "audit_head_file")
"""An empty variable counts as unset."""


class Settings(BaseSettings):
    """Every setting, with its environment variable. ``docs/operations.md`` explains each one (a test says so)."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", populate_by_name=True)

    data: Annotated[Path, Field(alias="FARO_DATA")] = Path("var")
    city: Annotated[Path, Field(alias="FARO_CITY")] = Path("city")
    host: Annotated[str, Field(alias="FARO_HOST")] = "127.0.0.1"
    port: Annotated[int, Field(alias="FARO_PORT", ge=0, le=65535)] = 8080
    public_url: Annotated[str | None, Field(alias="FARO_PUBLIC_URL")] = None
    """Address of this server as Telegram and browsers see it (https); set: Telegram's webhook is used."""
    log_level: Annotated[str, Field(alias="FARO_LOG_LEVEL")] = "INFO"
    database_url: Annotated[SecretStr | None, Field(alias="DATABASE_URL")] = None
    redis_url: Annotated[SecretStr | None, Field(alias="REDIS_URL")] = None
    telegram_token: Annotated[SecretStr | None, Field(alias="TELEGRAM_TOKEN")] = None
    telegram_api_url: Annotated[str, Field(alias="TELEGRAM_API_URL")] = "https://api.telegram.org"
    rasa_url: Annotated[str | None, Field(alias="FARO_RASA_URL")] = None
    """Address of a Rasa started elsewhere; unset: ``faro run`` starts and watches one of its own."""
    rasa_secret: Annotated[SecretStr | None, Field(alias="FARO_RASA_SECRET")] = None
    """Shared by bot and Rasa; needed with FARO_RASA_URL, else made anew at each start."""
    smtp_url: Annotated[SecretStr | None, Field(alias="FARO_SMTP_URL")] = None
    """Mail server for pages and digests to staff, such as ``smtp://user:password@mail.example.org:587``; unset: no e-mail."""
    mail_from: Annotated[str | None, Field(alias="FARO_MAIL_FROM", validate_default=True)] = None
    """The address that e-mail comes from; needed with FARO_SMTP_URL."""
    audit_head_file: Annotated[Path | None, Field(alias="FARO_AUDIT_HEAD_FILE")] = None
    """File to which the head of the audit trail is added, on another machine's disk; unset: nowhere."""
    api: Annotated[bool, Field(alias="FARO_API")] = False
    """Whether programs may plan campaigns with tokens that staff make for themselves (``docs/api.md``)."""
    action_port: Annotated[int, Field(alias="FARO_ACTION_PORT", ge=0, le=65535)] = 0
    """Loopback port on which Rasa calls the custom actions; 0: any free one."""

    @field_validator(*_OPTIONAL, mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("telegram_api_url", "public_url", "rasa_url")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an address such as http://127.0.0.1:8081")
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            MailServer.parse(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_has_a_sender(cls, value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("smtp_url") is not None and "@" not in (value or ""):
            raise ValueError("must be an e-mail address when FARO_SMTP_URL is set")
        return value

    @field_validator("log_level")
    @classmethod
    def _is_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @property
    def database(self) -> str:
        """SQLAlchemy's address of the store: DATABASE_URL with an async driver, or one SQLite file in FARO_DATA."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.data / 'faro.sqlite3'}"
        url = self.database_url.get_secret_value()
        for plain, driver in (("postgres://", "postgresql+asyncpg://"), ("postgresql://", "postgresql+asyncpg://"), ("sqlite:///", "sqlite+aiosqlite:///")):
            if url.startswith(plain):
                return driver + url.removeprefix(plain)
        return url

    @property
    def console_address(self) -> str:
        """Where staff sign in."""
        return f"{self.public_url or f'http://{self.host}:{self.port}'}/console"

    @classmethod
    def load(cls) -> Settings:
        """Read the environment and ``.env``.

        Raises:
            SettingsError: one line for each variable that is wrong, never with its value.
        """
        try:
            return cls()
        except ValidationError as error:
            lines = [f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors(include_input=False)]
            raise SettingsError("\n".join(lines)) from None
