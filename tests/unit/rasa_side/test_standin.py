"""Libraries that Faro's Rasa does without, in a child process: a stand-in must not leak into other tests."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rasa_side.standin import LIBRARIES

ROOT = Path(__file__).parents[3]

_USE = """
from rasa_side import standin
standin.install(); standin.install()
import sys
assert sum(type(finder).__name__ == "_Finder" for finder in sys.meta_path) == 1
import tensorflow as tf
from tensorflow.keras.callbacks import Callback
import pymongo.errors

class Layer(tf.keras.layers.Layer):
    @tf.function
    def call(self): return 1

assert Layer.call(None) == 1
assert not isinstance(1, tf.Tensor)
try:
    raise ValueError
except pymongo.errors.ConnectionFailure:
    raise SystemExit("caught too much")
except ValueError:
    pass
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_stand_in_can_be_imported_subclassed_and_caught() -> None:
    outcome = run(_USE)
    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.parametrize("use", ["tf.constant([1])", "tf.keras.layers.Dense(3)", "tf.random.set_seed(1)"])
def test_using_a_stand_in_says_what_is_missing(use: str) -> None:
    outcome = run(f"from rasa_side import standin\nstandin.install()\nimport tensorflow as tf\n{use}")
    assert outcome.returncode == 1
    assert "NotInstalled: tensorflow." in outcome.stderr


def test_what_is_called_while_a_module_is_imported_is_a_stand_in_again(tmp_path: Path) -> None:
    tables = "import sqlalchemy\nclass Event(sqlalchemy.orm.declarative_base()):\n    id = sqlalchemy.Column(int)\n"
    (tmp_path / "tables.py").write_text(tables)
    code = "from rasa_side import standin\nstandin.install(standin.UNUSED_WHILE_ANSWERING)\nimport sys\n"
    outcome = run(f"{code}sys.path.append({str(tmp_path)!r})\nimport tables\ntables.sqlalchemy.create_engine('sqlite://')")
    assert "NotInstalled: sqlalchemy.create_engine" in outcome.stderr


@pytest.mark.parametrize(
    ("command", "redis_url", "library", "stood_in_for"),
    [
        ("run", "", "sqlalchemy", True),
        ("run", "", "redis", True),
        ("run", "redis://127.0.0.1", "redis", False),
        ("train", "", "sqlalchemy", False),
        ("shell", "", "questionary", False),
    ],
)
def test_a_library_is_stood_in_for_where_nobody_needs_it(command: str, redis_url: str, library: str, stood_in_for: bool) -> None:
    code = f"import sys\nfrom rasa_side import __main__ as launcher\nlauncher.prepare({command!r})\n"
    look = f"assert (sys.meta_path[0].find_spec({library!r}) is not None) is {stood_in_for}"
    outcome = subprocess.run(
        [sys.executable, "-c", code + look],
        cwd=ROOT,
        env={"REDIS_URL": redis_url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr


def test_no_library_that_is_stood_in_for_is_locked() -> None:
    locked = {name.replace("-", "_") for name in re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements/rasa.txt").read_text(), re.MULTILINE)}
    assert not {library.lower() for library in LIBRARIES} & locked
