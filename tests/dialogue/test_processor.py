"""The quick processor against Rasa's own, on the trained model: the same way through every rule and story, with less work."""

from __future__ import annotations

from pathlib import Path

from tests.dialogue.test_trackers import in_rasa

_TWO_AGENTS = """
import logging, os, random
logging.disable(logging.CRITICAL)
from aiohttp import web
import yaml
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.utils.endpoints import EndpointConfig
from rasa_side.channel import Collected
from rasa_side.foresight import Foresight
from rasa_side.processor import QuickProcessor

RULES = [rule["steps"] for rule in yaml.safe_load(open("stories/rules.yml"))["rules"]]
STORIES = [story["steps"] for story in yaml.safe_load(open("stories/stories.yml"))["stories"]]
INTENTS = [steps[0]["intent"] for steps in RULES]
calls, strange = [], []

async def action(request):
    call = await request.json()
    calls.append((call, request.transport.get_extra_info("peername")))
    if strange:
        return web.json_response(strange.pop())
    return web.json_response({"events": [], "responses": [{"custom": {"press": call["next_action"].replace("action_", "") + ":start"}}]})

async def ways(agent, walks):
    return [[await turn(agent, f"p{number}", intent) for intent in walk] for number, walk in enumerate(walks)]

async def turn(agent, sender, intent):
    ranked = {"name": intent, "confidence": 0.9}
    parsed = {"text": "secret words", "intent": ranked, "intent_ranking": [ranked], "entities": []}
    collected = Collected()
    await agent.handle_message(UserMessage("secret words", collected, sender, parse_data=parsed, input_channel="faro"))
    tracker = await agent.tracker_store.retrieve(sender)
    return collected.said, [seen(event) for event in tracker.events]

def seen(event):
    told = event.as_dict()
    told.pop("timestamp")
    told.get("parse_data", {}).pop("message_id", None)
    told.pop("message_id", None)
    return told

async def served(check):
    runner = web.AppRunner(web.Application())
    runner.app.router.add_post("/webhook", action)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    endpoint = EndpointConfig(f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/webhook", headers={"X-Faro-Secret": "s"})
    stores = [ForgettingTrackerStore(DOMAIN, most_turns=4) for _ in range(2)]
    slow, quick = (Agent.load(MODEL, action_endpoint=endpoint, tracker_store=store) for store in stores)
    processor = QuickProcessor.into(quick)
    assert QuickProcessor.into(quick) is processor
    try:
        await check(slow, quick)
    finally:
        await processor.close()
        await runner.cleanup()
"""


def with_agents(model: Path, check: str) -> None:
    """Run ``async def check(slow, quick)`` in Rasa's environment."""
    in_rasa(f"MODEL = {str(model)!r}\n" + _TWO_AGENTS + check + "\nasyncio.run(served(check))")


def test_every_rule_and_story_goes_the_same_way(model: Path) -> None:
    with_agents(model, """
async def check(slow, quick):
    chance = random.Random(7)
    walks = [[intent] for intent in INTENTS]
    walks += [[step["intent"] for step in steps if "intent" in step] for steps in STORIES]
    walks += [[chance.choice([*INTENTS, "nobody_knows"]) for _ in range(9)] for _ in range(12)]
    assert await ways(quick, walks) == await ways(slow, walks)
    quick.processor.graph_runner = None
    known = [[intent, intent] for intent in INTENTS]
    said = [[answers for answers, _ in way] for way in await ways(quick, known)]
    for (first, again), steps in zip(said, RULES):
        assert first == again and len(first) == 1, (steps, first)
""")


def test_words_are_understood_the_same_way(model: Path) -> None:
    with_agents(model, """
from rasa_side.understanding import understood

async def check(slow, quick):
    for words in ("my bike was stolen", "on m'insulte tous les jours", "which is the longest river of south america", "?!", "x"):
        parsed, vector = understood(quick.processor, words)
        expected = await slow.parse_message(words)
        assert parsed == {name: expected[name] for name in parsed}, (parsed, expected)
        assert (vector is not None) == (parsed["intent"]["name"] in ("out_of_scope", "nlu_fallback"))
""")


def test_actions_hear_the_message_and_earlier_intents_only_on_one_connection(model: Path) -> None:
    with_agents(model, """
async def check(slow, quick):
    for intent in ("scam", "helpline", "nlu_fallback"):
        await turn(quick, "p", intent)
    (helpline, first), (clarify, second) = calls
    assert first == second
    assert helpline["next_action"] == "action_helplines" and "domain" not in helpline
    assert [event["parse_data"]["intent"]["name"] for event in helpline["tracker"]["events"]] == ["scam", "helpline"]
    assert helpline["tracker"]["latest_message"]["text"] == "secret words"
    assert "secret" not in json.dumps(helpline["tracker"]["events"])
    assert clarify["tracker"]["latest_message"]["intent_ranking"] == [{"name": "nlu_fallback", "confidence": 0.9}]
""")


def test_a_strange_answer_of_an_action_leaves_no_answer_and_the_next_message_is_heard(model: Path) -> None:
    with_agents(model, """
async def check(slow, quick):
    for body in ({"responses": "many"}, {"events": "", "responses": [{"custom": {"press": "tip:start"}}]}):
        strange.append(body)
        assert (await turn(quick, "p", "give_tip"))[0] == []
    assert (await turn(quick, "p", "greet"))[0] == [{"utter": "utter_greet", "params": {}}]
""")


_POLICY = """
from types import SimpleNamespace
from rasa_side.foresight import deciding_moments, moments_of

def deciding(*rules, unhappy=()):
    lookup = {"rules": {json.dumps(rule): "x" for rule in rules}, "rules_for_loop_unhappy_path": dict(unhappy)}
    return deciding_moments(SimpleNamespace(lookup=lookup))

def state(intent, action, **more):
    return {"user": {"intent": intent}, "prev_action": {"action_name": action}, **more}
"""


def test_as_many_moments_decide_as_a_rule_has() -> None:
    in_rasa(_POLICY + """
one, two = [state("a", "action_listen")], [state("a", "action_listen"), state("a", "utter_a")]
assert deciding(one, two) == {"action_listen": 1, "utter_a": 2}
assert deciding(one, [state("b", "utter_a"), state("a", "action_listen")]) == {"action_listen": 2}
""")


def test_rules_about_more_than_intents_are_asked_each_time() -> None:
    in_rasa(_POLICY + """
assert deciding([state("a", "action_listen", slots={"mood": [1]})]) == {}
assert deciding([state("a", "action_listen", active_loop={"name": "form"})]) == {}
assert deciding([{"user": {"text": "hi"}, "prev_action": {"action_name": "action_listen"}}]) == {}
assert deciding([{"user": {"intent": "a", "entities": ["b"]}, "prev_action": {"action_name": "action_listen"}}]) == {}
assert deciding([state("a", "action_listen")], unhappy={"x": "y"}) == {}
""")


def test_moments_are_those_of_the_session_and_unknown_events_end_them() -> None:
    in_rasa(_POLICY + """
assert moments_of(tracker(1)) is None, "a slot was set"
plain = DialogueStateTracker("p", [])
plain.update_with_events([event for event in tracker(2).events if not isinstance(event, SlotSet)], DOMAIN)
listened, greeted = ("greet", "action_listen"), ("greet", "utter_greet")
assert moments_of(plain) == [(None, None), listened, greeted, listened, greeted, ("greet", "action_listen")], moments_of(plain)
plain.update(SessionStarted())
assert moments_of(plain) == [(None, None)]
""")
