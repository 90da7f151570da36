"""Predictions of rules, made once. Rasa reads its rules anew for every step, with a graph, two policies and all states of the conversation.

What a rule says depends on nothing but the last few *moments* of a conversation (the latest intent and the action before), as many as
it has itself, as long as rules name intents and actions only. Nothing is remembered where this does not hold, or where no rule
spoke: then all policies are asked, every time.
"""

from __future__ import annotations

import copy
import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.graph import GraphComponent
from rasa.shared.core.events import ActionExecuted, BotUttered, DefinePrevUserUtteredFeaturization, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

Moment = tuple[str | None, str | None]
"""The latest intent, and the action before."""

_MOST_REMEMBERED = 4096
_SIMPLE = {"user": {"intent"}, "prev_action": {"action_name"}}
"""What a state of a rule may hold so that moments decide."""


class Foresight:
    """Remembers what rules say.

    Args:
        deciding: how many moments decide, by the latest action; after any other action nothing is remembered.
    """

    def __init__(self, deciding: Mapping[str | None, int]) -> None:
        self._deciding = deciding
        self._said: OrderedDict[tuple[Moment, ...], PolicyPrediction] = OrderedDict()

    @classmethod
    def of(cls, components: Iterable[GraphComponent]) -> Foresight:
        """For the rules of a loaded model."""
        rules = [component for component in components if isinstance(component, RulePolicy)]
        return cls(deciding_moments(rules[0]) if len(rules) == 1 else {})

    def recall(self, tracker: DialogueStateTracker) -> PolicyPrediction | None:
        """What the rules said at such moments, None when they were not asked yet or have nothing to say."""
        said = self._said.get(self._key(tracker))
        return None if said is None else _fresh(said)

    def remember(self, tracker: DialogueStateTracker, prediction: PolicyPrediction) -> None:
        """Keep a prediction, if it is a rule's: no other policy is surer, and of equally sure ones Rasa takes the rule."""
        key = self._key(tracker)
        if key and prediction.policy_name == RulePolicy.__name__ and prediction.max_confidence == 1.0:
            self._said[key] = _fresh(prediction)
            if len(self._said) > _MOST_REMEMBERED:
                self._said.popitem(last=False)

    def _key(self, tracker: DialogueStateTracker) -> tuple[Moment, ...]:
        deciding = self._deciding.get(tracker.latest_action_name)
        moments = moments_of(tracker) if deciding else None
        return tuple(moments[-deciding:]) if moments else ()


def deciding_moments(policy: RulePolicy) -> dict[str | None, int]:
    """The length of the longest rule that can apply after each action: a rule's last state names the action before it.

    Empty when some rule looks at more than intents and actions (words, entities, slots, forms).
    """
    rules = [json.loads(key) for key in policy.lookup[RULES]]
    simple = all(set(parts) <= _SIMPLE.get(kind, set()) for rule in rules for state in rule for kind, parts in state.items())
    if not simple or policy.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH):
        return {}
    longest: dict[str | None, int] = {}
    for rule in rules:
        action = rule[-1].get("prev_action", {}).get("action_name")
        longest[action] = max(len(rule), longest.get(action, 0))
    return longest


def moments_of(tracker: DialogueStateTracker) -> list[Moment] | None:
    """All moments of the session, as Rasa's states have them: one before each action, and now. None when more than them decides."""
    moments: list[Moment] = []
    intent = action = None
    for event in tracker.events:
        kind = type(event)
        if kind is UserUttered:
            intent = event.intent_name
        elif kind is ActionExecuted:
            moments.append((intent, action))
            action = event.action_name
        elif kind is SessionStarted:
            moments, intent, action = [], None, None
        elif kind is not BotUttered and kind is not DefinePrevUserUtteredFeaturization:
            return None
    return [*moments, (intent, action)]


def _fresh(prediction: PolicyPrediction) -> PolicyPrediction:
    """A prediction with events of its own: trackers stamp and keep them."""
    fresh = copy.copy(prediction)
    fresh.probabilities = list(prediction.probabilities)
    fresh.events = [copy.copy(event) for event in prediction.events]
    return fresh
