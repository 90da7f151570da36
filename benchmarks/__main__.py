"""``python -m benchmarks [messages] [tips] [understanding] [sending] [--quick] [--json FILE]``."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks import messages, report, tips, understanding
from benchmarks.messages.side import NoAnswer
from benchmarks.options import Options
from benchmarks.sending import measuring as sending
from bot.errors import FaroError

BENCHMARKS: dict[str, Callable[[Options], Awaitable[Sequence[report.Page | report.Sheet]]]] = {
    "messages": messages.run,
    "tips": tips.run,
    "understanding": understanding.run,
    "sending": sending.run,
}

DATA = "FARO_EVAL"
"""Environment variable: the folder with ``clinc150_full.json`` and ``dev.tsv``, where no option names them."""

_WIDTH = 120
"""Columns where there is no terminal."""


def main() -> int:
    """Measure and print; 1 when something could not be measured. A missed target is a result, not a failure."""
    given = _arguments()
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    try:
        results = asyncio.run(_measure(given, console))
    except (NoAnswer, FaroError) as error:
        console.print(f"Could not be measured: {error}", style="red", highlight=False)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    for result in results:
        report.show(result, console)
    if given.json:
        report.write(results, given.json)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Faro beside its peers.")
    parser.add_argument("names", nargs="*", metavar="benchmark", help=f"which ones: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer of everything, to see whether it works")
    parser.add_argument("--epochs", type=int, help="train the peer for so many epochs")
    parser.add_argument("--clinc", type=Path, metavar="FILE", default=_data("clinc150_full.json"), help="CLINC150's full split")
    parser.add_argument("--labelled", type=Path, metavar="FILE", default=_data("dev.tsv"), help="messages as `faro evaluate` takes them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there is {', '.join(BENCHMARKS)}")
    return given


def _data(name: str) -> Path | None:
    file = Path(os.environ.get(DATA, "")) / name
    return file if os.environ.get(DATA) and file.exists() else None


async def _measure(given: argparse.Namespace, console: Console) -> list[report.Page | report.Sheet]:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)  # so that every process is ended on the way out
    with console.status("Measuring") as status:
        options = Options(given.quick, given.epochs, _reporter(status.update, console), given.clinc, given.labelled)
        return [result for name in given.names or BENCHMARKS for result in await BENCHMARKS[name](options)]


def _reporter(update: Callable[[str], None], console: Console) -> Callable[[str], None]:
    """One changing line in a terminal, one line for each step elsewhere."""
    if console.is_terminal:
        return update
    said: list[str] = []

    def say(words: str) -> None:
        step = words.split(",")[0]
        if said[-1:] != [step]:
            said.append(step)
            console.print(words, highlight=False)

    return say


if __name__ == "__main__":
    raise SystemExit(main())
