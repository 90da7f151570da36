"""Time to understand one message, without dialogue: Faro's model and stock Rasa's DIET in turn, each in its own process."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks import machine
from benchmarks.figures import Series, Target, ratio_range
from benchmarks.messages import TRAINING, effort
from benchmarks.messages.corpus import messages
from benchmarks.messages.stock import trained
from benchmarks.options import Options
from benchmarks.report import Page, Row
from benchmarks.understanding.asking import Understood, Worker
from bot.evaluation import FALLBACKS, Example, read_examples

TARGET = Target(1.0)
_ROUNDS, _QUICK_ROUNDS = 10, 4
_MESSAGES = 400
_WARM_UP = 40

Rounds = Mapping[str, Sequence[Sequence[Understood]]]
"""For each side what it made of each round's messages."""


async def measure_speed(root: Path, options: Options) -> Page:
    """Train stock Rasa if needed, then ask both the same messages, round by round.

    Raises:
        StockTrainingFailed, WorkerFailed, EvaluationError.
    """
    epochs, share = effort(options)
    folder = await asyncio.to_thread(
        trained, root, share=share, epochs=epochs, progress=lambda words: options.report(f"{TRAINING}, {words}")
    )
    examples = read_examples(options.labelled) if options.labelled else None
    texts = [each.text for each in examples or messages(root, _MESSAGES)]
    options.report("timing Faro's understanding beside stock Rasa's")
    models = {"faro": root / "models" / "faro.tar.gz", "stock": folder / "models" / "stock.tar.gz"}
    rounds = await _measured(root, models, _dealt(texts, _QUICK_ROUNDS if options.quick else _ROUNDS))
    data = "all of Faro's examples" if share == 1 else f"every {share}th of Faro's examples"
    notes = [f"Machine: {machine.described()}. Stock Rasa: its suggested pipeline, DIET trained for {epochs} epochs on {data}."]
    return page(rounds, [*notes, _compared(examples, rounds["stock"])])


def page(rounds: Rounds, notes: list[str]) -> Page:
    """The ratio of times, and how far the rounds agree."""
    ours, theirs = (Series.of([[each.seconds for each in some] for some in rounds[side]]) for side in ("faro", "stock"))
    low, high = ratio_range(ours, theirs)
    rows = [
        _row("p50", ours.median, theirs.median, TARGET, (ours.spread, theirs.spread)),
        _row("p95", ours.p95, theirs.p95),
    ]
    notes = [*notes, f"Ratio in the best and the worst round: {low:.2f} to {high:.2f}."]
    return Page("Time to understand a message, without dialogue", "stock Rasa", rows, notes, {"faro": ours.rounds, "stock": theirs.rounds})


def _row(name: str, ours: float, theirs: float, target: Target | None = None, noise: tuple[float, float] | None = None) -> Row:
    return Row(name, "ms", ours * 1e3, theirs * 1e3, ours / theirs, target, noise)


async def _measured(root: Path, models: Mapping[str, Path], rounds: Sequence[Sequence[str]]) -> Rounds:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faro-speed-")))
        (folder / ".rasa").symlink_to((root / ".rasa").resolve())  # what Faro's encoders keep on disk
        workers = {side: await stack.enter_async_context(Worker(root, folder, side)) for side in models}
        for side, worker in workers.items():
            await worker.load(str(models[side].resolve()))
            await worker.understand(rounds[-1][:_WARM_UP])
        found: dict[str, list[list[Understood]]] = {side: [] for side in models}
        for texts in rounds:
            for side, worker in workers.items():
                found[side].append(await worker.understand(texts))
    return found


def _dealt(texts: Sequence[str], rounds: int) -> list[list[str]]:
    """Texts dealt like cards, so that each round has every language and length."""
    return [list(texts[number::rounds]) for number in range(rounds)]


def _compared(examples: Sequence[Example] | None, rounds: Sequence[Sequence[Understood]]) -> str:
    """How many labelled messages stock Rasa understands, by its model alone."""
    if examples is None:
        return "Asked were messages of the training data."
    asked = [example for number in range(len(rounds)) for example in examples[number :: len(rounds)]]
    answers = [each for some in rounds for each in some]
    right = [_label(each) in example.accepted for example, each in zip(asked, answers, strict=True)]
    return f"Of the labelled messages stock Rasa understands {sum(right) / len(right):.1%}, without a safety net."


def _label(understood: Understood) -> str:
    return "out_of_scope" if understood.intent in FALLBACKS else understood.intent
