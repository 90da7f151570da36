"""The form of a thread: its plan and its ways as typed, and what they make. Pure."""

from __future__ import annotations

from bot.campaigns.drafts import CampaignDraft
from bot.campaigns.quiz import MOST_ANSWERS
from bot.campaigns.thread_desk import Thread
from bot.campaigns.threads import END, Onward, Pace
from bot.city import City
from bot.console import campaign_form
from bot.console.campaign_form import CampaignForm
from bot.console.forms import Form

SAME = "="
"""Chosen for an answer: it leads where everybody else goes."""
STOP = "!"
"""Chosen for a way: the thread ends there. No key of an episode can be called so."""


def read(form: Form, city: City, thread: Thread) -> tuple[CampaignForm, CampaignDraft | None, list[Onward]]:
    """What was typed, the draft that holds what all episodes share, None when there is no usable time in it, and the ways."""
    typed, plan = campaign_form.read(form, city, thread.first.draft)
    ways = [_way(form, number, onward) for number, onward in enumerate(thread.onwards, start=1)]
    joining = _days(form["joining"], 1) if form["starts"] == "joining" else None
    first = ways[0]
    return typed, plan, [Onward(first.key, first.next, first.days, first.answers, first.pace, joining), *ways[1:]]


def _way(form: Form, number: int, before: Onward) -> Onward:
    chosen = [(answer, form[f"answer_{number}_{answer}"] or SAME) for answer in range(1, MOST_ANSWERS + 1)]
    answers = tuple((answer, _target(name)) for answer, name in chosen if name != SAME)
    following, days = _target(form[f"next_{number}"]), _days(form[f"days_{number}"], before.days)
    pace = Pace(form[f"pace_{number}"]) if form[f"pace_{number}"] in tuple(Pace) else Pace.TIME
    return Onward(before.key, following, days, answers, pace)


def _target(name: str) -> str:
    return END if name == STOP else name[:40]


def _days(typed: str, otherwise: int) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else otherwise
