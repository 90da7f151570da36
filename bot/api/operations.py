"""Every operation of the API, with what it needs. What is not listed here does not exist; the OpenAPI document is made from it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from pydantic import BaseModel

from bot.api import campaigns, reference
from bot.api.around import Health, LibraryItem, LibraryList, TokenShown, TopicList
from bot.api.call import Handler
from bot.api.plan import CampaignBody
from bot.api.results import Results
from bot.api.shown import CalendarShown, CampaignList, CampaignShown
from bot.staff.roles import Permission as May
from bot.staff.scopes import Scope


@dataclass(frozen=True)
class Operation:
    """One method at one address.

    Attributes:
        name: its `operationId`.
        answers: what it answers with.
        may: what the token's member must be allowed to at that moment; None: every member.
        scope: what the token must be for; None: every token.
        is_open: needs no token at all.
        header: a request header that it reads; ``needs_header``: and cannot do without.
        refuses: statuses of its own, beside those that all have.
        audit: what the audit trail calls it.
    """

    method: str
    path: str
    name: str
    handler: Handler
    summary: str
    answers: type[BaseModel]
    scope: Scope | None = None
    may: May | None = None
    is_open: bool = False
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    header: str = ""
    needs_header: bool = False
    refuses: tuple[int, ...] = ()
    status: int = HTTPStatus.OK
    audit: str = ""


_READ, _WRITE, _RESULTS = Scope.CAMPAIGNS_READ, Scope.CAMPAIGNS_WRITE, Scope.RESULTS_READ
_ONE = "/campaigns/{id}"


def _steering(path: str, handler: Handler, summary: str) -> Operation:
    """One of those that stop or go on: never in anybody's way, so without a needed header."""
    return Operation(
        "POST", f"{_ONE}/{path}", f"{path}Campaign", handler, summary, CampaignShown, _WRITE, May.CANCEL_CAMPAIGNS,
        header="If-Match", refuses=(404, 409, 412), audit=f"campaign.{path}",
    )  # fmt: skip


OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/health", "health", reference.health, "Whether the API can work", Health, is_open=True, refuses=(503,)),
    Operation("GET", "/token", "token", reference.token, "The token of this request", TokenShown),
    Operation("GET", "/topics", "listTopics", reference.topics, "The city's topics", TopicList, _READ, May.SEE_CAMPAIGNS),
    Operation("GET", "/library", "listLibrary", reference.library, "The library", LibraryList, _READ, May.SEE_CAMPAIGNS),
    Operation(
        "GET", "/library/{slug}", "getLibraryItem", reference.library_item, "One item of the library with all it says",
        LibraryItem, _READ, May.SEE_CAMPAIGNS, refuses=(404,),
    ),
    Operation(
        "GET", "/calendar", "getCalendar", reference.calendar, "What was sent and what is planned, by day",
        CalendarShown, _READ, May.SEE_CAMPAIGNS, query=reference.CalendarQuery,
    ),
    Operation(
        "GET", "/campaigns", "listCampaigns", campaigns.listing, "Campaigns, the newest first",
        CampaignList, _READ, May.SEE_CAMPAIGNS, query=campaigns.ListQuery, refuses=(400,),
    ),
    Operation(
        "POST", "/campaigns", "createCampaign", campaigns.create, "Keep a new draft",
        CampaignShown, _WRITE, May.PLAN_CAMPAIGNS, body=CampaignBody, header="Idempotency-Key", status=201, audit="campaign.create",
    ),
    Operation("GET", _ONE, "getCampaign", campaigns.show, "One campaign", CampaignShown, _READ, May.SEE_CAMPAIGNS, refuses=(404,)),
    Operation(
        "PUT", _ONE, "editCampaign", campaigns.edit, "Replace content, time and audience; it is a draft again",
        CampaignShown, _WRITE, May.PLAN_CAMPAIGNS, body=CampaignBody, header="If-Match", needs_header=True,
        refuses=(404, 409, 412, 428), audit="campaign.edit",
    ),
    Operation(
        "POST", f"{_ONE}/submit", "submitCampaign", campaigns.submit, "Ask for approval, which a second person gives in the console",
        CampaignShown, _WRITE, May.PLAN_CAMPAIGNS, header="If-Match", needs_header=True,
        refuses=(404, 409, 412, 422, 428), audit="campaign.submit",
    ),
    _steering("pause", campaigns.pause, "Send nothing more for now"),
    _steering("resume", campaigns.resume, "Go on where it was paused"),
    _steering("cancel", campaigns.cancel, "End it for good, in flight too"),
    Operation(
        "GET", f"{_ONE}/results", "getResults", campaigns.results, "What became of it, small numbers hidden",
        Results, _RESULTS, May.SEE_CAMPAIGNS, refuses=(404,),
    ),
)  # fmt: skip
