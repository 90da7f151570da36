"""How well Faro understands: on CLINC150, on labelled messages, and how long it takes beside stock Rasa's DIET."""

from __future__ import annotations

from pathlib import Path

from benchmarks.options import Options
from benchmarks.report import Page, Sheet
from benchmarks.understanding.labelled import measure_labelled
from benchmarks.understanding.scope import measure_scope
from benchmarks.understanding.speed import measure_speed

ROOT = Path(__file__).parents[2]


async def run(options: Options) -> list[Page | Sheet]:
    """Everything whose data are there. The time per message needs none: without labelled messages the training data's are asked."""
    labelled = await measure_labelled(options.labelled, options.report) if options.labelled else []
    scope = [await measure_scope(ROOT, options.clinc, quick=options.quick, say=options.report)] if options.clinc else []
    speed = await measure_speed(ROOT, options)
    speed.notes += [f"{what} was not measured: {how} names the data." for what, how in _missing(options)]
    return [*labelled, *scope, speed]


def _missing(options: Options) -> list[tuple[str, str]]:
    given = (("CLINC150", "--clinc", options.clinc), ("Understanding of labelled messages", "--labelled", options.labelled))
    return [(what, how) for what, how, file in given if file is None]


__all__ = ["run"]
