"""Masks and redactions of tips, on both stores."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.crypto import PrivateKey
from bot.errors import Conflict, Invalid, NotAllowed, NotFound, SealBroken
from bot.tips.masking import BLOCK
from bot.tips.sealing import open_details, seal_details
from bot.tips.tables import TipEntryRow, TipLabelRow, TipLikenessRow, TipMaskRow, TipNoteRow, TipRow
from bot.tips.vault import Reader, ReaderKey
from tests.integration.tips.conftest import Sent, World

STORY = "Mario Rossi sells pills. Ask MARIO  ROSSI's sister. The market is full on Thursdays, and nobody looks."


async def _custodian(world: World) -> Reader:
    private = PrivateKey.generate()
    world.readers.append(ReaderKey("c1", private.public_key))
    return Reader("c1", private)


async def _worked_on(world: World) -> tuple[Sent, Reader]:
    """A tip with the name in story, answer, note, label and reason."""
    custodian = await _custodian(world)
    sent = await world.told(story=STORY)
    me, desk = world.moderator, world.tips.moderation
    await desk.review.reply(me, sent.tip_id, "Where did you see Mario Rossi?")
    await desk.casework.note(me, sent.tip_id, "mario rossi is known here.")
    await desk.casework.set_labels(me, sent.tip_id, ["school"], ["Mario Rossi", "pills"])
    await desk.holding.hold(me, sent.tip_id, world.now.replace(month=12), "Mario Rossi is in court.")
    return sent, custodian


async def _everything(world: World, reader: Reader, tip_id: str, **options: Any) -> str:
    desk = world.tips.moderation
    tip = await desk.review.open(reader, tip_id, **options)
    notes, labels = await desk.casework.notes(reader, tip_id, **options), await desk.casework.labels(reader, tip_id, **options)
    keeping = await desk.holding.keeping(reader, tip_id, **options)
    texts = [*(one.text for one in tip.entries), *(note.text for note in notes), *(str(one.text) for one in labels)]
    return "\n".join([*texts, keeping.reason])


async def test_masked_words_are_hidden_everywhere_until_somebody_may_see_them(world: World) -> None:
    sent, custodian = await _worked_on(world)
    await world.tips.moderation.masks.mask(world.moderator, sent.tip_id, "Mario Rossi")
    for reader in (world.moderator, custodian):
        hidden = await _everything(world, reader, sent.tip_id)
        assert "mario" not in hidden.casefold() and hidden.count(BLOCK) == 6
    assert (await _everything(world, custodian, sent.tip_id, unmasked=True)).casefold().count("mario") == 6
    [mask] = await world.tips.moderation.masks.list(custodian, sent.tip_id)
    assert (mask.staff_id, mask.words) == ("s1", "")
    [shown] = await world.tips.moderation.masks.list(custodian, sent.tip_id, unmasked=True)
    assert shown.words == "Mario Rossi"


async def test_words_that_come_later_are_hidden_too(world: World) -> None:
    sent, _ = await _worked_on(world)
    await world.tips.moderation.masks.mask(world.moderator, sent.tip_id, "Mario Rossi")
    await world.tips.moderation.casework.note(world.moderator, sent.tip_id, "I know mario rossi.")
    assert "mario" not in (await _everything(world, world.moderator, sent.tip_id)).casefold()


async def test_a_mask_can_be_lifted(world: World) -> None:
    sent, custodian = await _worked_on(world)
    masks = world.tips.moderation.masks
    await masks.mask(world.moderator, sent.tip_id, "Mario Rossi")
    await masks.mask(world.moderator, sent.tip_id, "mario rossi")
    [mask] = await masks.list(custodian, sent.tip_id)
    other = await world.told(story="Another one, with words enough to say.")
    with pytest.raises(NotFound):
        await masks.lift(custodian, other.tip_id, mask.id)
    await masks.lift(custodian, sent.tip_id, mask.id)
    assert "Mario Rossi" in await _everything(world, world.moderator, sent.tip_id)


REFUSED = [(" ", "empty"), ("…!", "empty"), ("x" * 301, "too_long"), ("Luca", "missing"), ("Mari", "missing")]


@pytest.mark.parametrize(("words", "code"), REFUSED)
async def test_what_cannot_be_masked_is_refused(world: World, words: str, code: str) -> None:
    sent = await world.told(story=STORY)
    with pytest.raises(Invalid, match=code):
        await world.tips.moderation.masks.mask(world.moderator, sent.tip_id, words)


async def test_changing_labels_keeps_those_that_are_hidden(world: World) -> None:
    sent, custodian = await _worked_on(world)
    await world.tips.moderation.masks.mask(world.moderator, sent.tip_id, "Mario Rossi")
    await world.tips.moderation.casework.set_labels(world.moderator, sent.tip_id, [], ["market"])
    labels = await world.tips.moderation.casework.labels(custodian, sent.tip_id, unmasked=True)
    assert {label.text for label in labels} == {"Mario Rossi", "market"}


async def test_redacting_takes_the_words_out_of_every_text_for_good(world: World) -> None:
    sent, custodian = await _worked_on(world)
    desk, me = world.tips.moderation, world.moderator
    await desk.masks.mask(me, sent.tip_id, "Mario Rossi")
    before = await _sealed(world)
    [mask] = await desk.masks.list(custodian, sent.tip_id)
    assert await desk.redaction.redact(custodian, sent.tip_id, mask.id) == 12
    left = await _everything(world, custodian, sent.tip_id, unmasked=True)
    assert "mario" not in left.casefold() and BLOCK not in left and "[…] sells pills. Ask […]'s sister." in left
    opened = await desk.review.open(custodian, sent.tip_id, unmasked=True)
    assert [entry.redacted for entry in opened.entries] == [4, 2]
    assert {label.text for label in await desk.casework.labels(me, sent.tip_id)} == {None, "pills"}
    after = await _sealed(world)
    assert before["changed"].isdisjoint(after["changed"]), "an old ciphertext still stands there"
    assert before["likeness"] != after["likeness"] and after["likeness"]
    assert await desk.masks.list(custodian, sent.tip_id) == []


async def _sealed(world: World) -> dict[str, set[bytes]]:
    async with world.database.read() as session:
        entries = set(await session.scalars(select(TipEntryRow.sealed)))
        notes = set(await session.scalars(select(TipNoteRow.sealed)))
        reasons = set(await session.scalars(select(TipRow.hold_reason)))
        marks = set(await session.scalars(select(TipLikenessRow.value)))
    return {"changed": entries | notes | reasons, "likeness": marks}


async def test_place_time_and_answers_are_redacted_too(world: World) -> None:
    custodian = await _custodian(world)
    sent = await world.told(story=STORY)
    key = await world.tips.moderation.grants.key(custodian, sent.tip_id)
    async with world.database.begin() as session:
        tip = await session.get_one(TipRow, sent.tip_id)
        details = replace(open_details(key, tip.details), where="Rossi bakery", when="when Rossi opens", answers={"vehicle": "Rossi van"})
        tip.details = seal_details(key, details)
    desk = world.tips.moderation
    await desk.masks.mask(world.moderator, sent.tip_id, "rossi")
    hidden = await desk.review.open(world.moderator, sent.tip_id)
    assert (hidden.where, hidden.when, hidden.answers) == (f"{BLOCK} bakery", f"when {BLOCK} opens", {"vehicle": f"{BLOCK} van"})
    [mask] = await desk.masks.list(custodian, sent.tip_id)
    await desk.redaction.redact(custodian, sent.tip_id, mask.id)
    left = await desk.review.open(custodian, sent.tip_id, unmasked=True)
    assert (left.where, left.when, left.answers, left.redacted) == ("[…] bakery", "when […] opens", {"vehicle": "[…] van"}, 3)


async def test_whoever_masked_words_does_not_redact_them(world: World) -> None:
    sent, custodian = await _worked_on(world)
    desk = world.tips.moderation
    await desk.masks.mask(custodian, sent.tip_id, "Mario Rossi")
    [mask] = await desk.masks.list(custodian, sent.tip_id)
    with pytest.raises(Conflict):
        await desk.redaction.redact(custodian, sent.tip_id, mask.id)
    assert "Mario Rossi" in await _everything(world, custodian, sent.tip_id, unmasked=True)


async def test_redacting_twice_finds_nothing_the_second_time(world: World) -> None:
    sent, custodian = await _worked_on(world)
    desk = world.tips.moderation
    await desk.masks.mask(world.moderator, sent.tip_id, "Mario Rossi")
    [mask] = await desk.masks.list(custodian, sent.tip_id)
    await desk.redaction.redact(custodian, sent.tip_id, mask.id)
    with pytest.raises(NotFound):
        await desk.redaction.redact(custodian, sent.tip_id, mask.id)


async def test_the_tipster_still_reads_the_dialogue_with_the_receipt(world: World) -> None:
    sent, custodian = await _worked_on(world)
    desk = world.tips.moderation
    await desk.masks.mask(world.moderator, sent.tip_id, "Mario Rossi")
    [mask] = await desk.masks.list(custodian, sent.tip_id)
    await desk.redaction.redact(custodian, sent.tip_id, mask.id)
    visitor = world.visitor()
    await visitor.press_raw("start")
    await visitor.write(f"{sent.locator} {sent.words}")
    assert "Where did you see […]?" in visitor.heard().replace("\\", "")


async def test_masks_need_the_tips_key_and_cannot_be_moved(world: World) -> None:
    sent, _ = await _worked_on(world)
    stranger = Reader("s9", PrivateKey.generate())
    with pytest.raises(NotAllowed):
        await world.tips.moderation.masks.mask(stranger, sent.tip_id, "Mario Rossi")
    await world.tips.moderation.masks.mask(world.moderator, sent.tip_id, "Mario Rossi")
    async with world.database.begin() as session:
        (await session.scalars(select(TipMaskRow))).one().staff_id = "c1"
    with pytest.raises(SealBroken):
        await world.tips.moderation.review.open(world.moderator, sent.tip_id)


async def test_a_deleted_tip_takes_its_masks_along(world: World) -> None:
    sent, _ = await _worked_on(world)
    await world.tips.moderation.masks.mask(world.moderator, sent.tip_id, "Mario Rossi")
    async with world.database.begin() as session:
        await session.delete(await session.get_one(TipRow, sent.tip_id))
    async with world.database.read() as session:
        for table in (TipMaskRow, TipLabelRow):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
