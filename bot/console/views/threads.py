"""Threads: the outline with its results, writing plan and ways, walking it as on a phone, and approving and steering it as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.exchange_schema import FEWEST_EPISODES, MOST_EPISODES
from bot.campaigns.plans import Campaign
from bot.campaigns.tables import CampaignState
from bot.campaigns.thread_desk import Thread
from bot.campaigns.threads import END, LONGEST_WAIT, Pace, outline
from bot.campaigns.wishes import AGE_BANDS
from bot.console import thread_form
from bot.console.campaign_form import CampaignForm
from bot.console.preview import Preview, previews
from bot.console.views.exchange import tomorrow
from bot.console.visit import Visit
from bot.errors import Conflict, Invalid, NotAllowed
from bot.messages import Language
from bot.staff.roles import Permission

_WRITABLE = (CampaignState.DRAFT, CampaignState.SUBMITTED)
_GOING = (CampaignState.RUNNING, CampaignState.PAUSED)


async def new(visit: Visit) -> Response:
    """Where a thread begins: its title and topic."""
    return visit.render("thread_new.html", problem="")


async def create(visit: Visit) -> Response:
    """Make a thread of two empty episodes."""
    draft = CampaignDraft(visit.form["title"], visit.form["topic"], tomorrow(visit), {})
    try:
        thread = await visit.services.threads.create(visit.member.id, draft)
    except Invalid as wrong:
        return visit.render("thread_new.html", 422, problem=visit.say(f"campaign.problem.{wrong.code}", limit=120))
    visit.subject = str(thread.first.id)
    return visit.go(f"/threads/{thread.series}/plan", "campaign_saved")


async def show(visit: Visit) -> Response:
    """One thread."""
    return await _page(visit, await _thread(visit))


async def plan_page(visit: Visit) -> Response:
    """The form of a thread's plan and ways."""
    thread = await _thread(visit)
    if thread.state not in _WRITABLE:
        raise Conflict
    return _form(visit, thread, CampaignForm.of(thread.first.draft))


async def plan(visit: Visit) -> Response:
    """Keep them; the thread is a draft again."""
    thread = await _thread(visit)
    typed, draft, ways = thread_form.read(visit.form, visit.services.city, thread)
    if draft is None:
        return _form(visit, thread, typed, 422)
    try:
        await visit.services.threads.change(visit.member.id, thread.series, visit.form["version"], draft, ways)
    except Invalid as wrong:
        return _form(visit, thread, typed, 422, visit.say(f"campaign.problem.{wrong.code}", limit=120, days=7))
    except Conflict:
        return _form(visit, await _thread(visit), typed, 409, visit.say("campaign.conflict"))
    return visit.go(f"/threads/{thread.series}", "campaign_saved")


async def add(visit: Visit) -> Response:
    """One more episode."""
    thread = await visit.services.threads.add(visit.member.id, visit.path_of("id"), visit.form["version"])
    return visit.go(f"/threads/{thread.series}", "campaign_saved")


async def remove(visit: Visit) -> Response:
    """One episode less."""
    number = int(typed) if (typed := visit.form["number"]) in map(str, range(1, MOST_EPISODES + 1)) else 0
    thread = await visit.services.threads.remove(visit.member.id, visit.path_of("id"), visit.form["version"], number)
    return visit.go(f"/threads/{thread.series}", "campaign_saved")


async def submit(visit: Visit) -> Response:
    """Ask for approval."""
    try:
        thread = await visit.services.threads.submit(visit.member.id, visit.path_of("id"), visit.form["version"])
    except Invalid:
        return await _page(visit, await _thread(visit), 422)
    return visit.go(f"/threads/{thread.series}", "campaign_submitted")


async def approve(visit: Visit) -> Response:
    """Approve exactly what was on the page."""
    try:
        thread = await visit.services.threads.approve(visit.member.id, visit.path_of("id"), visit.form["content_hash"])
    except NotAllowed:
        return await _page(visit, await _thread(visit), 403, "error.own_campaign")
    except Invalid:
        return await _page(visit, await _thread(visit), 422, "error.not_sendable")
    return visit.go(f"/threads/{thread.series}", "campaign_approved")


async def send_back(visit: Visit) -> Response:
    """Give it back with a reason."""
    if not (reason := visit.form["reason"].strip()):
        return await _page(visit, await _thread(visit), 422, "error.reason_missing")
    thread = await visit.services.threads.send_back(visit.member.id, visit.path_of("id"), reason)
    return visit.go(f"/threads/{thread.series}", "campaign_sent_back")


async def pause(visit: Visit) -> Response:
    """Send nothing more for now."""
    thread = await visit.services.threads.pause(visit.member.id, visit.path_of("id"))
    return visit.go(f"/threads/{thread.series}", "campaign_paused")


async def resume(visit: Visit) -> Response:
    """Go on."""
    thread = await visit.services.threads.resume(visit.path_of("id"))
    return visit.go(f"/threads/{thread.series}", "campaign_resumed")


