"""What is wrong with a campaign, as a list of flaws with pointers into the body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel import Locale
from pydantic import ValidationError

from bot.api.problems import Flaw
from bot.api.services import Services
from bot.campaigns.drafts import Problem
from bot.campaigns.exchange import REASONS, mistake_of
from bot.messages import Language

_WHERE = {
    "late_after": "late_after_minutes",
    **{name: f"content/{name}" for name in ("title", "topic", "texts")},
    **{name: f"repeat/{name}" for name in ("weekdays", "until", "times")},
    **{name: f"audience/{name}" for name in ("languages", "districts", "age_bands", "not_within_days", "harm_hours")},
}
"""Where the parts of a draft stand in the body, if not under their own name."""


def flaws_of(problems: Iterable[Problem], services: Services, language: Language) -> list[Flaw]:
    """What the rules of campaigns found, in the words of the console."""
    return [Flaw(pointer=_pointer(one.field), code=one.code, detail=_words(one, services, language)) for one in problems]


def flaws_of_body(error: ValidationError, services: Services, language: Language, *, query: bool = False) -> list[Flaw]:
    """What the model found in a body or a query."""
    found = error.errors(include_url=False, include_input=False)
    return [_flaw(one, services, language, query=query) for one in found]


def _flaw(found: Any, services: Services, language: Language, *, query: bool) -> Flaw:
    parts = [str(part) for part in found["loc"] if part != "[key]"]
    pointer = f"?{'.'.join(parts)}" if query else "/".join(["#", *(part.replace("~", "~0").replace("/", "~1") for part in parts)])
    mistake = mistake_of(found, {})
    if mistake.code == "not_acceptable" or mistake.code not in REASONS:
        return Flaw(pointer=pointer[:200], code=found["type"], detail=found["msg"])
    words = services.translate(f"library.mistake.{mistake.code}", language, mistake.params)
    return Flaw(pointer=pointer[:200], code=mistake.code, detail=words)


def _pointer(field: str) -> str:
    head, _, rest = field.partition(".")
    if head == "quiz":
        return f"#/content/quiz/{rest}" if rest == "right" else "#/content/quiz" + (f"/texts/{rest}" if rest else "")
    if head == "places":  # A place is known by its number, not by where it stands in the list.
        return "#/places"
    return "#/" + "/".join(filter(None, (_WHERE.get(head, head), rest)))


def _words(problem: Problem, services: Services, language: Language) -> str:
    spoken = problem.field.rpartition(".")[2]
    name = Locale.parse(language).languages.get(spoken, spoken)
    return services.translate(f"campaign.problem.{problem.code}", language, {**problem.params, "language": name})
