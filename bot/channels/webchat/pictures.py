"""Pictures of campaigns for the page. Browsers keep none of them: whoever leaves leaves nothing behind."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import NotFound

PictureOf = Callable[[str], Awaitable[bytes]]
"""The JPEG of a digest (SHA-256, hexadecimal); raises NotFound."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


def picture_endpoint(picture_of: PictureOf) -> Callable[[Request], Awaitable[Response]]:
    """Serves pictures by digest. Who knows a digest has got the message, so nothing else is asked."""

    async def picture(request: Request) -> Response:
        digest = str(request.path_params["digest"])
        if not _DIGEST.fullmatch(digest):
            return Response(status_code=404)
        try:
            return Response(await picture_of(digest), media_type="image/jpeg")
        except NotFound:
            return Response(status_code=404)
        except SQLAlchemyError:
            return Response(status_code=503)

    return picture