async def rework(visit: Visit) -> Response:
    """Make it a draft again, to change it."""
    thread = await visit.services.threads.rework(visit.member.id, visit.path_of("id"))
    return visit.go(f"/threads/{thread.series}", "campaign_sent_back")


async def close(visit: Visit) -> Response:
    """Let nobody in any more."""
    thread = await visit.services.threads.close(visit.path_of("id"))
    return visit.go(f"/threads/{thread.series}", "campaign_saved")


async def cancel(visit: Visit) -> Response:
    """End it for everybody."""
    thread = await visit.services.threads.cancel(visit.member.id, visit.path_of("id"))
    return visit.go(f"/threads/{thread.series}", "campaign_cancelled")


@dataclass(frozen=True)
class Turn:
    """An episode as it comes in a walk, and what was said to it: the number of an answer, 0: none, None: not yet."""

    number: int
    campaign: Campaign
    preview: Preview
    said: int | None
    pace: Pace
    days: int

    @property
    def comes_sooner(self) -> bool:
        """Whether what follows comes because of the answer."""
        return bool(self.said) and self.pace is not Pace.TIME


async def walk(visit: Visit) -> Response:
    """The thread as one person gets it, from answer to answer. What was answered stands in the address, and nowhere else."""
    thread, spoken = await _thread(visit), visit.services.city.languages
    language = next((one for one in spoken if one == visit.query("language")), spoken[0])
    said = [int(one) for one in visit.query("said").split(",") if one in tuple("01234")][:MOST_EPISODES]
    turns = _walked(visit, thread, language, said)
    path = [turn.said for turn in turns if turn.said is not None]
    over = not turns or turns[-1].said is not None
    return visit.render("thread_walk.html", thread=thread, language=language, turns=turns, over=over, said=",".join(map(str, path)))


def _walked(visit: Visit, thread: Thread, language: Language, said: list[int]) -> list[Turn]:
    places = {one.key: index for index, one in enumerate(thread.onwards)}
    turns: list[Turn] = []
    index: int | None = 0
    while index is not None and index not in [turn.number - 1 for turn in turns]:
        episode, onward = thread.episodes[index], thread.onwards[index]
        preview = next(one for one in previews(visit, episode.draft) if one.language == language)
        offered = len(preview.quiz.answers) if preview.quiz else 0
        answer = said[len(turns)] if len(turns) < len(said) else None
        answer = None if answer is not None and answer > offered else answer
        turns.append(Turn(index + 1, episode, preview, answer, onward.pace, onward.days))
        index = None if answer is None else places.get(onward.after(answer))
    return turns


async def _thread(visit: Visit) -> Thread:
    return await visit.services.threads.get(visit.path_of("id"))


async def _page(visit: Visit, thread: Thread, status: int = 200, problem: str = "") -> Response:
    may = visit.member.may
    problems = visit.services.threads.check(thread) if thread.state in _WRITABLE else []
    first = thread.first.draft
    context: dict[str, Any] = {
        "lines": outline(thread.onwards),
        "problems": [(thread.episodes[number - 1].title, _words(visit, one.code, one.params, one.field)) for number, one in problems],
        "months": await visit.services.thread_results.months(thread),
        "audience": await visit.services.campaigns.audience_size(first.topic, first.narrowing),
        "may_plan": may(Permission.PLAN_CAMPAIGNS) and thread.state in _WRITABLE,
        "may_approve": may(Permission.APPROVE_CAMPAIGNS) and visit.member.id not in thread.writers,
        "may_steer": may(Permission.CANCEL_CAMPAIGNS) and thread.state in (*_WRITABLE, *_GOING),
        "may_add": len(thread.episodes) < MOST_EPISODES,
        "may_remove": len(thread.episodes) > FEWEST_EPISODES,
    }
    return visit.render("thread.html", status, thread=thread, problem=problem, **context)


def _words(visit: Visit, code: str, params: Mapping[str, str | int], field: str) -> str:
    language = field.rpartition(".")[2]
    known = visit.services.city.languages
    named = dict(params) | {"language": visit.dates.language(language) if language in known else language}
    return visit.say(f"campaign.problem.{code}", **named)


def _form(visit: Visit, thread: Thread, form: CampaignForm, status: int = 200, problem: str = "") -> Response:
    context: dict[str, Any] = {"age_bands": AGE_BANDS, "paces": tuple(Pace), "longest": LONGEST_WAIT, "end": END}
    context |= {"same": thread_form.SAME, "stop": thread_form.STOP, "answers": [_answers(visit, one) for one in thread.episodes]}
    if status == 422 and not problem:
        problem = visit.say("campaign.problem.time_missing")
    return visit.render("thread_form.html", status, thread=thread, form=form, problem=problem, **context)


def _answers(visit: Visit, episode: Campaign) -> list[str]:
    """The answers of an episode's quiz, as colleagues read them."""
    texts = episode.draft.quiz.texts if episode.draft.quiz else {}
    text = texts.get(visit.language) or next(iter(texts.values()), None)
    return [one.answer for one in text.answers] if text else []
