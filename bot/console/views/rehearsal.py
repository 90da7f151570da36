"""A campaign sent to the officer's own chat, as a test."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.views import campaigns
from bot.console.views.exchange import number_of
from bot.console.visit import Visit
from bot.errors import NotFound, TooManyAttempts


async def send(visit: Visit) -> Response:
    """Send it in every language; whoever has linked no chat yet is led to where that is done."""
    campaign = await visit.services.campaigns.get(number_of(visit))
    try:
        rehearsed = await visit.services.rehearsals.send(visit.member.id, campaign)
    except NotFound:
        return visit.go("/account")
    except TooManyAttempts:
        return await campaigns.page(visit, campaign, 429, "error.test_too_many")
    visit.detail = {"sent": rehearsed.sent, "failed": rehearsed.failed}
    if rehearsed.unreachable:
        return await campaigns.page(visit, campaign, 502, "error.test_unreachable")
    if rehearsed.failed or not rehearsed.sent:
        return await campaigns.page(visit, campaign, 502, "error.test_failed")
    return visit.go(f"/campaigns/{campaign.id}", "test_sent")
