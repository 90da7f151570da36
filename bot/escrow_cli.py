"""``faro escrow``: what people do with shares, at the city's own machine. Each share is on the screen for its holder alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.panel import Panel

from bot.errors import Invalid
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.tips.escrow.shares import Share

escrow_app = typer.Typer(no_args_is_help=True, help="The key to all tips that two of three people hold.")
out = Console()


@escrow_app.command("make")
def escrow_make() -> None:
    """Make the escrow that two people agreed on in the console, or a new one in its place. All three holders have to be here."""
    from bot.escrow_commands import agreed_on, install, new_escrow
    from bot.tips.escrow.requests import Kind

    settings = Settings.load()
    agreed = asyncio.run(agreed_on(settings, Kind.MAKE))
    made = new_escrow()
    for holder, share in zip(agreed.holders, made.shares, strict=True):
        _hand_out(holder.name, share)
    asyncio.run(install(settings, agreed, made))
    out.print("The escrow is made. Each new tip is sealed to it from now on; a moderator adds earlier ones in the console (Access).")
    out.print("If it replaces another one: keep the old papers until the page Escrow says that no tip needs them any more.")


@escrow_app.command("prove")
def escrow_prove() -> None:
    """Test a share: its holder types it, and the date is noted. Once a year is right."""
    from bot.escrow_commands import prove

    settings = Settings.load()
    name = asyncio.run(prove(settings, _typed("Your share")))
    out.print(f"It is right. Noted for {name}.", highlight=False, markup=False)


@escrow_app.command("open")
def escrow_open() -> None:
    """Give somebody access to the tips, as two people agreed in the console. Two holders type their shares, one after the other."""
    from rich.progress import Progress as Bar

    from bot.escrow_commands import agreed_on, open_tips
    from bot.tips.escrow.requests import Kind
    from bot.tips.escrow.shares import NEEDED

    settings = Settings.load()
    agreed = asyncio.run(agreed_on(settings, Kind.OPEN))
    which = agreed.request.category or "all categories"
    out.print(f"Access for {agreed.to} to tips of {which}.", highlight=False, markup=False)
    out.print(f"Asked by {agreed.asked_by}, agreed by {agreed.agreed_by}: {agreed.request.reason}", highlight=False, markup=False)
    shares = [_typed(f"Share {number} of {NEEDED}: its holder alone looks at the screen now") for number in range(1, NEEDED + 1)]
    with Bar(console=out) as bar:
        task = bar.add_task("Granting", total=None)
        progress = asyncio.run(
            open_tips(settings, agreed, shares, lambda now: bar.update(task, total=now.total, completed=now.worked))
        )
    out.print(f"{progress.done} tips granted to {agreed.to}, {progress.failed} did not open.", highlight=False, markup=False)
    if progress.failed:
        raise typer.Exit(1)


@escrow_app.command("retire")
def escrow_retire() -> None:
    """End the escrow, as two people agreed in the console: all seals to it are deleted, and no share opens anything any more."""
    from bot.escrow_commands import agreed_on, retire
    from bot.tips.escrow.requests import Kind

    settings = Settings.load()
    agreed = asyncio.run(agreed_on(settings, Kind.RETIRE))
    gone = asyncio.run(retire(settings, agreed))
    out.print(f"There is no escrow any more. {gone} seals are deleted; burn the papers.", highlight=False)


def _hand_out(name: str, share: Share) -> None:
    """Show a share to its holder alone, and have it typed back from the paper."""
    typer.prompt(f"{name} alone looks at the screen now. Press Enter", default="", show_default=False)
    while True:
        with out.screen():  # the terminal's second page: nothing of it can be scrolled back to
            out.print(Panel(share.written, title="Shown only now: write it on paper", expand=False), highlight=False, markup=False)
            typer.prompt("Written down? Press Enter, and it is gone", default="", show_default=False)
        if _typed("Type it back from the paper").words == share.words:
            return
        out.print("That is another share than the one shown. Once more.")


def _typed(question: str) -> Share:
    """A share that somebody types, on the terminal's second page. Asks again until it is one."""
    from bot.tips.escrow.shares import read

    problem = ""
    while True:
        with out.screen():
            if problem:
                out.print(problem, style="red", highlight=False, markup=False)
            typed = typer.prompt(f"{question} (33 words, four letters of each are enough)")
        try:
            return read(typed)
        except Invalid as error:
            problem = str(error)
