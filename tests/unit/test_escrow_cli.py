"""What holders see at ``faro escrow``: each share once, typed back, and asked for again until it is right."""

from __future__ import annotations

import typer
from typer.testing import CliRunner

from bot.cli import app
from bot.escrow_cli import _hand_out, _typed
from bot.tips.escrow.shares import split

MINE, OTHER, _ = split(bytes(range(32)))


def run(work: typer.Typer, *lines: str) -> str:
    result = CliRunner().invoke(work, input="\n".join([*lines, ""]))
    assert result.exit_code == 0, result.output
    return result.output


def test_a_share_is_shown_again_until_it_was_typed_back() -> None:
    work = typer.Typer()
    work.command()(lambda: _hand_out("Ben", MINE))
    said = run(work, "", "", " ".join(OTHER.words), "", " ".join(word[:4] for word in MINE.words))
    assert "Ben alone looks" in said and said.count("Shown only now") == 2 and "another share than the one shown" in said


def test_a_mistyped_share_is_asked_for_again_with_the_reason() -> None:
    work = typer.Typer()
    work.command()(lambda: print(_typed("Your share").number))
    said = run(work, "round clay", " ".join([MINE.words[1], MINE.words[0], *MINE.words[2:]]), " ".join(MINE.words))
    assert "a share has 33 words, here are 2" in said and "stands in another place" in said and said.endswith("1\n")


def test_the_command_names_its_deeds() -> None:
    said = CliRunner().invoke(app, ["escrow", "--help"]).output
    assert all(deed in said for deed in ("make", "prove", "open", "retire"))
