"""Rasa's command line with Faro's surroundings: ``python -m rasa_side train|run|test|data|shell …``.

Sets the environment before anything heavy is imported, puts the stand-ins in place, ties the process to its parent, and
keeps ``run`` on loopback.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from pathlib import Path

from rasa_side import standin

SURROUNDINGS = {
    "RASA_TELEMETRY_ENABLED": "false",  # neither statistics nor error reports leave the machine
    "TQDM_DISABLE": "1",  # progress bars fill log files; Rasa's own obey only LOG_LEVEL
    "LOG_LEVEL": "WARNING",
    "OPENBLAS_NUM_THREADS": "1",
    "SANIC_WORKERS": "1",  # more processes need Redis and give nothing on loopback
}
DEFAULTS = {"FARO_RASA_SECRET": "", "FARO_ACTION_URL": "http://127.0.0.1:9/unset"}
"""What the configuration files name; ``rasa train`` and ``rasa shell`` run without them."""

PARENT_PIPE = "FARO_ENDS_WITH_STDIN"
"""Set by the bot: standard input is a pipe, and its end means that the bot is gone."""


def prepare(command: str) -> None:
    """Set the environment for one of Rasa's commands, install the stand-ins, watch the parent."""
    os.environ.update(SURROUNDINGS)
    os.environ["OMP_NUM_THREADS"] = _threads(command)
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    standin.install()
    if os.environ.get(PARENT_PIPE):
        threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()


def _threads(command: str) -> str:
    """One while answering: two on two busy cores gave pauses of seconds. All of them while training."""
    return "1" if command == "run" else str(os.cpu_count() or 1)


def arguments(given: list[str]) -> list[str]:
    """Rasa's arguments, with ``run`` bound to loopback, Faro's channel and stores, and no HTTP API."""
    if given[:1] != ["run"]:
        return given
    refused = [argument for argument in given if argument.split("=")[0] in ("-i", "--interface", "--enable-api", "--cors")]
    if refused:
        raise SystemExit(f"rasa_side run stays on loopback and offers only Faro's channel; leave out {', '.join(refused)}")
    stores = Path(__file__).with_name("endpoints.redis.yml") if os.environ.get("REDIS_URL") else Path("endpoints.yml")
    return [*given, "--interface", "127.0.0.1", "--credentials", "credentials.yml", "--endpoints", str(stores)]


def _end_with_parent() -> None:
    """Wait for the end of standard input, then end like on a signal, at the latest after five seconds."""
    while os.read(0, 4096):
        pass
    threading.Timer(5.0, os._exit, args=(1,)).start()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run Rasa."""
    prepare(sys.argv[1] if len(sys.argv) > 1 else "")
    sys.argv = ["rasa", *arguments(sys.argv[1:])]
    with warnings.catch_warnings(record=True):  # old libraries about older ones, nothing that we could mend
        import rasa.__main__

    rasa.__main__.main()


if __name__ == "__main__":
    main()
