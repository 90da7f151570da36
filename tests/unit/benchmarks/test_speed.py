"""The page about time per message, and what a worker that fails says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.understanding import asking
from benchmarks.understanding.asking import Understood, Worker, WorkerFailed
from benchmarks.understanding.speed import page


def rounds(*medians: float) -> list[list[Understood]]:
    return [[Understood("scam", 0.9, seconds)] * 3 for seconds in medians]


def test_the_ratio_is_that_of_the_medians_with_its_range() -> None:
    result = page({"faro": rounds(0.01, 0.02), "stock": rounds(0.04, 0.04)}, ["note"])
    assert result.rows[0].ratio == pytest.approx(0.375) and result.rows[0].is_met
    assert result.notes == ["note", "Ratio in the best and the worst round: 0.25 to 0.50."]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose ``.venv-bench`` is the Python of this test."""
    (tmp_path / ".venv-bench" / "bin").mkdir(parents=True)
    (tmp_path / ".venv-bench" / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(asking, "_SCRIPT", tmp_path / "worker.py")
    return tmp_path


_ECHO = """
import json, sys
for line in sys.stdin:
    print(json.dumps({"messages": [[text, 0.5, 0.01] for text in json.loads(line)["understand"]]}), flush=True)
"""


async def test_a_worker_answers_line_by_line_however_long(environment: Path) -> None:
    (environment / "worker.py").write_text(_ECHO)
    async with Worker(environment, environment, "stock") as worker:
        assert await worker.understand(["one"]) == [Understood("one", 0.5, 0.01)]
        assert len(await worker.understand(["many"] * 20_000)) == 20_000


async def test_a_worker_that_ends_is_named_with_its_last_words(environment: Path) -> None:
    (environment / "worker.py").write_text("raise SystemExit('no such model')\n")
    async with Worker(environment, environment, "stock") as worker:
        with pytest.raises(WorkerFailed, match="no such model"):
            await worker.load("model")
