"""Results of campaigns: one in detail, several side by side, and both to take away."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from starlette.responses import Response

from bot.campaigns.groups import Dimension
from bot.campaigns.tables import CampaignState
from bot.console.results_page import Names, Outcome, chart_of, comparison_of, outcome_of, shares_of, sheets_of, to_csv, trial_of
from bot.console.shifts import shift_of
from bot.console.views.exchange import number_of
from bot.console.visit import Visit
from bot.errors import Invalid, NotFound

FEWEST, MOST = 2, 4
_SENT = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.DONE, CampaignState.CANCELLED)


async def page(visit: Visit) -> Response:
    """One campaign's results."""
    campaign = await visit.services.campaigns.get(number_of(visit))
    outcome, names = await _outcome(visit, campaign.id), _names(visit)
    sending = await visit.services.results.newest(campaign.id)
    sheets = sheets_of(outcome, names) if outcome else []
    context: dict[str, Any] = {"campaign": campaign, "outcome": outcome, "sheets": sheets, "cell": names.cell}
    minimum = visit.services.city.statistics_minimum
    context["trial"] = trial_of(outcome, sending, minimum) if outcome and sending else None
    context["shift"] = await shift_of(visit.services, campaign, visit.language)
    return visit.render("results.html", **context, chart=lambda sheet: chart_of(sheet, names))


async def csv(visit: Visit) -> Response:
    """The same tables as one CSV file."""
    number = number_of(visit)
    outcome = await _outcome(visit, number)
    if outcome is None:
        raise NotFound
    return _file([outcome], visit, f"faro-campaign-{number}")


async def compare(visit: Visit) -> Response:
    """Two to four campaigns side by side; without a choice, what there is to choose from."""
    possible = [one for one in await visit.services.campaigns.list() if one.state in _SENT]
    chosen, names = _chosen(visit), _names(visit)
    context: dict[str, Any] = {"possible": possible, "chosen": chosen, "cell": names.cell, "fewest": FEWEST, "most": MOST}
    if not FEWEST <= len(chosen) <= MOST:
        return visit.render("compare.html", 422 if chosen else 200, **context, sheet=None, charts=[])
    outcomes = await _outcomes(visit, chosen)
    return visit.render("compare.html", **context, sheet=comparison_of(outcomes, names), charts=shares_of(outcomes, names))


async def compare_csv(visit: Visit) -> Response:
    """The comparison as one CSV file: all tables of all of them."""
    chosen = _chosen(visit)
    if not FEWEST <= len(chosen) <= MOST:
        raise Invalid("id", "compare_number")
    return _file(await _outcomes(visit, chosen), visit, "faro-campaigns-" + "-".join(map(str, chosen)))


def _chosen(visit: Visit) -> list[int]:
    numbers = [int(value) for value in visit.request.query_params.getlist("id") if value.isdecimal() and len(value) <= 18]
    return list(dict.fromkeys(numbers))


async def _outcomes(visit: Visit, chosen: list[int]) -> list[Outcome]:
    found = [await _outcome(visit, number) for number in chosen]
    if None in found:
        raise NotFound
    return [one for one in found if one is not None]


async def _outcome(visit: Visit, number: int) -> Outcome | None:
    """What may be shown of a campaign; None: nothing was sent yet. Raises NotFound."""
    services = visit.services
    campaign, sending = await services.campaigns.get(number), await services.results.newest(number)
    if sending is None:
        return None
    progress = await services.campaigns.progress(number)
    return outcome_of(campaign, progress, sending, services.city.statistics_minimum, services.clock())


def _file(outcomes: list[Outcome], visit: Visit, name: str) -> Response:
    names = _names(visit)
    content = to_csv((one.campaign.title, sheet) for one in outcomes for sheet in sheets_of(one, names))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _names(visit: Visit) -> Names:
    districts = {district.code: district.name for district in visit.services.city.districts}

    def named(dimension: Dimension, key: str) -> str:
        if not key:
            return visit.say("results.untold")
        match dimension:
            case Dimension.LANGUAGE:
                return visit.dates.language(key)
            case Dimension.HOUR:
                return visit.dates.hour(int(key))
            case Dimension.DISTRICT:
                return districts.get(key, key)
            case Dimension.AGE:
                return visit.say(f"audience.age.{key}")
        return visit.say(f"results.channel.{key}")

    return Names(visit.say, lambda number: format_decimal(number, locale=visit.language), named)


