"""Walking through a guide, one button at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.errors import StaleButton
from bot.guidance.guide import START, Guide, Node
from bot.messages import Choice, Citizen, Media, Step, Utterance

KEPT = timedelta(hours=24)
"""How long the way back is kept; for as long Faro knows that this person is in a talk about a harm."""
_PAIRED = frozenset({"guide.common.me", "guide.common.child", "guide.common.friend", "guide.common.pupil"})
_SAFETY = (Choice("safety:safe", answers="yes"), Choice("safety:unsafe", answers="no"))

Rows = tuple[tuple[Choice, ...], ...]


class GuideFlow:
    """Guided help.

    Each button names the node it leads to, so those of yesterday still work. What is kept is only where the person is:
    ``{"harm", "node", "at"}``, ``at`` in seconds since 1970. It rests, so typed words stay free.

    Args:
        guides: by harm.
    """

    name = "guide"

    def __init__(self, guides: Mapping[str, Guide]) -> None:
        self._guides = guides

    def offers(self, payload: str) -> bool:
        """Whether a button leads somewhere; those of other flows always do."""
        flow, *rest = payload.split(":")
        return flow != self.name or rest[0] in (*self._guides, "back", "cancel")

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """``<harm>``, ``<harm>:<node>``, ``back`` (where the person was), ``next`` (the step after that) or ``cancel``."""
        if rest == "cancel":
            return Step((Utterance("guide.common.cancelled", choices=((Choice("menu:open"),),)),))
        if rest == "back":
            guide, node = self._find((state or {}).get("harm", ""), (state or {}).get("node", ""))
            return self._step(citizen, guide, node, Utterance("guide.common.again", {"title": Utterance(guide.title_key)}))
        if rest == "next":
            return self._next(citizen, *self._find((state or {}).get("harm", ""), (state or {}).get("node", "")))
        harm, _, name = rest.partition(":")
        return self._step(citizen, *self._find(harm, name or START))

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """Never comes: a guide always rests."""
        raise StaleButton()

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """Never comes: a guide always rests."""
        raise StaleButton()

    def _next(self, citizen: Citizen, guide: Guide, node: Node) -> Step:
        """Where a step asks for a choice, it has to be made first: the step is shown again."""
        return self._step(citizen, guide, node if node.done is None else guide.nodes[node.done])

    def _find(self, harm: str, name: str) -> tuple[Guide, Node]:
        guide = self._guides.get(harm)
        if guide is None or name not in guide.nodes:
            raise StaleButton()
        return guide, guide.nodes[name]

    @staticmethod
    def _step(citizen: Citizen, guide: Guide, node: Node, *before: Utterance) -> Step:
        say = (screen(guide, node, *before),)
        if node.discreet:
            return Step(say)
        state = {"harm": guide.harm, "node": node.name, "at": int(citizen.now.timestamp())}
        return Step(say, state, resting=True, keep_for=KEPT)


def screen(guide: Guide, node: Node, *before: Utterance) -> Utterance:
    """What a node shows: its text, the question or hint below it, and its buttons."""
    parts = [*before, Utterance(guide.text_key(node.name))]
    parts += [Utterance("safety.soft")] if node.safety else []
    parts += [Utterance("guide.common.leave")] if node.discreet else []
    rows = _rows(guide, node)
    return Utterance("guide.common.page", {"parts": parts}, rows) if len(parts) > 1 else Utterance(parts[0].key, choices=rows)


def _rows(guide: Guide, node: Node) -> Rows:
    safety = (_SAFETY,) if node.safety else ()
    person = () if node.end else (Choice(f"handoff:open:{guide.need}", "guide.common.person"),)
    return (*safety, *_choice_rows(node), *_step_rows(guide, node), (*person, Choice("menu:open")))


def _choice_rows(node: Node) -> Rows:
    """One choice a row, so that labels are not cut; the four short ones about whom it is stand in pairs."""
    rows: list[tuple[Choice, ...]] = []
    for choice in node.choices:
        if rows and len(rows[-1]) == 1 and {choice.label, rows[-1][0].label} <= _PAIRED:
            rows[-1] = (*rows[-1], choice)
        else:
            rows.append((choice,))
    return tuple(rows)


def _step_rows(guide: Guide, node: Node) -> Rows:
    """Done and cannot, which a typed yes or no presses; beside the question whether the person is safe it reads "Go on"."""
    steps = []
    if node.done is not None:
        label = "guide.common.go_on" if node.safety else "guide.common.done"
        steps.append(Choice(guide.payload(node.done), label, answers=None if node.safety else "yes"))
    if node.cannot is not None:
        steps.append(Choice(guide.payload(node.cannot), "guide.common.cannot", answers=None if node.safety else "no"))
    meaning = [(Choice(guide.payload(node.meaning), "guide.common.meaning"),)] if node.meaning is not None else []
    return (*([tuple(steps)] if steps else []), *meaning)
