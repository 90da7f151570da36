"""Wires the actions with their services."""

from __future__ import annotations

import logging

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from actions.clarify import Clarify
from actions.doors import PAYLOADS, OpenDoor
from actions.helplines import ShowHelplines
from actions.services import Services
from actions.topics import Subscribe, Unsubscribe

logging.getLogger("rasa_sdk.executor").setLevel(logging.WARNING)  # one line per action at every start says nothing


def build_executor(services: Services) -> ActionExecutor:
    """An executor that knows every action of ``domain.yml`` and no other (a test compares them)."""
    executor = ActionExecutor()
    for action in _actions(services):
        executor.register_action(action)
    return executor


def _actions(services: Services) -> list[Action]:
    return [
        *(OpenDoor(name, payload) for name, payload in PAYLOADS.items()),
        Subscribe(services.topic_of),
        Unsubscribe(services.topic_of),
        ShowHelplines(services.needs),
        Clarify(),
    ]
