""""And now?": going on with what was talked about last, without asking the model what two words mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from bot.conversation.dialogue import PressFor
from bot.conversation.people import Person
from bot.conversation.rendering import Renderer
from bot.conversation.sayings import Saying
from bot.conversation.texts import Catalogue
from bot.messages import Language, Utterance

GUIDE = "guide"
_REMEMBERED_SECONDS = 60 * 60
"""After an hour "and now?" is a new beginning."""
_MENUS = ("menu.online", "menu.street")
"""Whatever a button of these says is a topic; small talk is none."""
_DANGERS = {
    "utter_suicide_risk": "safety:crisis",
    "crisis.again": "safety:crisis",
    "crisis.no_talk": "safety:crisis",
    "safety.unsafe": "safety:crisis",
    "utter_emergency": "safety:emergency",
}
"""After these only safety is gone on with."""


class NextStep:
    """Remembers the topic, and knows what comes next in it."""

    def __init__(self, catalogue: Catalogue, languages: Sequence[Language], renderer: Renderer) -> None:
        self._asked = Saying(catalogue, languages, "next")
        self._renderer = renderer
        shown = chain(*(chain(*renderer.rows(Utterance(menu))) for menu in _MENUS))
        said = (choice.payload.partition(":") for choice in shown)
        self._topics = {f"utter_{rest}" for flow, _, rest in said if flow == "say"} | _DANGERS.keys()

    def is_asked(self, text: str) -> bool:
        """Whether a message as typed asks for nothing but what comes next."""
        return self._asked.is_said_by(text)

    def note(self, person: Person, said: Sequence[Utterance], now: datetime) -> None:
        """Remember the last topic among what is said. Steps of a guide that leave no trace make it forgotten."""
        for utterance in said:
            if utterance.key.startswith(f"{GUIDE}."):
                self._keep(person, GUIDE if GUIDE in person.states else "", now)
            elif utterance.key in self._topics:
                self._keep(person, utterance.key, now)

    def after(self, person: Person, now: datetime) -> PressFor | Utterance:
        """The button that goes on with the topic, or what to say where there is none."""
        topic = person.memory.topic
        if not topic or now.timestamp() - person.memory.topic_at > _REMEMBERED_SECONDS:
            return Utterance("next.ask")
        if topic == GUIDE:
            return PressFor("guide:next") if GUIDE in person.states else Utterance("next.ask")
        if topic in _DANGERS:
            return PressFor(_DANGERS[topic])
        rows = self._renderer.rows(Utterance(topic))
        guides = [choice.payload for choice in chain(*rows) if choice.payload.startswith(f"{GUIDE}:")]
        return PressFor(guides[0]) if guides else Utterance("next.topic", choices=rows)

    @staticmethod
    def _keep(person: Person, topic: str, now: datetime) -> None:
        person.memory.topic, person.memory.topic_at = topic, now.timestamp()
