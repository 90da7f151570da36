"""Planted words, ids and photo metadata are looked for, byte by byte, in everything that was written."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.messages import Address, Channel, Media, MediaKind
from tests.integration.tips.conftest import Category, World, jpeg, photo, reach_story

CANARIES = (
    "zanzibarquokka",
    "9988776655",
    "CanaryCamera",
    "behind the kiosk canary",
    "answercanary",
    "morecanary",
    "vancanary",
    "@linkcanary",
    "strikecanary",
    "canarytime",
    "discardedcanary",
    "48.1234567",
    "2.7654321",
)


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


async def test_no_answer_place_time_addition_or_struck_word_is_found_anywhere(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    questions = ("danger_now", "where", "when", "what", "vehicle", "link", "how_often")
    world.city.tip_categories = (Category("raid", photos=True, questions=questions), *world.city.tip_categories)
    person = world.tipster(address=Address(Channel.TELEGRAM, "9988776655"))
    await person.press_raw("start")
    await person.press("begin")
    await person.press("about:raid")
    await person.press("pick:yes")
    await person.send_media(Media(MediaKind.LOCATION, latitude=48.1234567, longitude=2.7654321))
    assert not finds(repr(person.state).encode()), "of a place on the map only the district is left, also in the draft"
    await person.write("yesterday evening at canarytime")
    await person.press("right")
    await person.write("zanzibarquokka, mail strikecanary@b.org")
    await person.press("done")
    await person.write("vancanary")
    await person.write("@linkcanary")
    await person.press("pick:often")
    await person.press("strike")
    assert "strikecanary" not in repr(person.state)
    await person.press("send")
    receipt = person.said("tip.receipt").params
    visitor = world.visitor(address=Address(Channel.TELEGRAM, "9988776655"))
    await visitor.press_raw("start")
    await visitor.write(f"{receipt['locator']} {receipt['words']}")
    await visitor.write("discardedcanary")
    await visitor.press("discard")
    await visitor.send_media(photo(jpeg(comment=b"CanaryCamera"), caption="morecanary"))
    assert searched(tmp_path, receipt["words"]) == {}
    await visitor.press("add")
    [tip] = await world.tips.review.queue()
    view = await world.tips.review.open(world.moderator, tip.id)
    assert view.answers == {"vehicle": "vancanary", "link": "@linkcanary"} and "strikecanary" not in repr(view.entries)

    assert searched(tmp_path, receipt["words"]) == {}
    for action in ("withdraw", "withdraw_yes", "withdraw_yes"):
        await visitor.press(action)
    assert searched(tmp_path, receipt["words"]) == {} and not list((tmp_path / "tips").iterdir())
    assert not finds((caplog.text + "".join(capfd.readouterr())).encode(), receipt["words"])


async def test_the_search_itself_works(tmp_path: Path) -> None:
    (tmp_path / "planted").write_bytes(b"x" * 5000 + b"zanzibarquokka" + b"y")

    assert list(searched(tmp_path).values()) == [["zanzibarquokka"]]


async def test_nothing_that_names_a_person_stands_beside_a_tip(world: World) -> None:
    """No column for a pseudonym, chat, message or user, in any of the tables."""
    from bot.tips import tables
    from bot.tips.escrow.tables import EscrowRequestRow, EscrowRow, EscrowShareRow

    every = tables.Base.metadata.tables
    staffs = {EscrowRow.__table__, EscrowShareRow.__table__, EscrowRequestRow.__table__}  # who of the staff holds what; they know of no tip
    own = [table for name, table in every.items() if (name == "tip" or name.startswith("tip_")) and table not in staffs]
    columns = {column.name for table in own for column in table.columns}

    assert columns == {
        "id", "locator", "category", "district", "status", "urgent", "created_at", "updated_at", "public_key", "details", "entries",
        "last_from_tipster", "tip_id", "number", "author", "sealed", "at", "kind", "holder", "entry", "address", "state", "lease_until",
        "reader", "seen", "key_id", "made_at", "assignee", "waiting_since", "first_answer_at",
            "hold_until", "hold_reason", "holds", "deletion_asked_by", "staff_id", "code", "band", "value", "other_id", "deleted_on",
            "cause", "name", "query", "custody", "first", "second", "count", "quarter", "figures", "month",
            # Who of the staff is called for it, never a tipster.
            "urgency", "step", "due_at", "opened_at", "unstaffed", "taken_by", "minutes", "member_id", "token", "calls", "failed",
    }  # fmt: skip
    assert not any("tip_id" in table.columns for table in staffs)
