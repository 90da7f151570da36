"""The queue's filters in an address."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.city import City
from bot.console.tip_filters import canonical, read, written
from bot.tips.queue import Filters, Order
from bot.tips.status import Status

ME, OTHER = "a" * 32, "b" * 32
CITY = City.load(Path(__file__).parents[3] / "city")


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(Status.WAITING, "weapon", CITY.districts[0].code, True, ME, "school", True, Order.WAITING),
        Filters(assignee=""),
        Filters(assignee=OTHER),
        Filters(label="=" + "0f" * 12),
    ],
)
def test_what_is_written_reads_back(filters: Filters) -> None:
    from urllib.parse import parse_qsl

    assert read(dict(parse_qsl(written(filters, ME))), CITY, ME) == filters


def test_what_does_not_exist_is_not_asked_for() -> None:
    odd = "status=x&category=x&district=x&urgent=yes&assigned=x&label=%3Dx&unread=2&order=x&before=1&x=y"
    assert canonical(odd, CITY, ME) == ""


def test_me_is_whoever_opens_it() -> None:
    assert read({"assigned": "me"}, CITY, OTHER).assignee == OTHER
    assert written(Filters(assignee=ME), ME) == "assigned=me"
