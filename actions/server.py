"""The protocol between Rasa and its actions, without a web framework: body in, status and body out.

Source: Rasa's action server, ``POST /webhook`` with ``next_action`` and ``tracker``; 400 tells Rasa that the action does not
want to run now, 404 that there is none of this name.
"""

from __future__ import annotations

from typing import Any

import structlog
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

_log = structlog.get_logger(__name__)


async def run_action(executor: ActionExecutor, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Run the action that Rasa asks for.

    Returns:
        HTTP status and JSON: 200 with ``events`` and ``responses``; 400 when the action declines or the body is not a call;
        404 when there is no such action. An action that fails answers ``utter_error`` instead of silence.
    """
    name = body.get("next_action")
    if not isinstance(name, str) or not isinstance(body.get("tracker"), dict):
        return 400, {"action_name": str(name), "error": "not an action call"}
    try:
        result = await executor.run({**body, "domain": body.get("domain") or {}})
    except ActionExecutionRejection as rejection:
        return 400, {"action_name": name, "error": rejection.message}
    except ActionNotFoundException:
        return 404, {"action_name": name, "error": "no such action"}
    except Exception as error:  # whatever happens, the person hears something; their words stay out of the log
        _log.error("action failed", action=name, error=type(error).__name__)
        return 200, {"events": [], "responses": [{"custom": {"utter": "utter_error"}}]}
    return 200, {"events": [], "responses": []} if result is None else result.model_dump()
