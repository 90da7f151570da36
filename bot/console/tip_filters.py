"""The queue's filters as they stand in an address: read leniently, written in one canonical form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from bot.city import City
from bot.tips.queue import Filters, Order
from bot.tips.status import Status

ME, NOBODY = "me", "nobody"
_ID = re.compile(r"[0-9a-f]{32}")
_OWN_LABEL = re.compile(r"=[0-9a-f]{24}")


def read(asked: Mapping[str, str], city: City, me: str) -> Filters:
    """The filters that an address asks for; what does not exist is not asked for."""
    status, order, label = asked.get("status", ""), asked.get("order", ""), asked.get("label", "")
    return Filters(
        status=Status(status) if status in list(Status) else None,
        category=_known(asked.get("category", ""), [one.code for one in city.tip_categories]),
        district=_known(asked.get("district", ""), [one.code for one in city.districts]),
        urgent=asked.get("urgent") == "1",
        assignee=_assignee(asked.get("assigned", ""), me),
        label=label if label in city.tip_labels or _OWN_LABEL.fullmatch(label) else None,
        unread=asked.get("unread") == "1",
        order=Order(order) if order in list(Order) else Order.NEWEST,
    )


def written(filters: Filters, me: str) -> str:
    """The query that :func:`read` reads back; "me" stays "me" for whoever opens it."""
    named = {
        "status": filters.status.value if filters.status else "",
        "category": filters.category or "",
        "district": filters.district or "",
        "urgent": "1" if filters.urgent else "",
        "assigned": {None: "", "": NOBODY, me: ME}.get(filters.assignee, filters.assignee or ""),
        "label": filters.label or "",
        "unread": "1" if filters.unread else "",
        "order": "" if filters.order is Order.NEWEST else filters.order.value,
    }
    return urlencode({name: value for name, value in named.items() if value})


def canonical(query: str, city: City, me: str) -> str:
    """A query that somebody sent, with nothing in it but known filters."""
    return written(read(values(query), city, me), me)


def values(query: str) -> dict[str, str]:
    """What a query that somebody sent names."""
    return dict(parse_qsl(query[:500]))


def _known(code: str, codes: list[str]) -> str | None:
    return code if code in codes else None


def _assignee(value: str, me: str) -> str | None:
    if value in (ME, NOBODY):
        return me if value == ME else ""
    return value if _ID.fullmatch(value) else None
