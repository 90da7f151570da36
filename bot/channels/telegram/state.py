"""How the channel is doing, for the doctor and the log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What the channel is doing."""

    STARTING = "starting"
    ACCEPTED = "accepted"
    POLLING = "polling"
    WEBHOOK = "webhook"
    STAND_BY = "stand_by"
    UNREACHABLE = "unreachable"
    TOKEN_REFUSED = "token_refused"  # noqa: S105
    STOPPED = "stopped"


_MEANING = {
    Phase.STARTING: "signing in at Telegram",
    Phase.ACCEPTED: "Telegram knows this bot",
    Phase.POLLING: "receiving messages by long polling",
    Phase.WEBHOOK: "receiving messages by webhook",
    Phase.STAND_BY: "another process receives this bot's messages; standing by",
    Phase.UNREACHABLE: "Telegram cannot be reached; trying again (check TELEGRAM_API_URL and the network)",
    Phase.TOKEN_REFUSED: "Telegram does not know this token; set TELEGRAM_TOKEN to the one that @BotFather shows",
    Phase.STOPPED: "stopped",
}


@dataclass(frozen=True, slots=True)
class TelegramState:
    """A snapshot. ``link`` opens the bot in Telegram once its name is known."""

    phase: Phase
    link: str | None = None
    waiting: int = 0
    """Updates received and not answered yet."""
    put_aside: int = 0
    """Updates given up since the start."""

    @property
    def healthy(self) -> bool:
        """Whether messages come in, here or in another process, or would."""
        return self.phase in (Phase.ACCEPTED, Phase.POLLING, Phase.WEBHOOK, Phase.STAND_BY)

    @property
    def meaning(self) -> str:
        """The phase in words, with the mend where there is one."""
        return _MEANING[self.phase]
