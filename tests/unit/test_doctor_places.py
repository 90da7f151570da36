"""The doctor on public places that Faro lost."""

from __future__ import annotations

from pathlib import Path

from bot.campaigns.places.book import PlaceBook
from bot.campaigns.places.notices import Notices
from bot.doctor_places import places_of_campaigns
from bot.messages import Address, Channel
from bot.places import PlaceKind, PlaceSeen, Standing
from bot.settings import Settings
from bot.storage import Database
from bot.storage.migrate import upgrade
from tests.unit.campaigns.kit import Hands, SmallCity


async def test_a_place_that_is_allowed_and_lost_is_named_by_its_number_only(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, _env_file=None)  # type: ignore[call-arg]
    assert await places_of_campaigns(settings) == []
    database = Database(settings.database)
    await upgrade(database)
    notices, book = Notices(database, Hands()), PlaceBook(database, SmallCity())

    async def hear(standing: Standing) -> None:
        await notices.hear(PlaceSeen(Address(Channel.TELEGRAM, "-1001"), PlaceKind.CHANNEL, "Port Clair", None, standing))

    await hear(Standing.PRESENT)
    (place,) = await book.list()
    await book.allow("anna", place.id, "en")
    assert await places_of_campaigns(settings) == []
    await hear(Standing.MUTED)
    (finding,) = await places_of_campaigns(settings)
    assert "make it an administrator who may post messages" in finding.text
    assert "Port Clair" not in finding.text
    await database.close()
