"""Trains the dialogue model when what it is made of has changed."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess  # the child is our own launcher with fixed arguments
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.errors import FaroError

__all__ = ["STEPS", "TrainingFailed", "alone", "input_hash", "needs_training", "train", "train_with_display"]

_FILES = ("config.yml", "domain.yml", "requirements/rasa.txt")
_CODE = ("classifier.py", "embeddings.py", "encoders/*.py", "judge.py", "neighbours.py", "ngrams.py", "regression.py", "text.py")
_FOLDERS = ("nlu", "stories")

EMBEDDING = "Sentence embeddings: "
"""Rasa's featuriser says how far it is: ``Sentence embeddings: 500 of 8000``."""

STEPS = (
    ("Validating domain and training data", "Reading intents, examples and rules"),
    ("Starting to train component 'SentenceNgrams'", "Counting words and parts of words"),
    (EMBEDDING, "Turning sentences into meanings"),
    ("Starting to train component 'SentenceIntentClassifier'", "Learning to tell intents apart"),
    ("Starting to train component 'RulePolicy'", "Checking the rules against each other"),
    ("is trained and saved", "Saving the model"),
)
"""Marks in Rasa's output, in their usual order, and what they mean to people."""

Report = Callable[[int, str], None]
"""Called with the step's number (from 0) and its description."""


class TrainingFailed(FaroError):
    """The dialogue model could not be trained; the message holds the last lines of Rasa's output."""


def input_hash(root: Path) -> str:
    """SHA-256 over the names and bytes of everything the model is made of."""
    digest = hashlib.sha256()
    for path in _inputs(root):
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def needs_training(root: Path) -> bool:
    """Whether there is no model, or one made of something else."""
    model, made_of = _model(root), _made_of(root)
    return not (model.exists() and made_of.exists() and made_of.read_text().strip() == input_hash(root))


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Waits until no other process trains in this folder. The lock goes with its holder, however that ends."""
    models = _model(root).parent
    models.mkdir(exist_ok=True)
    with (models / ".training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def train(root: Path, progress: Report) -> Path:
    """Train, and put the new model in the place of the old one.

    A failed training leaves the old model as it is.

    Returns:
        The model's path, ``models/faro.tar.gz``.

    Raises:
        TrainingFailed: with the reason.
    """
    made_of = input_hash(root)  # before: what changes meanwhile has to be trained again
    models = _model(root).parent
    models.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models, prefix=".training-") as folder:
        _follow(_run(root, Path(folder)), progress)
        (Path(folder) / "hash").write_text(made_of)
        (Path(folder) / "faro.tar.gz").replace(_model(root))
        (Path(folder) / "hash").replace(_made_of(root))
    return _model(root)


def train_with_display(root: Path) -> Path:
    """:func:`train` with a progress display in the terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns) as display:
        task = display.add_task("Training the dialogue model", total=len(STEPS))
        return train(root, lambda step, words: display.update(task, completed=step, description=words))


def _run(root: Path, folder: Path) -> Iterator[str]:
    """Rasa's output line by line.

    Raises:
        TrainingFailed: it ended with an error, or without a model.
    """
    python = root / ".venv-rasa" / "bin" / "python"
    if not python.exists():
        raise TrainingFailed(f"{python} is missing: make setup")
    options = ["-v", "--fail-on-validation-warnings", "--fixed-model-name", "faro", "--out", str(folder)]
    command = [str(python), "-m", "rasa_side", "train", *options]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}
    lines: list[str] = []
    with subprocess.Popen(command, cwd=root, **pipes) as child:  # noqa: S603  fixed arguments
        for line in child.stdout or ():
            lines.append(line.rstrip())
            yield line
    if child.returncode or not (folder / "faro.tar.gz").exists():
        raise TrainingFailed("\n".join(lines[-15:]))


def _follow(lines: Iterable[str], progress: Report) -> None:
    """Report each step once, never backwards, and how far the longest one is."""
    reached = -1
    for line in lines:
        for step, (mark, words) in enumerate(STEPS):
            if step > reached and mark in line:
                reached = step
                progress(step, words)
        if EMBEDDING in line:
            progress(reached, f"{STEPS[reached][1]}, {line.partition(EMBEDDING)[2].strip()}")


def _inputs(root: Path) -> list[Path]:
    folders = (path for folder in _FOLDERS for path in (root / folder).rglob("*.yml"))
    code = (path for pattern in _CODE for path in (root / "rasa_side").glob(pattern))
    return sorted(path for path in (*(root / name for name in _FILES), *code, *folders) if path.is_file())


def _model(root: Path) -> Path:
    return root / "models" / "faro.tar.gz"


def _made_of(root: Path) -> Path:
    return root / "models" / "faro.sha256"
