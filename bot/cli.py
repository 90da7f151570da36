"""The command ``faro``. Heavy imports stand inside the commands, so that ``--help`` and errors come at once."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from bot.errors import FaroError
from bot.escrow_cli import escrow_app
from bot.logs import set_up
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.running import Running

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__.splitlines()[0])
staff_app = typer.Typer(no_args_is_help=True, help="People who work with Faro.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit trail.")
tips_app = typer.Typer(no_args_is_help=True, help="Keys to the tips.")
case_app = typer.Typer(no_args_is_help=True, help="Case packages: tips that were handed on.")
app.add_typer(staff_app, name="staff")
app.add_typer(audit_app, name="audit")
app.add_typer(tips_app, name="tips")
app.add_typer(case_app, name="case")
app.add_typer(escrow_app, name="escrow")
out = Console()
err = Console(stderr=True)


def main() -> None:
    """Run the command; an expected error is one clear message and exit status 1."""
    set_up("WARNING")
    try:
        app()
    except FaroError as error:
        for line in str(error).splitlines():
            err.print(f"faro: {line}", style="red", highlight=False, markup=False)
        sys.exit(1)


@app.command()
def run() -> None:
    """Start everything: web chat, console, Telegram when there is a token, and Rasa beside it."""
    import uvloop

    from bot.running import run_until_stopped

    settings = Settings.load()
    set_up(settings.log_level)
    os.umask(0o077)  # database, keys, files and logs are for this user only
    uvloop.run(run_until_stopped(settings, _announce))
    out.print("Faro has stopped.")


def _announce(started: Running) -> None:
    out.print(f"\n[bold]Faro for {started.faro.city.name} is running.[/bold] Ctrl-C stops it.")
    out.print(f"  Web chat  {started.address}/", highlight=False)
    out.print(f"  Console   {started.address}/console", highlight=False)
    out.print(f"  Telegram  {'on' if started.faro.telegram else 'off: set TELEGRAM_TOKEN to connect a bot'}", highlight=False)
    if started.first_staff:
        out.print(_first_sign_in(started))
    for helpline in started.faro.city.stale_helplines(started.faro.clock()):
        out.print(f"  Not shown any more, check it: {helpline.name} (checked on {helpline.checked_on})", style="yellow")


def _first_sign_in(started: Running) -> Panel:
    table = Table("Login", "Role", "First password", box=None)
    for login, role, password in started.first_staff:
        table.add_row(login, role.value, password)
    return Panel(table, title="First sign-in: shown only now, to be changed there", expand=False)


@app.command()
def train(
    if_needed: Annotated[bool, typer.Option("--if-needed", help="Only when what the model is made of has changed.")] = False,
) -> None:
    """Train the dialogue model."""
    from bot.app import ROOT
    from bot.training import alone, needs_training, train_with_display

    if if_needed and not needs_training(ROOT):
        return
    with alone(ROOT):
        if not if_needed or needs_training(ROOT):  # somebody else may have trained while this one waited
            train_with_display(ROOT)


@app.command()
def doctor() -> None:
    """Say what is missing or wrong, and how to mend it."""
    from bot.doctor import examine
    from bot.findings import Level

    findings = asyncio.run(examine())
    marks = {Level.GOOD: "[green]ok[/green]  ", Level.ADVICE: "[yellow]look[/yellow]", Level.WRONG: "[red]bad[/red] "}
    for finding in findings:
        out.print(f"{marks[finding.level]}  {finding.about}: ", end="")
        out.print(finding.text, markup=False, highlight=False)
    if any(finding.level is Level.WRONG for finding in findings):
        raise typer.Exit(1)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="Tab-separated: id, language, text, label, also_ok.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how well Faro understands labelled messages, through the safety net and the real model."""
    from bot.evaluation import read_examples, report
    from bot.understanding import predictions

    figures = report(asyncio.run(predictions(read_examples(file))))
    if as_json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
        return
    for name, value in figures.items():
        if name != "confusions":
            out.print(f"{name}: {value}", highlight=False)
    for pair in figures["confusions"][:15]:
        out.print(f"  {pair['count']} x {pair['label']} taken for {pair['predicted']}", highlight=False)


