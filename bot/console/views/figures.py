"""Figures about tips and campaigns: fixed periods, small numbers hidden, to read and to take away."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from starlette.responses import Response

from bot.campaigns.tables import CampaignState
from bot.console.statistics import Report, Words, chart_of, report_of
from bot.console.statistics_files import to_csv
from bot.console.visit import Visit
from bot.errors import NotFound
from bot.tips.quarters import Quarter

_CAMPAIGNS = 20
_YEARS = 3
_REACHED = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.DONE)


async def statistics(visit: Visit) -> Response:
    """The newest period, or the one asked for."""
    quarters = await visit.services.figures.quarters()
    period = str(visit.request.path_params.get("id") or (quarters[0] if quarters else ""))
    words = _words(visit)
    campaigns = [one for one in await visit.services.campaigns.list() if one.state in _REACHED]
    return visit.render(
        "statistics.html",
        report=await _report(visit, period) if period else None,
        period=period,
        periods=_periods(quarters, words),
        chart=lambda table: chart_of(table, words),
        cell=words.cell,
        now=await visit.services.figures.now(),
        results=[(one, await visit.services.campaigns.progress(one.id)) for one in campaigns[:_CAMPAIGNS]],
    )


async def csv(visit: Visit) -> Response:
    """The tables of a period as one CSV file."""
    return _file(visit, to_csv(await _report(visit, visit.path_of("id"))), "text/csv; charset=utf-8", "csv")


async def pdf(visit: Visit) -> Response:
    """The tables of a period as a PDF."""
    report, words = await _report(visit, visit.path_of("id")), _words(visit)
    title = visit.say("statistics.file_title", city=visit.services.city.name, period=report.name)
    lead = visit.say("statistics.lead", minimum=report.minimum)
    made = await asyncio.to_thread(_pdf, report, words, title, lead)
    return _file(visit, made, "application/pdf", "pdf")


def _pdf(report: Report, words: Words, title: str, lead: str) -> bytes:
    from bot.console.statistics_pdf import to_pdf  # its library takes 15 MB and a second

    return to_pdf(report, words, title, lead)


def _file(visit: Visit, content: bytes, media_type: str, ending: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="faro-tips-{visit.path_of("id")}.{ending}"'}
    return Response(content, media_type=media_type, headers=headers)


def _periods(quarters: Sequence[Quarter], words: Words) -> list[tuple[str, str]]:
    """Addresses and names of the last years and their quarters, newest first."""
    years = sorted({quarter.year for quarter in quarters}, reverse=True)[:_YEARS]
    found: list[tuple[str, str]] = []
    for year in years:
        found.append((str(year), str(year)))
        found += [(str(quarter), words.quarter(quarter)) for quarter in quarters if quarter.year == year]
    return found


async def _report(visit: Visit, period: str) -> Report:
    """The report of a quarter (``2026-Q3``) or of a year's counted quarters (``2026``).

    Raises:
        NotFound: no such period, or nothing of it was counted yet.
    """
    first, last = _span(period)
    figures = await visit.services.figures.of(first, last)
    if not figures:
        raise NotFound
    return report_of(figures, _words(visit), year=first != last)


def _span(period: str) -> tuple[Quarter, Quarter]:
    if re.fullmatch(r"[12]\d{3}", period, re.ASCII):
        return Quarter(int(period), 1), Quarter(int(period), 4)
    try:
        return Quarter.parse(period), Quarter.parse(period)
    except ValueError:
        raise NotFound from None


def _words(visit: Visit) -> Words:
    return Words(visit.language, visit.say, visit.services.city.label)
