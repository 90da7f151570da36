"""Time, throughput, memory and start of a message's way: Faro through its Telegram adapter, stock Rasa over REST."""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks import machine
from benchmarks.messages.corpus import Message, messages, plain_intents, unseen
from benchmarks.messages.faro import Faro
from benchmarks.messages.measuring import Measuring, Plan, Sides
from benchmarks.messages.page import page
from benchmarks.messages.stock import Stock, trained
from benchmarks.options import Options
from benchmarks.report import Page
from bot.evaluation import read_examples
from bot.training import needs_training

ROOT = Path(__file__).parents[2]

QUICK = Plan(starts=1, warm_up=16, rounds=4, typed=24, pressed=24, crowd_rounds=2, crowd_messages=96, late_turn=200, turns=20)
_EPOCHS, _QUICK_EPOCHS = 10, 5
_QUICK_SHARE = 8
_MESSAGES = 2400
"""Enough that hardly a message is asked twice in one phase: neither side gains by remembering."""
_OF_TRAINING = "Messages: examples of the training data, which Faro reads faster than others. `--labelled` gives it unknown ones."
TRAINING = "training stock Rasa (kept for the next time)"


async def run(options: Options) -> list[Page]:
    """Train stock Rasa if needed, measure both sides, and give the page."""
    plan, say = QUICK if options.quick else Plan(), options.report
    epochs, share = effort(options)
    folder = await asyncio.to_thread(trained, ROOT, share=share, epochs=epochs, progress=lambda words: say(f"{TRAINING}, {words}"))
    before = machine.load()
    sides: Sides = [(Faro.name, Faro), (Stock.name, lambda: Stock(ROOT, folder))]
    measuring = Measuring(sides, plan, _asked(options), plain_intents(ROOT), say)
    measured = await measuring.run()
    return [page(measured[Faro.name], measured[Stock.name], plan, _notes(measuring, before, share, epochs, options))]


def effort(options: Options) -> tuple[int, int]:
    """How stock Rasa is trained: DIET's epochs, and the share of the examples (every so manieth) of :func:`trained`."""
    epochs = options.epochs or (_QUICK_EPOCHS if options.quick else _EPOCHS)
    return epochs, _QUICK_SHARE if options.quick else 1


def _asked(options: Options) -> list[Message]:
    """Messages that nobody trained on, where there are any: a model is quicker with words it knows."""
    return messages(ROOT, _MESSAGES) if options.labelled is None else unseen(ROOT, read_examples(options.labelled))


def _notes(measuring: Measuring, before: tuple[float, float, float], share: int, epochs: int, options: Options) -> list[str]:
    even = machine.evenness(measuring.yardsticks)
    loads = " and ".join(f"{load[0]:.1f}" for load in (before, machine.load()))
    data = "the same data as Faro" if share == 1 else f"every {share}th example of Faro's data (Faro itself uses its whole model)"
    return [
        f"Machine: {machine.described()}. Load average before and after: {loads}. The same arithmetic took {even:.0%} longer in its slow "
        "tenth than in its median.",
        "Noise: how far the medians of the rounds lie apart, Faro / stock Rasa.",
        f"Stock Rasa: `rasa init`'s pipeline and policies, trained on {data}, DIET for {epochs} epochs of 100 (accuracy depends on them, "
        "time and memory do not); REST channel; fixed texts where Faro calls an action.",
        "Faro: `faro run` with SQLite and its Rasa, polling an emulated Bot API. Telegram's limits (30 messages a second, 1 in a chat) are "
        "off on both ends, and what the emulator takes counts as Faro's time.",
        _OF_TRAINING if options.labelled is None else "Messages: labelled ones that neither side was trained on, asked again and again.",
        *(["Faro's model is older than its data: `make train`."] if needs_training(ROOT) else []),
    ]


__all__ = ["TRAINING", "effort", "run"]
