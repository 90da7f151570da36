"""Rasa's calls of custom actions, which run in the bot: one connection that stays open, and no more sent than actions read."""

from __future__ import annotations

from typing import Any

import aiohttp
import rasa
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.utils.endpoints import EndpointConfig

_SPECIFICATION = RemoteAction.action_response_format_spec()
_ANSWERS = validator_for(_SPECIFICATION)(_SPECIFICATION)
"""Checks answers. Rasa checks its own specification, too, each time: 17 ms."""


class BotEndpoint(EndpointConfig):
    """The bot's route for actions. Rasa's own opens a connection for each call."""

    def __init__(self, configured: EndpointConfig) -> None:
        vars(self).update(vars(configured))
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> Any:
        """The open session, in a shape that does not close it when a call ends."""
        if self._session is None or self._session.closed:
            self._session = super().session()
        return _KeptOpen(self._session)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


class _KeptOpen:
    """An ``async with`` that leaves its session open."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(self, *_: object) -> None:
        pass


class BotAction(RemoteAction):
    """A custom action. It reads the latest message and the intents of those before; no domain, no answers."""

    def _action_call_format(self, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        state = tracker.current_state(EventVerbosity.NONE)
        state["events"] = [_intent_of(event) for event in tracker.events if isinstance(event, UserUttered)]
        return {"next_action": self.name(), "sender_id": tracker.sender_id, "tracker": state, "version": rasa.__version__}

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        _ANSWERS.validate(result)
        return True


def _intent_of(event: UserUttered) -> dict[str, Any]:
    return {"event": "user", "timestamp": event.timestamp, "parse_data": {"intent": event.intent}}
