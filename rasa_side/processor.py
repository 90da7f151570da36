"""Rasa's way through a message, with less looking up: the model's plan, rules' predictions, actions and the
connection to the bot are made once.

Same answers as Rasa's own processor (``tests/dialogue/test_processor.py`` compares them for every rule and story); figures are in
``docs/adr/0010-a-quick-dialogue-step.md``.
"""

from __future__ import annotations

from rasa.core.actions.action import Action, ActionBotResponse, ActionListen, RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import ActionLimitReached, MessageProcessor
from rasa.shared.core.constants import DEFAULT_SLOT_NAMES
from rasa.shared.core.trackers import DialogueStateTracker

from rasa_side.foresight import Foresight
from rasa_side.graph import Graph
from rasa_side.remote import BotAction, BotEndpoint


class QuickProcessor(MessageProcessor):
    """Takes the place of a loaded processor."""

    def __init__(self, loaded: MessageProcessor) -> None:
        vars(self).update(vars(loaded))  # what Rasa's constructor would load a second time
        self.graph_runner = Graph.of(self.graph_runner)
        self._foresight = Foresight.of(self.graph_runner.components)
        self._bot = None if self.action_endpoint is None else BotEndpoint(self.action_endpoint)
        self._actions: dict[str, Action] = {}
        self._extracts = any(slot.name not in DEFAULT_SLOT_NAMES for slot in self.domain.slots)

    @classmethod
    def into(cls, agent: Agent) -> QuickProcessor:
        """The agent's processor; from the first call on it is a quick one."""
        if not isinstance(agent.processor, cls):
            agent.processor = cls(agent.processor)
        return agent.processor

    async def close(self) -> None:
        """Close the connections to the bot."""
        if self._bot is not None:
            await self._bot.close()

    async def run_action_extract_slots(self, output_channel: OutputChannel, tracker: DialogueStateTracker) -> DialogueStateTracker:
        """Nothing to extract in a domain without slots."""
        return await super().run_action_extract_slots(output_channel, tracker) if self._extracts else tracker

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """As Rasa's own, with remembered actions."""
        if self.is_action_limit_reached(tracker, self.should_predict_another_action(tracker.latest_action_name)):
            raise ActionLimitReached("The limit of actions to predict has been reached.")
        prediction = self._predict_next_with_tracker(tracker)
        return self._get_action(self.domain.action_names_or_texts[prediction.max_confidence_index]), prediction

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        if tracker.followup_action:
            return super()._predict_next_with_tracker(tracker)
        prediction = self._foresight.recall(tracker)
        if prediction is None:
            prediction = super()._predict_next_with_tracker(tracker)
            self._foresight.remember(tracker, prediction)
        return prediction

    def _get_action(self, action_name: str) -> Action:
        action = self._actions.get(action_name) or super()._get_action(action_name)
        if type(action) is RemoteAction and self._bot is not None:
            action = BotAction(action_name, self._bot)
        if type(action) in (ActionListen, ActionBotResponse, BotAction):  # the others hold a conversation's state
            self._actions[action_name] = action
        return action
