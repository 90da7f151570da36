"""An attachment that nobody may look at is closed for good, on every store; only the recovery key opens it, for the police."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.errors import NotAllowed, NotFound, SealBroken
from bot.messages import MediaKind
from bot.tips.recovery import read_back
from bot.tips.tables import TipAttachmentRow
from tests.integration.tips.conftest import Category, World
from tests.integration.tips.test_files import told_with
from tests.unit.tips.samples import jpeg, mp4


@pytest.fixture(autouse=True)
def filed(world: World) -> None:
    """A category that takes everything."""
    world.city.tip_categories = (Category("raid", photos=True, files=True), *world.city.tip_categories)


@pytest.fixture
async def sealable(world: World) -> AsyncIterator[str]:
    """With a recovery key, which is given."""
    written = await world.tips.moderation.recovery.begin()
    await world.tips.moderation.recovery.confirm(written)
    yield written


@pytest.mark.parametrize(("kind", "data"), [(MediaKind.PHOTO, jpeg()), (MediaKind.VIDEO, mp4())])
async def test_a_file_that_was_sealed_off_opens_with_the_recovery_key_only(
    world: World, sealable: str, kind: MediaKind, data: bytes
) -> None:
    tip_id, file_id = await told_with(world, data, kind)
    desk = world.tips.moderation.attachments
    for _ in range(2):
        await desk.seal_off(world.moderator, tip_id, file_id)

    [entry] = (await world.tips.review.open(world.moderator, tip_id)).entries
    assert entry.files[0].sealed_off and entry.files[0].key is None, "the tip's key alone opens it no more"
    assert [path.name for path in (world.data / "tips").iterdir()] == [f"{file_id}.original"], "the copy for looking is gone"
    for original in (False, True):
        with pytest.raises(NotAllowed):
            await world.tips.review.attachment(world.moderator, tip_id, file_id, original=original)
    with pytest.raises(NotAllowed):
        await desk.download(world.moderator, tip_id, file_id)
    assert (await desk.hand_over(read_back(sealable), file_id)).data == data
    with pytest.raises(SealBroken):
        await desk.hand_over(world.moderator.private_key, file_id)


async def test_without_a_recovery_key_it_is_closed_too(world: World) -> None:
    tip_id, file_id = await told_with(world, mp4(), MediaKind.VIDEO)
    desk = world.tips.moderation.attachments
    await desk.seal_off(world.moderator, tip_id, file_id)
    with pytest.raises(NotAllowed):
        await desk.download(world.moderator, tip_id, file_id)
    with pytest.raises(SealBroken):
        await desk.hand_over(world.moderator.private_key, file_id)


async def test_only_what_was_sealed_off_is_handed_over(world: World, sealable: str) -> None:
    _, file_id = await told_with(world, mp4(), MediaKind.VIDEO)
    for attachment in (file_id, "0" * 32):
        with pytest.raises(NotFound):
            await world.tips.moderation.attachments.hand_over(read_back(sealable), attachment)


async def test_a_photo_of_an_earlier_version_still_opens_and_can_be_sealed_off(world: World, sealable: str) -> None:
    """It was sealed whole, under the tip's own key, with a view beside it."""
    tip_id, file_id = await told_with(world, jpeg(), MediaKind.PHOTO)
    key = await world.tips.moderation.grants.key(world.moderator, tip_id)
    for form in ("original", "view"):
        (world.data / "tips" / f"{file_id}.{form}").write_bytes(key.seal_file(jpeg(), "attachment", file_id, form))
    async with world.database.begin() as session:
        row = await session.get_one(TipAttachmentRow, file_id)
        details = {"media_type": "image/jpeg", "bytes": len(jpeg()), "sha256": "0" * 64}
        row.details = key.seal(details, "attachment", file_id, 1, 0)

    assert (await world.tips.review.attachment(world.moderator, tip_id, file_id)).data == jpeg()
    await world.tips.moderation.attachments.seal_off(world.moderator, tip_id, file_id)
    assert (await world.tips.moderation.attachments.hand_over(read_back(sealable), file_id)).data == jpeg()
