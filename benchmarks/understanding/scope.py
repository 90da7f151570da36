"""CLINC150: Faro's pipeline trained on 150 intents that are not its own, with one threshold for what belongs to none of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.figures import percentile
from benchmarks.report import Sheet, verdict
from benchmarks.understanding.asking import Understood, Worker
from benchmarks.understanding.clinc import Clinc, Example, read, write_project
from benchmarks.understanding.threshold import Score, choose, score

WANTED = Score(in_scope=0.94, caught=0.80)
_QUICK_SHARE = 10
_AT_ONCE = 200

PUBLISHED = (
    ("BERT with a threshold (Larson et al. 2019)", Score(0.962, 0.523)),
    ("Rasa's LogisticRegressionClassifier on n-grams", Score(0.883, 0.751)),
    ("Rasa's DIET, 20 epochs", Score(0.825, 0.823)),
)
"""The first as published, the others measured with Rasa 3.6.21 and the same data when Faro was designed; none of them in this run."""


async def measure_scope(root: Path, file: Path, *, quick: bool, say: Callable[[str], None]) -> Sheet:
    """Train, choose the threshold on the validation part, and score the test part.

    Raises:
        BadData, WorkerFailed.
    """
    data = read(file, _QUICK_SHARE if quick else 1)
    with tempfile.TemporaryDirectory(prefix="faro-clinc-") as name:
        write_project(root, Path(name), data.train)
        async with Worker(root, Path(name), "faro") as worker:
            say("training Faro's pipeline on CLINC150")
            model, seconds = await worker.train("config.yml", "nlu.yml", "models")
            await worker.load(model)
            validation = await _understood(worker, data.validation, "the validation messages of CLINC150", say)
            test = await _understood(worker, data.test, "the test messages of CLINC150", say)
    return _sheet(data, validation, test, seconds, quick)


async def _understood(worker: Worker, examples: Sequence[Example], what: str, say: Callable[[str], None]) -> list[Understood]:
    found: list[Understood] = []
    for start in range(0, len(examples), _AT_ONCE):
        say(f"reading {what}, {start} of {len(examples)}")
        found += await worker.understand([text for text, _ in examples[start : start + _AT_ONCE]])
    return found


def _sheet(data: Clinc, validation: Sequence[Understood], test: Sequence[Understood], seconds: float, quick: bool) -> Sheet:
    threshold = choose([intent for _, intent in data.validation], [(each.intent, each.confidence) for each in validation], WANTED)
    expected, guesses = [intent for _, intent in data.test], [(each.intent, each.confidence) for each in test]
    found = score(expected, guesses, threshold)
    milliseconds = percentile([each.seconds for each in test], 50) * 1e3
    rows = [_row(f"Faro's pipeline, threshold {threshold:.2f}", found, verdict(found.reaches(WANTED))), _row("wanted together", WANTED)]
    return Sheet(
        "CLINC150, full split",
        ("", "in scope, correct", "out of scope, caught", ""),
        [*rows, *(_row(name, figures) for name, figures in PUBLISHED)],
        [
            f"Trained in {seconds:.0f} s on {len(data.train):,} messages; understanding one took {milliseconds:.1f} ms (p50).",
            "The threshold was chosen on the validation part alone; the figures are those of the test part.",
            *([f"Quick: every {_QUICK_SHARE}th example of everything, so not to be compared."] if quick else []),
        ],
        {
            "threshold": threshold,
            "found": asdict(found),
            "training_seconds": seconds,
            "curve": [{"threshold": step / 20, **asdict(score(expected, guesses, step / 20))} for step in range(20)],
        },
    )


def _row(name: str, figures: Score, said: str = "") -> tuple[str, str, str, str]:
    return name, f"{figures.in_scope:.1%}", f"{figures.caught:.1%}", said
