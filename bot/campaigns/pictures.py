"""Pictures of campaigns: taken from officers, drawn anew, kept by what they are. Reading one is CPU work: call it in a thread."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass, field
from functools import partial

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from bot.campaigns.tables import CampaignPictureRow
from bot.errors import Invalid, NotFound, Refused
from bot.messages import Clock, Picture
from bot.redrawing import FORMATS, MOST_PIXELS, redrawn
from bot.storage import Database, insert_or_ignore

MAX_BYTES = 5 * 1024 * 1024
"""The largest upload."""
SHORTEST_SIDE = 320
"""Pixels: a smaller picture is a smudge on a phone."""
LONGEST_SIDE = 1600
"""Pixels; larger pictures are made smaller. Telegram shows 1,280."""
MOST_LENGTHWAYS = 3
"""How many times longer than wide: a longer strip cannot be made out on a phone. Telegram refuses 20."""
MEDIA_TYPE = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as it is sent: a JPEG with nothing but its pixels. ``digest``: SHA-256 of ``data``."""

    data: bytes = field(repr=False)
    width: int
    height: int

    @property
    def digest(self) -> str:
        """What it is known by."""
        return hashlib.sha256(self.data).hexdigest()


def draw(upload: bytes) -> Drawn:
    """Check an upload and draw it anew: without place, camera, comments and whatever else a file may carry.

    Raises:
        Invalid: ``picture_too_large``, ``picture_too_small``, ``picture_too_long`` (a strip), or ``picture_unreadable``
            (not JPEG, PNG or WebP, broken, or a bomb).
    """
    if len(upload) > MAX_BYTES:
        raise Invalid("picture", "picture_too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow only warns of a decompression bomb below twice its limit.
            return _drawn(upload)
    except Invalid:
        raise
    except Exception as error:
        # Broken files make decoders raise almost anything.
        raise Invalid("picture", "picture_unreadable") from error


def _drawn(upload: bytes) -> Drawn:
    with Image.open(io.BytesIO(upload), formats=FORMATS) as image:
        short, long = sorted(image.size)
        if short * long > MOST_PIXELS:
            raise Invalid("picture", "picture_too_large")
        if short < SHORTEST_SIDE:
            raise Invalid("picture", "picture_too_small")
        if long > MOST_LENGTHWAYS * short:
            raise Invalid("picture", "picture_too_long")
        data, size = redrawn(image, LONGEST_SIDE, for_the_web=True)
        return Drawn(data, *size)


class Pictures:
    """The pictures of all campaigns and of all their versions, by digest. They are never changed, and stay with the versions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, picture: Drawn) -> str:
        """Keep a picture; returns its digest. The same one twice is kept once."""
        values = {"data": picture.data, "width": picture.width, "height": picture.height, "added_at": self._clock()}
        async with self._database.begin() as session:
            await session.execute(insert_or_ignore(session, CampaignPictureRow).values(digest=picture.digest, **values))
        return picture.digest

    async def get(self, digest: str) -> bytes:
        """The JPEG. Raises NotFound: there is none, or its bytes were changed behind its digest."""
        async with self._database.read() as session:
            data = await _data(session, digest)
        if data is None or hashlib.sha256(data).hexdigest() != digest:
            raise NotFound
        return data

    def ready(self, picture: Picture | None) -> Picture | None:
        """The picture with the way to its bytes, for a messenger."""
        return Picture(picture.digest, picture.alt, partial(self._fetch, picture.digest)) if picture else None

    async def _fetch(self, digest: str) -> bytes:
        try:
            return await self.get(digest)
        except NotFound:
            raise Refused("the picture is gone, or is not what was approved") from None


async def _data(session: AsyncSession, digest: str) -> bytes | None:
    row = await session.get(CampaignPictureRow, digest)
    return bytes(row.data) if row else None