@staff_app.command("add")
def staff_add(
    login: Annotated[str, typer.Argument(help="What they sign in with.")],
    roles: Annotated[list[str], typer.Argument(help="admin, officer, approver, moderator, custodian, analyst.")],
    name: Annotated[str, typer.Option(help="How others see them; the login when not given.")] = "",
) -> None:
    """Add a member of staff and show the first password once."""
    from bot.administration import add_member

    password = asyncio.run(add_member(Settings.load(), login, name or login, roles))
    out.print(f"First password of {login}, shown only now: [bold]{password}[/bold]", highlight=False)


@audit_app.command("verify")
def audit_verify(
    head: Annotated[Path | None, typer.Option("--head", help="Heads that were kept elsewhere (FARO_AUDIT_HEAD_FILE).")] = None,
) -> None:
    """Check the audit trail's chain: a changed, missing or inserted row is named; with heads kept elsewhere, a rebuilt chain is, too."""
    from bot.administration import verify_audit

    out.print(asyncio.run(verify_audit(Settings.load(), head)), highlight=False)


@tips_app.command("recovery-key")
def tips_recovery_key() -> None:
    """Make the key that opens the tips when every moderator has lost the password. It is shown once and typed back at once."""
    from bot.administration import confirm_recovery_key, make_recovery_key

    settings = Settings.load()
    out.print(Panel(asyncio.run(make_recovery_key(settings)), title="Recovery key: shown only now, write it on paper", expand=False))
    typed = typer.prompt("Type it back from the paper", hide_input=True)
    asyncio.run(confirm_recovery_key(settings, typed))
    out.print("It is right. Each new tip is sealed to it from now on; a moderator adds earlier ones in the console (Access).")


@tips_app.command("hand-over")
def tips_hand_over(
    attachment: Annotated[str, typer.Argument(help="The attachment's id, as the audit trail names it (tip.seal_off).")],
    file: Annotated[Path, typer.Argument(help="A new file, best on the medium that the police takes along.")],
) -> None:
    """Write an attachment that was sealed off into a file, for the police. Do not open it."""
    from bot.administration import hand_over

    typed = typer.prompt("Recovery key", hide_input=True)
    digest = asyncio.run(hand_over(Settings.load(), attachment, typed, file))
    out.print(f"Written, not opened. SHA-256: {digest}", highlight=False)


@tips_app.command("recover")
def tips_recover(login: Annotated[str, typer.Argument(help="The moderator who gets access to everything the key opens.")]) -> None:
    """Open the tips again with the recovery key: each is granted to a moderator, who must have a key of their own."""
    from rich.progress import Progress as Bar

    from bot.administration import recover_tips

    typed = typer.prompt("Recovery key", hide_input=True)
    with Bar(console=out) as bar:
        task = bar.add_task(f"Granting to {login}", total=None)
        progress = asyncio.run(
            recover_tips(Settings.load(), login, typed, lambda now: bar.update(task, total=now.total, completed=now.worked))
        )
    out.print(f"{progress.done} tips granted to {login}, {progress.failed} did not open.", highlight=False)
    if progress.failed:
        raise typer.Exit(1)


@case_app.command("key")
def case_key(as_pem: Annotated[bool, typer.Option("--pem", help="As OpenSSL reads it.")] = False) -> None:
    """Print the public key that this installation's case packages are checked with."""
    from bot.crypto import signing_public_key
    from bot.tips.case import signing

    public = signing_public_key(Settings.load().data / "keys")
    sys.stdout.write(signing.pem(public) if as_pem else signing.written(public) + "\n")


@case_app.command("verify")
def case_verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The case package (ZIP).")],
    key: Annotated[str, typer.Option("--key", help="The signer's public key, 64 hex digits; else this installation's.")] = "",
) -> None:
    """Check a case package: who signed it, and that nothing in it is changed, missing or additional."""
    from bot.crypto import signing_public_key
    from bot.tips.case import checking, signing

    verdict = checking.check(file, signing.read(key) if key else signing_public_key(Settings.load().data / "keys"))
    for finding in verdict.findings:
        err.print(f"faro: {finding}", style="red", highlight=False, markup=False)
    if verdict.manifest is None or not verdict.good:
        raise typer.Exit(1)
    found = verdict.manifest
    sys.stdout.write(f"{len(found.files)} files, complete and unchanged. Tip {found.locator}, exported {found.exported_at}.\n")
    sys.stdout.write(f"Signed with key {found.key}. SHA-256 of the manifest: {verdict.digest}\n")
