"""The tracker store that forgets, inside Rasa's own environment."""

from __future__ import annotations

import subprocess

from tests.dialogue.conftest import ROOT

_PREPARED = """
import asyncio, json
from rasa_side import standin
standin.install(UNUSED)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa_side.trackers import ForgettingTrackerStore, shortened

DOMAIN = Domain.from_dict({"intents": ["greet"], "slots": {"mood": {"type": "text", "mappings": [{"type": "custom"}]}}})

def tracker(turns):
    tracker = DialogueStateTracker("p", DOMAIN.slots)
    events = [ActionExecuted("action_session_start"), SessionStarted(), SlotSet("mood", "calm"), ActionExecuted("action_listen")]
    for turn in range(turns):
        events += [UserUttered(f"words {turn}", {"name": "greet", "confidence": turn}), ActionExecuted("utter_greet"), ActionExecuted("action_listen")]
    tracker.update_with_events(events, DOMAIN)
    return tracker

def words(tracker):
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]

def turns(tracker):
    return [event.intent["confidence"] for event in tracker.events if isinstance(event, UserUttered)]
"""  # noqa: E501


def in_rasa(check: str, learning: bool = False) -> None:
    """Run a check in Rasa's environment: as when it answers, or when it learns."""
    prepared = _PREPARED.replace("UNUSED", "frozenset()" if learning else "standin.UNUSED_WHILE_ANSWERING", 1)
    command = [str(ROOT / ".venv-rasa/bin/python"), "-W", "ignore", "-c", prepared + check]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert outcome.returncode == 0, outcome.stderr[-3000:]


def test_a_conversation_keeps_its_last_turns_its_slots_and_a_clean_start() -> None:
    in_rasa("""
short = shortened(tracker(13), 12)
assert words(short) == [f"words {turn}" for turn in range(7, 13)], words(short)
assert short.get_slot("mood") == "calm"
assert short.latest_action_name == "action_listen"
assert type(short.events[1]).__name__ == "SessionStarted"
whole = tracker(12)
assert shortened(whole, 12) is whole
""")


def test_a_form_is_never_cut() -> None:
    in_rasa("""
busy = tracker(13)
busy.update(ActiveLoop("a_form"), DOMAIN)
assert shortened(busy, 12) is busy
""")


def test_the_store_gives_back_what_it_keeps_and_forgets_the_rest() -> None:
    in_rasa("""
async def check():
    store = ForgettingTrackerStore(DOMAIN, host=None, most_idle_minutes=1, most_senders=2, most_turns=4)
    moment = [0.0]
    store.store._now = lambda: moment[0]
    await store.save(tracker(5))
    kept = await store.retrieve("p")
    assert turns(kept) == [3, 4], turns(kept)
    assert kept.get_slot("mood") == "calm"
    kept.update(UserUttered("halfway"), DOMAIN)
    assert turns(await store.retrieve("p")) == [3, 4]
    moment[0] = 61.0
    assert await store.retrieve("p") is None
    assert list(await store.keys()) == []
    for sender in "abc":
        one = tracker(1)
        one.sender_id = sender
        await store.save(one)
    assert list(await store.keys()) == ["b", "c"]

asyncio.run(check())
""")


def test_of_an_answered_message_only_the_intent_is_kept() -> None:
    in_rasa("""
async def check():
    store = ForgettingTrackerStore(DOMAIN, host=None)
    told = tracker(1)
    parsed = {"text": "secret words", "text_tokens": [[0, 6]], "intent_ranking": [{"name": "greet", "confidence": 0.4}]}
    entities = [{"entity": "name", "value": "secret"}]
    told.update(UserUttered("secret words", {"name": "greet", "confidence": 0.5}, entities, parsed), DOMAIN)
    await store.save(told)
    kept = await store.retrieve("p")
    assert turns(kept) == [0, 0.5]
    assert "words" not in json.dumps(kept.current_state(EventVerbosity.ALL))
    assert "secret" not in json.dumps(kept.current_state(EventVerbosity.ALL))
    assert kept.latest_message.as_sub_state() == {"intent": "greet"}

asyncio.run(check())
""")


def test_an_earlier_session_is_not_given_back() -> None:
    in_rasa("""
async def check():
    store = ForgettingTrackerStore(DOMAIN, host=None)
    twice = tracker(2)
    for event in tracker(1).events:
        twice.update(event, DOMAIN)
    await store.save(twice)
    assert turns(await store.retrieve("p")) == [0]

asyncio.run(check())
""")
