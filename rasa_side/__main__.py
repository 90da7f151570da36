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
    "OMP_NUM_THREADS": "1",  # OpenMP's threads spin while they wait: two on two busy cores gave pauses of seconds
    "OPENBLAS_NUM_THREADS": "1",
    "SANIC_WORKERS": "1",  # more processes need Redis and give nothing on loopback
}
DEFAULTS = {"FARO_RASA_SECRET": "", "FARO_ACTION_URL": "http://127.0.0.1:9/unset"}
"""What the configuration files name; ``rasa train`` and ``rasa shell`` run without them."""

PARENT_PIPE = "FARO_ENDS_WITH_STDIN"
"""Set by the bot: standard input is a pipe, and its end means that the bot is gone."""


def prepare(command: str = "") -> None:
    """Set the environment, install the stand-ins that suit Rasa's ``command``, watch the parent."""
    os.environ.update(SURROUNDINGS)
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    standin.install(_unused(command))
    if os.environ.get(PARENT_PIPE):
        threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()


def _unused(command: str) -> frozenset[str]:
    """Libraries that are installed and that this command does not need."""
    if command != "run":
        return frozenset()
    return standin.UNUSED_WHILE_ANSWERING | (frozenset() if os.environ.get("REDIS_URL") else standin.UNUSED_WITHOUT_REDIS)


def arguments(given: list[str]) -> list[str]:
    """Rasa's arguments: ``train`` and ``data validate`` read Faro's folders; ``run`` stays on loopback, without Rasa's HTTP API."""
    if (given[:1] == ["train"] or given[:2] == ["data", "validate"]) and "--data" not in given:
        return [*given, "--data", "nlu", "stories"]
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
    prepare(*sys.argv[1:2])
    sys.argv = ["rasa", *arguments(sys.argv[1:])]
    with warnings.catch_warnings(record=True):  # old libraries about older ones, nothing that we could mend
        import rasa.__main__

    rasa.__main__.main()


if __name__ == "__main__":
    main()
