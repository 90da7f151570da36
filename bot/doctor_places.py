"""Whether Faro may still post in the public places that staff allow, as far as it was told. Part of ``faro doctor``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.exc import SQLAlchemyError

from bot.campaigns.places.book import Place, lost_places
from bot.findings import Finding, Level
from bot.places import PlaceKind, Standing
from bot.settings import Settings
from bot.storage import Database


async def places_of_campaigns(settings: Settings) -> list[Finding]:
    """The findings about places; none where there is no store yet, or one that cannot be read: that is named elsewhere."""
    if settings.database_url is None and not (settings.data / "faro.sqlite3").exists():
        return []
    database = Database(settings.database)
    try:
        async with database.read() as session:
            return list(judged(await lost_places(session)))
    except (SQLAlchemyError, OSError):
        return []
    finally:
        await database.close()


def judged(lost: Sequence[Place]) -> Iterator[Finding]:
    """What to do about each. Pure."""
    for place in lost:
        right = "an administrator who may post messages" if place.kind is PlaceKind.CHANNEL else "a member who may write"
        what = "the bot is not in it any more" if place.standing is Standing.GONE else "the bot may not post there"
        text = f"place {place.id} ({place.kind}) is allowed, and {what}: make it {right}, or refuse the place in the console"
        yield Finding(Level.ADVICE, "public places", text)
