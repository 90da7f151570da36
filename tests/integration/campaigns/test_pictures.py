"""Pictures on both stores: kept by what they are, bound to an approval, on their way to a messenger."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.campaigns.pictures import Pictures, draw
from bot.campaigns.sender import Sender
from bot.campaigns.tables import CampaignPictureRow, CampaignState, CampaignTextRow, DeliveryState
from bot.errors import NotFound, Refused
from bot.messages import Address, Channel, Confirm, Language, Picture, Reply
from tests.integration.campaigns.conftest import TRIAL_KEY, Desk
from tests.pictures import picture
from tests.unit.campaigns.kit import EN, FR, draft, plain

OTHER = "0" * 64


class Gallery:
    """A messenger that looks at what it gets."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bytes]] = []

    async def send(self, address: Address, reply: Reply, confirm: Confirm | None = None) -> None:
        assert reply.picture is not None and reply.picture.fetch is not None
        self.seen.append((reply.picture.alt, await reply.picture.fetch()))


@pytest.fixture
def pictures(desk: Desk) -> Pictures:
    return Pictures(desk.database, desk.clock)


async def both(pictures: Pictures) -> dict[Language, Picture]:
    digest = await pictures.keep(draw(picture()))
    return {EN: Picture(digest, "A bike"), FR: Picture(digest, "Un vélo")}


def sender(desk: Desk, pictures: Pictures, gallery: Gallery) -> Sender:
    def compose(
        body: str, language: Language, topic: str, asked: object = None, picture: Picture | None = None, occurrence_id: int | None = None
    ) -> Reply:
        return plain(body, language, topic, None, pictures.ready(picture))

    channels = {Channel.TELEGRAM: gallery}
    return Sender(desk.database, channels, desk.key, compose, desk.city, desk.clock, desk.record, desk.talked_at, TRIAL_KEY)


async def test_the_same_picture_is_kept_once_and_given_back(pictures: Pictures) -> None:
    drawn = draw(picture())
    assert await pictures.keep(drawn) == await pictures.keep(drawn) == drawn.digest
    assert await pictures.get(drawn.digest) == drawn.data
    with pytest.raises(NotFound):
        await pictures.get(OTHER)


async def test_a_picture_changed_behind_its_digest_is_nobodys(desk: Desk, pictures: Pictures) -> None:
    digest = await pictures.keep(draw(picture()))
    async with desk.database.begin() as session:
        await session.execute(update(CampaignPictureRow).values(data=draw(picture(colour="red")).data))
    with pytest.raises(NotFound):
        await pictures.get(digest)
    ready = pictures.ready(Picture(digest, "A bike"))
    assert ready is not None and ready.fetch is not None
    with pytest.raises(Refused):
        await ready.fetch()


async def test_a_campaign_keeps_its_pictures_and_what_is_said_about_them(desk: Desk, pictures: Pictures) -> None:
    shown = await both(pictures)
    campaign = await desk.planner.create("anna", draft(pictures=shown, texts={EN: "Only English."}))
    assert (await desk.planner.get(campaign.id)).draft.pictures == shown
    assert campaign.texts == {EN: "Only English."}
    edited = await desk.planner.edit("anna", campaign.id, campaign.version, draft())
    assert edited.draft.pictures == {}


async def test_each_message_carries_the_picture_of_its_language(desk: Desk, pictures: Pictures) -> None:
    gallery, shown = Gallery(), await both(pictures)
    await desk.fired(2, draft(pictures=shown))
    assert await sender(desk, pictures, gallery).run_once() == 2
    assert gallery.seen == [("A bike", await pictures.get(shown[EN].digest))] * 2


async def test_a_picture_that_nobody_approved_is_not_sent(desk: Desk, pictures: Pictures) -> None:
    approved = await desk.approved(draft(pictures=await both(pictures)))
    async with desk.database.begin() as session:
        await session.execute(update(CampaignTextRow).where(CampaignTextRow.language == FR).values(picture=OTHER))
    desk.clock.now = approved.fires_at
    assert await desk.tick() == 0
    assert (await desk.planner.get(approved.id)).state is CampaignState.DRAFT


async def test_bytes_that_nobody_approved_are_not_sent(desk: Desk, pictures: Pictures) -> None:
    gallery = Gallery()
    await desk.fired(1, draft(pictures=await both(pictures)))
    async with desk.database.begin() as session:
        await session.execute(update(CampaignPictureRow).values(data=draw(picture(colour="red")).data))
    await sender(desk, pictures, gallery).run_once()
    assert gallery.seen == [] and await desk.states() == {DeliveryState.FAILED: 1}
