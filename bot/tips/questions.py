"""What the intake asks, and with which buttons. Pure: a draft in, an utterance out."""

from __future__ import annotations

from collections.abc import Sequence

from bot.city import TipQuestion
from bot.messages import Channel, Choice, Citizen, Language, Utterance
from bot.tips.city import TipCity, category_of, questions_of
from bot.tips.draft import CHOICES, WHEN_CODES, Draft
from bot.tips.moments import Moment, said
from bot.tips.taking import allowed_in
from bot.tips.waiting import LIMITS, MAX_PHOTOS, unagreed, warnings

Rows = tuple[tuple[Choice, ...], ...]

_TYPED = {"yes": "yes", "no": "no"}
"""Choices that a typed yes or no presses."""


class Questions:
    """Asks for the next thing.

    Args:
        page: address of the web chat, a safer place for somebody at real risk; None where it has none that all can reach.
    """

    def __init__(self, city: TipCity, page: str | None) -> None:
        self._city = city
        self._page = page

    def intro(self, draft: Draft, citizen: Citizen) -> Utterance:
        """What is stored, who reads it, what the channel knows, how long: before anything is asked."""
        days = max(self._city.retention.tip_days.values())
        knows = Utterance(f"tip.knows.{'telegram' if citizen.address.channel is Channel.TELEGRAM else 'webchat'}")
        rows = ((button(draft, "begin"),), (button(draft, "more"), button(draft, "drop", "tip.button.no")))
        readers = Utterance(f"tip.readers.{_openers(draft)}")
        return Utterance("tip.intro", {"days": days, "readers": readers, "knows": knows}, rows)

    def more(self, draft: Draft, citizen: Citizen) -> Utterance:
        """The rest of it, with safer ways for somebody at real risk."""
        rows = (
            (button(draft, "begin"),),
            (Choice("help:lines:general", "tip.button.talk"), button(draft, "drop", "tip.button.no")),
        )
        return Utterance("tip.more", {"keys": Utterance(f"tip.keys.{_openers(draft)}"), "safer": self._safer(citizen)}, rows)

    def _safer(self, citizen: Citizen) -> Utterance:
        if citizen.address.channel is Channel.WEBCHAT:
            return Utterance("tip.safer.webchat")
        return Utterance("tip.safer.page", {"page": self._page}) if self._page else Utterance("tip.safer.device")

    def category(self, draft: Draft, language: Language) -> Utterance:
        """What it is about. The number of questions depends on it, so none is named yet."""
        names = [(category.code, self._city.label("category", category.code, language)) for category in self._city.tip_categories]
        rows = in_rows([button(draft, f"about:{code}", name, literal=True) for code, name in names])
        return Utterance("tip.category", {}, (*rows, ways_out(draft)))

    def ask(self, draft: Draft, language: Language) -> Utterance:
        """The question that the draft has come to."""
        match draft.question:
            case TipQuestion.WHERE:
                return self._question(draft, self._districts(draft, language))
            case TipQuestion.WHEN:
                return self._when(draft, language)
            case TipQuestion.WHAT:
                return self.story(draft)
            case question:
                return self._question(draft, _choices(draft, question))

    def story(self, draft: Draft, key: str | None = None) -> Utterance:
        """What happened; or after each message, ``key``, with the button that ends it."""
        if draft.is_empty:
            return self._question(draft, (), key or self._what(draft), skip=False)
        if key is None and (kinds := unagreed(draft.files)):
            decide = (button(draft, "agree"), button(draft, "leave"))
            return Utterance("tip.file.check", {"warnings": warnings(kinds)}, (decide, ways_out(draft)))
        rows = ((button(draft, "done"),), (button(draft, "undo"), button(draft, "wipe")), ways_out(draft))
        return Utterance(key or "tip.added", {}, rows)

    def _what(self, draft: Draft) -> str:
        """The question, with what may be sent to it."""
        texts = {0: "tip.ask.what", 1: "tip.ask.what_photos"}
        return texts.get(len(allowed_in(category_of(self._city, draft.category))), "tip.ask.what_files")

    def _when(self, draft: Draft, language: Language) -> Utterance:
        if draft.moment is not None:
            right = button(draft, "right")
            rows = ((Choice(right.payload, right.label, answers="yes"), button(draft, "words")), ways_out(draft))
            return Utterance("tip.understood", {"moment": said(Moment.from_json(draft.moment), language)}, rows)
        return self._question(draft, in_rows([button(draft, f"when:{code}", f"tip.when_code.{code}") for code in WHEN_CODES]))

    def _question(self, draft: Draft, rows: Rows, key: str = "", *, skip: bool = True) -> Utterance:
        order = questions_of(self._city, draft.category)
        params = {"step": order.index(draft.question) + 1, "steps": len(order), "photos": MAX_PHOTOS, **LIMITS}
        extra = ((button(draft, "skip"),),) if skip else ()
        return Utterance(key or f"tip.ask.{draft.question}", params, (*rows, *extra, ways_out(draft)))

    def _districts(self, draft: Draft, language: Language) -> Rows:
        names = [(place.code, self._city.label("district", place.code, language)) for place in self._city.districts]
        return in_rows([button(draft, f"in:{code}", name, literal=True) for code, name in names])


def _openers(draft: Draft) -> str:
    """Who can open a tip: the people who work on tips alone, or two of three holders for them."""
    return "escrow" if draft.escrow else "staff"


def button(draft: Draft, action: str, label: str = "", *, literal: bool = False) -> Choice:
    """A button of this flow for the draft's present stage; its label is ``tip.button.<action>`` unless given."""
    return Choice(f"tip:{draft.nonce}:{action}", label or "tip.button." + action.replace(":", "_"), literal=literal)


def ways_out(draft: Draft) -> tuple[Choice, ...]:
    """Back, pause, stop."""
    return (button(draft, "back"), button(draft, "pause"), button(draft, "cancel"))


def in_rows(choices: Sequence[Choice], width: int = 2) -> Rows:
    """Buttons side by side."""
    return tuple(tuple(choices[start : start + width]) for start in range(0, len(choices), width))


def _choices(draft: Draft, question: str) -> Rows:
    offered = [button(draft, f"pick:{code}", f"tip.choice.{question}.{code}") for code in CHOICES.get(question, ())]
    return in_rows([Choice(one.payload, one.label, answers=_TYPED.get(one.payload.rpartition(":")[2])) for one in offered], 3)
