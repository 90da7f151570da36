"""Danger in a conversation: where it is looked for, what is said at once, and the offers that come back later."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.conversation.answer import Answer
from bot.conversation.cleaning import clean
from bot.conversation.people import Person
from bot.conversation.rendering import Renderer
from bot.conversation.safety import Danger, Finding, SafetyNet
from bot.messages import Command, Content, Media, Text

log = structlog.get_logger(__name__)

_CRISIS_SECONDS = 60 * 60
_CRISIS_OFFERS = 3
_READS = 20_000
"""Characters of a message that are read at its beginning, and as many at its end."""

_TEXTS = {Danger.EMERGENCY: "utter_emergency", Danger.SUICIDE: "utter_suicide_risk"}
_CRISIS, _AGAIN = _TEXTS[Danger.SUICIDE], "crisis.again"
_OFFERED = frozenset({_CRISIS, _AGAIN, "safety.unsafe"})
_ENOUGH_SAID = frozenset({*_TEXTS.values(), _AGAIN, "crisis.no_talk", "safety.unsafe", "safety.later", "safety.other"})
_QUESTIONS = frozenset({"clarify.question", "know.unsure", "unclear.article", "unclear.nonsense", "next.ask", "utter_out_of_scope"})
"""What gives way to the soft question: one question in a turn, and the one about safety goes first."""


def is_acute(finding: Finding | None) -> bool:
    """Whether it is the answer, whatever else the message says."""
    return finding is not None and finding.danger is not Danger.SOFT


class DangerWatch:
    """Watches over every message.

    Args:
        renderer: knows which texts ask "Are you safe right now?" themselves.
    """

    def __init__(self, net: SafetyNet, renderer: Renderer) -> None:
        self._net = net
        self._renderer = renderer

    def look(self, content: Content) -> Finding | None:
        """The danger in what a person sends: text, caption, a command's argument."""
        match content:
            case Command(name, argument):
                return self.look(Text(f"{name} {argument}"))
            case Text(text=words) | Media(caption=words):
                head, tail = words[:_READS], words[_READS:][-_READS:]
                return self._net.check(clean(f"{head}\n{tail}")) if words else None
        return None

    def text_for(self, content: Content) -> str | None:
        """The name of the fixed text that has to be said, even where nothing else works."""
        finding = self.look(content)
        return _TEXTS.get(finding.danger) if finding is not None else None

    def say(self, answer: Answer, person: Person, finding: Finding, now: datetime) -> None:
        """The fixed text; after the crisis text something shorter first, never the same words twice in a row."""
        log.info("safety.found", danger=finding.danger.value, rule=finding.rule)
        key = _TEXTS[finding.danger]
        answer.add(_AGAIN if key == _CRISIS and now.timestamp() - person.memory.crisis_text_at < _CRISIS_SECONDS else key)

    def follows_crisis(self, person: Person, now: datetime) -> bool:
        """Whether the crisis text, or who may help, was offered within the hour."""
        return now.timestamp() - person.memory.crisis_at < _CRISIS_SECONDS

    def afterwards(self, answer: Answer, person: Person, finding: Finding | None, now: datetime) -> None:
        """The soft question; and after the crisis text, or a no to that question, the offer that comes back after a first no."""
        if answer.keys() & _OFFERED:
            person.memory.crisis_at, person.memory.crisis_turns = now.timestamp(), 0
            person.memory.crisis_text_at = now.timestamp() if {_CRISIS} & answer.keys() else 0.0
        if not answer.say or answer.keys() & _ENOUGH_SAID:
            return
        memory = person.memory
        if finding is not None and finding.danger is Danger.SOFT and not self._asks_safety(answer):
            answer.add("safety.soft")
        if any(said.key == "safety.soft" for said in answer.say):
            answer.say = [said for said in answer.say if said.key not in _QUESTIONS]
        elif memory.flow is None and self.follows_crisis(person, now) and memory.crisis_turns < _CRISIS_OFFERS:
            memory.crisis_turns += 1
            answer.add("safety.still_here")

    def _asks_safety(self, answer: Answer) -> bool:
        return any(choice.payload == "safety:unsafe" for said in answer.say for row in self._renderer.rows(said) for choice in row)
