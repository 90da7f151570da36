"""Rasa tracker and lock stores that forget: short conversations without words, short lives, in memory or in Redis.

Rasa's own in-memory store keeps every conversation for ever, as text that it reads again for each message, and a message takes longer
the more events its conversation has (204 ms at turn 200 instead of 16). Here a conversation keeps its last turns only, and ends
when nobody writes. What a person wrote is gone when it is answered: of each message its intent is kept.
"""

from __future__ import annotations

import pickle
from typing import Any

import redis
from rasa.core.brokers.broker import EventBroker
from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, RedisLockStore
from rasa.core.tracker_store import InMemoryTrackerStore, RedisTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, get_trackers_for_conversation_sessions
from rasa.utils.endpoints import EndpointConfig

from rasa_side.forgetting import Forgetting

_REDIS_SECONDS = 2.0
"""How long Redis may take before a message is answered without it."""


def shortened(tracker: DialogueStateTracker, most_turns: int) -> DialogueStateTracker:
    """The tracker itself, or one with the later half of the turns when it has more than ``most_turns``.

    Cuts only between turns and never inside a form; slots keep their values.
    """
    events = list(tracker.events)
    turns = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= most_turns or tracker.active_loop_name:
        return tracker
    kept = events[turns[-max(1, most_turns // 2)] :]
    return _of(tracker, [*_opening(tracker, kept[0].timestamp), *kept])


def wordless(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """The tracker, with nothing left of its messages but their intents. The policies of an answered message never read more."""
    for event in tracker.events:
        if isinstance(event, UserUttered) and event.text is not None:
            event.text, event.entities = None, []
            event.parse_data = {"intent": event.intent, "entities": [], "text": None}
    return tracker


def _latest_session(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """The session under way, as Rasa's stores give it back."""
    if sum(isinstance(event, SessionStarted) for event in tracker.events) < 2:
        return tracker
    return _of(tracker, list(get_trackers_for_conversation_sessions(tracker)[-1].events))


def _opening(tracker: DialogueStateTracker, at: float) -> list[Event]:
    slots = [SlotSet(slot.name, slot.value, at) for slot in tracker.slots.values() if slot.value != slot.initial_value]
    start, listen = (ActionExecuted(name, timestamp=at) for name in (ACTION_SESSION_START_NAME, ACTION_LISTEN_NAME))
    return [start, SessionStarted(at), *slots, listen]


def _of(tracker: DialogueStateTracker, events: list[Event]) -> DialogueStateTracker:
    """The same conversation with other events."""
    other = DialogueStateTracker(tracker.sender_id, tracker.slots.values(), sender_source=tracker.sender_source)
    other.model_id, other.assistant_id = tracker.model_id, tracker.assistant_id
    dialogue = tracker.as_dialogue()
    dialogue.events = events
    other.recreate_from_dialogue(dialogue)
    return other


class ForgettingTrackerStore(InMemoryTrackerStore):
    """Conversations in memory: at most ``most_senders``, each for ``most_idle_minutes`` of silence."""

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        most_idle_minutes: float = 30,
        most_senders: int = 5000,
        most_turns: int = 12,
        **_: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self.store = Forgetting[bytes](most_senders, most_idle_minutes * 60)
        self._most_turns = most_turns

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the last turns, without words, and as bytes: thousands of events at hand made the garbage collector stop for 0.1 s."""
        await self.stream_events(tracker)
        self.store[tracker.sender_id] = pickle.dumps(wordless(shortened(_latest_session(tracker), self._most_turns)))

    async def _retrieve(self, sender_id: str, fetch_all_sessions: bool) -> DialogueStateTracker | None:
        """A copy: what fails halfway through a message leaves no trace. Earlier sessions are not kept."""
        kept = self.store.get(sender_id)
        return None if kept is None else pickle.loads(kept)  # noqa: S301  our own bytes, which never leave this process


class ForgettingRedisTrackerStore(RedisTrackerStore):
    """Conversations in Redis or Valkey, each with an expiry. Rasa's own store would add every session to the last."""

    def __init__(
        self,
        domain: Domain,
        host: str,
        event_broker: EventBroker | None = None,
        most_idle_minutes: float = 30,
        most_turns: int = 12,
        **_: Any,
    ) -> None:
        super().__init__(domain, event_broker=event_broker, record_exp=round(most_idle_minutes * 60), key_prefix="faro")
        self.red = redis.Redis.from_url(host, decode_responses=True, socket_timeout=_REDIS_SECONDS)
        self._most_turns = most_turns

    async def save(self, tracker: DialogueStateTracker, *_: Any) -> None:
        """Replace what is stored by the last turns, without words."""
        await self.stream_events(tracker)
        turns = self.serialise_tracker(wordless(shortened(tracker, self._most_turns)))
        self.red.set(self.key_prefix + tracker.sender_id, turns, ex=self.record_exp)


class ExpiringRedisLockStore(RedisLockStore):
    """Locks in Redis or Valkey that end by themselves, also when the process that took one is gone."""

    def __init__(self, endpoint_config: EndpointConfig) -> None:
        super().__init__(key_prefix="faro")
        self.red = redis.Redis.from_url(endpoint_config.url, socket_timeout=_REDIS_SECONDS)

    def save_lock(self, lock: TicketLock) -> None:
        """Write the lock with its expiry."""
        self.red.set(self.key_prefix + lock.conversation_id, lock.dumps(), ex=LOCK_LIFETIME)
