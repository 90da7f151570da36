"""Planted words, ids and photo metadata are looked for, byte by byte, in everything that was written."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.messages import Address, Channel
from tests.integration.tips.conftest import World, jpeg, photo, reach_story

CANARIES = ("zanzibarquokka", "9988776655", "CanaryCamera", "behind the kiosk canary", "answercanary", "morecanary")


def finds(data: bytes, *more: str) -> list[str]:
    def forms(canary: str) -> list[bytes]:
        return [canary.encode(), canary.encode("utf-16-le"), canary.encode().hex().encode()]

    return [canary for canary in (*CANARIES, *more) if any(form in data for form in forms(canary))]


def searched(folder: Path, *more: str) -> dict[str, list[str]]:
    return {str(path): found for path in folder.rglob("*") if path.is_file() and (found := finds(path.read_bytes(), *more))}


async def test_no_planted_word_is_found_anywhere_after_a_whole_tip(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    data = jpeg(comment=b"CanaryCamera")
    person = world.tipster(address=Address(Channel.TELEGRAM, "9988776655"))
    await reach_story(person, "dangerous_place")
    await person.press("back")
    await person.press("back")
    await person.write("behind the kiosk canary")
    await person.press("skip")
    await person.write("My brother saw the zanzibarquokka")
    await person.send_media(photo(data))
    assert searched(tmp_path) == {}, "while the draft is told"
    await person.press("done")
    await person.press("keep")
    await person.press("notify")
    await person.press("send")
    receipt = person.said("tip.receipt").params
    [tip] = await world.tips.review.queue()
    await world.tips.review.reply(world.moderator, tip.id, "answercanary")
    visitor = world.visitor()
    await visitor.press_raw("start")
    await visitor.write(f"{receipt['locator']} {receipt['words']}")
    await visitor.write("morecanary")
    await visitor.press("add")
    await world.tips.review.open(world.moderator, tip.id)

    assert searched(tmp_path) == {}
    assert not finds((caplog.text + "".join(capfd.readouterr())).encode())
    assert searched(tmp_path, receipt["words"]) == {}
    async with world.database.read() as session:
        for table in ("tip", "tip_entry", "tip_grant", "tip_attachment", "tip_notice", "tip_read"):
            rows = (await session.execute(text(f"SELECT * FROM {table}"))).all()
            assert rows and not finds(repr([tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in rows]).encode())


async def test_the_search_itself_works(tmp_path: Path) -> None:
    (tmp_path / "planted").write_bytes(b"x" * 5000 + b"zanzibarquokka" + b"y")

    assert list(searched(tmp_path).values()) == [["zanzibarquokka"]]


async def test_nothing_that_names_a_person_stands_beside_a_tip(world: World) -> None:
    """No column for a pseudonym, chat, message or user, in any of the tables."""
    from bot.tips import tables

    own = [table for name, table in tables.Base.metadata.tables.items() if name == "tip" or name.startswith("tip_")]
    columns = {column.name for table in own for column in table.columns}

    assert columns == {
        "id", "locator", "category", "district", "status", "urgent", "created_at", "updated_at", "public_key", "details", "entries",
        "last_from_tipster", "tip_id", "number", "author", "sealed", "at", "kind", "holder", "entry", "address", "state", "lease_until",
        "reader", "seen", "key_id", "made_at", "assignee", "waiting_since", "first_answer_at",
            "hold_until", "hold_reason", "holds", "deletion_asked_by", "staff_id", "code", "band", "value", "other_id", "deleted_on",
            "cause", "name", "query",
    }  # fmt: skip
