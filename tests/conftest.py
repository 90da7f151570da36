"""The trained model that the dialogue and end-to-end tests share: its training begins with the run, beside the other tests.

A run may have several processes (``pytest -n``). Each asks for the training; one trains, the others wait for it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.training import needs_training

ROOT = Path(__file__).parents[1]
TRAINING = pytest.StashKey["subprocess.Popen[str]"]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start to train at once when a test of this run needs the model and it is not there."""
    wanted = any("model" in getattr(item, "fixturenames", ()) for item in session.items)
    if wanted and not session.config.option.collectonly and needs_training(ROOT):
        command = [str(Path(sys.executable).parent / "faro"), "train", "--if-needed"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "start_new_session": True}
        session.config.stash[TRAINING] = subprocess.Popen(command, cwd=ROOT, **pipes)  # type: ignore[call-overload]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that ends early ends its training, too."""
    training = session.config.stash.get(TRAINING, None)
    if training is not None and training.poll() is None:
        os.killpg(training.pid, signal.SIGTERM)
        training.communicate()


@pytest.fixture(scope="session")
def model(pytestconfig: pytest.Config) -> Path:
    """The model, trained on the present data; waits for the training. A failed one is a failure that says why."""
    training = pytestconfig.stash.get(TRAINING, None)
    if training is not None:
        output, _ = training.communicate()
        assert training.returncode == 0, output[-3000:]
    return ROOT / "models" / "faro.tar.gz"
