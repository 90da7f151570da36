"""When the dialogue model is trained, and what a failure leaves behind; a small script in Rasa's place."""

from __future__ import annotations

import stat
from pathlib import Path
from threading import Thread

import pytest

from bot.training import TrainingFailed, alone, input_hash, needs_training, train

_WELL = """#!/bin/sh
while [ "$1" != "--out" ]; do shift; done
echo "Validating domain and training data..."
echo "Sentence embeddings: 0 of 12"
echo "Sentence embeddings: 10 of 12"
echo "Starting to train component 'RulePolicy'."
echo new > "$2/faro.tar.gz"
echo "Your Rasa model is trained and saved at somewhere."
"""
_BADLY = "#!/bin/sh\necho 'Contradicting rules'\nexit 1\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("config.yml", "domain.yml", "nlu/en/harms.yml", "stories/rules.yml", "requirements/rasa.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    rasa_is(tmp_path, _WELL)
    return tmp_path


def rasa_is(root: Path, script: str) -> None:
    python = root / ".venv-rasa" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(script)
    python.chmod(python.stat().st_mode | stat.S_IXUSR)


def quietly(step: int, words: str) -> None:
    """No display."""


def test_a_fresh_checkout_needs_training_and_a_trained_one_does_not(root: Path) -> None:
    assert needs_training(root)
    train(root, quietly)
    assert not needs_training(root)


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "nlu/en/harms.yml", "stories/rules.yml", "requirements/rasa.txt"])
def test_a_change_of_any_input_needs_training(root: Path, name: str) -> None:
    train(root, quietly)
    (root / name).write_text("changed")
    assert needs_training(root)


def test_a_new_language_needs_training(root: Path) -> None:
    train(root, quietly)
    (root / "nlu/lv").mkdir()
    (root / "nlu/lv/harms.yml").write_text("x")
    assert needs_training(root)


def test_moving_words_between_files_changes_the_hash(root: Path) -> None:
    before = input_hash(root)
    (root / "nlu/en/harms.yml").rename(root / "nlu/en/other.yml")
    assert input_hash(root) != before


def test_a_failed_training_keeps_the_old_model_and_says_why(root: Path) -> None:
    train(root, quietly)
    (root / "config.yml").write_text("changed")
    rasa_is(root, _BADLY)
    with pytest.raises(TrainingFailed, match="Contradicting rules"):
        train(root, quietly)
    assert (root / "models/faro.tar.gz").read_text() == "new\n"
    assert needs_training(root)
    assert sorted(path.name for path in (root / "models").iterdir()) == ["faro.sha256", "faro.tar.gz"]


def test_a_missing_environment_says_what_to_do(root: Path) -> None:
    (root / ".venv-rasa/bin/python").unlink()
    with pytest.raises(TrainingFailed, match="make"):
        train(root, quietly)


def test_progress_goes_forward_and_counts_sentences(root: Path) -> None:
    seen: list[tuple[int, str]] = []
    train(root, lambda step, words: seen.append((step, words)))
    steps = [step for step, _ in seen]
    assert steps == sorted(steps)
    assert any("10 of 12" in words for _, words in seen)


def test_a_second_training_waits_for_the_first(root: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with alone(root):
            order.append("second")

    with alone(root):
        waiting = Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]
