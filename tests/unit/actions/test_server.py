"""The actions, through the protocol that Rasa speaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Action
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.builder import build_executor
from actions.server import run_action
from actions.services import Services

ROOT = Path(__file__).parents[3]
EXECUTOR = build_executor(Services(topic_of=lambda text: "bikes" if "bike" in text else None))


def call(
    action: str, text: str = "", ranking: list[dict[str, Any]] | None = None, events: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    message = {"text": text, "intent_ranking": ranking or []}
    tracker = {"sender_id": "p", "latest_message": message, "events": events or []}
    return {"next_action": action, "sender_id": "p", "tracker": tracker, "domain": {}}


def heard(intent: str) -> dict[str, Any]:
    return {"event": "user", "parse_data": {"intent": {"name": intent}}}


async def answer(*arguments: Any, **named: Any) -> dict[str, Any]:
    status, body = await run_action(EXECUTOR, call(*arguments, **named))
    assert status == 200
    [response] = body["responses"]
    custom = response["custom"]
    assert isinstance(custom, dict)
    return custom


def test_every_action_of_the_domain_exists_and_no_other() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    assert set(EXECUTOR.actions) == set(domain["actions"])


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("action_open_tip", "tip:start"),
        ("action_open_receipt", "receipt:start"),
        ("action_crisis", "safety:crisis"),
        ("action_emergency", "safety:emergency"),
        ("action_handoff", "handoff:open"),
    ],
)
async def test_a_door_presses_its_button(action: str, payload: str) -> None:
    assert await answer(action) == {"press": payload}


async def test_subscribing_to_a_named_topic_adds_it() -> None:
    assert await answer("action_subscribe", "news about bikes please") == {"press": "topics:add:bikes"}


async def test_subscribing_to_nothing_named_shows_the_topics() -> None:
    assert await answer("action_subscribe", "subscribe") == {"press": "topics:open"}


async def test_stop_means_stop() -> None:
    assert await answer("action_unsubscribe", "stop it") == {"press": "topics:drop:all"}
    assert await answer("action_unsubscribe", "no more bike news") == {"press": "topics:drop:bikes"}


async def test_helplines_fit_what_was_told_before() -> None:
    assert await answer("action_helplines", events=[heard("scam"), heard("greet"), heard("helpline")]) == {"press": "help:lines:scam"}


async def test_the_latest_harm_counts() -> None:
    told = [heard("scam"), heard("suicide_risk"), heard("helpline")]
    assert await answer("action_helplines", events=told) == {"press": "help:lines:suicide"}


async def test_helplines_without_a_harm_are_general() -> None:
    assert await answer("action_helplines", events=[heard("helpline"), {"event": "user"}, {"event": "slot"}]) == {"press": "help:lines"}


async def test_clarify_asks_between_near_meanings() -> None:
    near = [{"name": "scam", "confidence": 0.3}, {"name": "dark_web", "confidence": 0.25}]
    assert await answer("action_clarify", ranking=near) == {"clarify": ["scam", "dark_web"]}


async def test_clarify_without_near_meanings_says_what_is_out_of_scope() -> None:
    assert await answer("action_clarify") == {"utter": "utter_out_of_scope"}


async def test_an_unknown_action_is_not_found() -> None:
    status, body = await run_action(EXECUTOR, call("action_nobody"))
    assert (status, body["action_name"]) == (404, "action_nobody")


@pytest.mark.parametrize(
    "body",
    [{}, {"next_action": 7, "tracker": {}}, {"next_action": "action_crisis"}, {"next_action": "action_crisis", "tracker": []}],
)
async def test_anything_else_is_not_a_call(body: dict[str, Any]) -> None:
    status, _ = await run_action(EXECUTOR, body)
    assert status == 400


class Failing(Action):
    def __init__(self, error: Exception) -> None:
        self._error = error

    def name(self) -> str:
        return "action_failing"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise self._error


async def test_a_failing_action_never_leaves_silence_and_logs_no_words(capsys: pytest.CaptureFixture[str]) -> None:
    executor = build_executor(Services(topic_of=lambda text: None))
    executor.register_action(Failing(RuntimeError("my secret words")))
    status, body = await run_action(executor, call("action_failing", "my secret words"))
    assert (status, body["responses"]) == (200, [{"custom": {"utter": "utter_error"}}])
    written = capsys.readouterr()
    assert "RuntimeError" in written.out + written.err
    assert "secret" not in written.out + written.err


async def test_an_action_may_decline() -> None:
    executor = build_executor(Services(topic_of=lambda text: None))
    executor.register_action(Failing(ActionExecutionRejection("action_failing", "not now")))
    assert await run_action(executor, call("action_failing")) == (400, {"action_name": "action_failing", "error": "not now"})
