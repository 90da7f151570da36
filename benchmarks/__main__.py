"""``python -m benchmarks [messages] [--quick] [--json FILE]``."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console

from benchmarks import messages, report
from benchmarks.messages.side import NoAnswer
from benchmarks.options import Options
from bot.errors import FaroError

BENCHMARKS: dict[str, Callable[[Options], Awaitable[report.Page]]] = {"messages": messages.run}

_WIDTH = 120
"""Columns where there is no terminal."""


def main() -> int:
    """Measure and print; 1 when something could not be measured. A missed target is a result, not a failure."""
    given = _arguments()
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    try:
        pages = asyncio.run(_measure(given, console))
    except (NoAnswer, FaroError) as error:
        console.print(f"Could not be measured: {error}", style="red", highlight=False)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    for page in pages:
        report.show(page, console)
    if given.json:
        report.write(pages, given.json)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Faro beside its peers.")
    parser.add_argument("names", nargs="*", metavar="benchmark", help=f"which ones: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer of everything, to see whether it works")
    parser.add_argument("--epochs", type=int, help="train the peer for so many epochs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there is {', '.join(BENCHMARKS)}")
    return given


async def _measure(given: argparse.Namespace, console: Console) -> list[report.Page]:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)  # so that every process is ended on the way out
    with console.status("Measuring") as status:
        options = Options(given.quick, given.epochs, _reporter(status.update, console))
        return [await BENCHMARKS[name](options) for name in given.names or BENCHMARKS]


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
