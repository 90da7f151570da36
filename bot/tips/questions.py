"""What the intake says at each stage, and with which buttons. Pure: a draft in, an utterance out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.markup import escape
from bot.messages import Channel, Choice, Citizen, Language, Utterance
from bot.tips.city import TipCity, category_of
from bot.tips.draft import MAX_PHOTOS, QUESTIONS, Draft, Stage
from bot.tips.identity import Finding, clues

WHEN_CODES = ("now", "today", "yesterday", "this_week", "earlier")

Rows = tuple[tuple[Choice, ...], ...]


class Questions:
    """Asks for the next thing."""

    def __init__(self, city: TipCity) -> None:
        self._city = city

    def ask(self, draft: Draft, citizen: Citizen) -> Utterance:
        """The utterance of the draft's stage."""
        match draft.stage:
            case Stage.INTRO:
                return self.intro(draft, citizen)
            case Stage.CATEGORY:
                return self._question(draft, "tip.category", self._categories(draft, citizen.language))
            case Stage.WHERE:
                return self._question(draft, "tip.where", self._districts(draft, citizen.language), skip=True)
            case Stage.WHEN:
                times = [button(draft, f"when:{code}", f"tip.when_code.{code}") for code in WHEN_CODES]
                return self._question(draft, "tip.when", _in_rows(times), skip=True)
            case Stage.STORY:
                return self.story(draft)
            case Stage.IDENTITY:
                return self._identity(draft)
            case Stage.REVIEW:
                return self._review(draft, citizen.language)
            case _:
                return self.receipt(draft)

    def intro(self, draft: Draft, citizen: Citizen) -> Utterance:
        """What is stored, who reads it, what the channel knows, how long: before anything is asked."""
        days = max(self._city.retention.tip_days.values())
        knows = Utterance(f"tip.knows.{'telegram' if citizen.address.channel is Channel.TELEGRAM else 'webchat'}")
        rows = ((button(draft, "begin"),), (button(draft, "more"), button(draft, "drop", "tip.button.no")))
        return Utterance("tip.intro", {"days": days, "knows": knows}, rows)

    def more(self, draft: Draft, citizen: Citizen) -> Utterance:
        """The rest of it, with a pointer for somebody at real risk."""
        rows = ((button(draft, "begin"),), (Choice("help:lines"), button(draft, "drop", "tip.button.no")))
        return Utterance("tip.more", {}, rows)

    def story(self, draft: Draft, key: str | None = None) -> Utterance:
        """The last question, or after each message, ``key``, with the button that ends it."""
        category = category_of(self._city, draft.category)
        with_photos = category is not None and category.photos
        if not draft.texts and not draft.photos:
            return self._question(draft, key or ("tip.story_photos" if with_photos else "tip.story"), (), photos=MAX_PHOTOS)
        rows = ((button(draft, "done"),), (button(draft, "undo"), button(draft, "wipe")), _ways_out(draft))
        params = {"messages": len(draft.texts), "count": len(draft.photos)}
        return Utterance(key or "tip.story_more", params, rows)

    def receipt(self, draft: Draft) -> Utterance:
        """Locator and words, shown once more each time until the person has noted them."""
        rows = ((button(draft, "noted"),),)
        return Utterance("tip.receipt", {"locator": draft.locator, "words": " ".join(draft.words)}, rows, sensitive=True)

    def thanks(self, now: datetime) -> Utterance:
        """It is sent, and whether somebody reads at this hour."""
        return Utterance("tip.sent_on_duty" if self._city.somebody_reads(now) else "tip.sent_off_duty")

    def asks_to_drop(self, draft: Draft) -> Utterance:
        """Before a draft is thrown away."""
        return Utterance("tip.cancel", {}, ((button(draft, "drop"), button(draft, "resume")),))

    def offers_to_resume(self, draft: Draft) -> Utterance:
        """There is a draft already."""
        return Utterance("tip.resume", {}, ((button(draft, "resume"),), (button(draft, "restart"), button(draft, "drop"))))

    def rests(self, draft: Draft) -> Utterance:
        """The draft is paused."""
        return Utterance("tip.paused", {}, ((button(draft, "resume"), button(draft, "drop")),))

    def _question(self, draft: Draft, key: str, rows: Rows, *, skip: bool = False, **params: object) -> Utterance:
        step = QUESTIONS.index(Stage(draft.stage)) + 1
        extra = ((button(draft, "skip"),),) if skip else ()
        return Utterance(key, {"step": step, "steps": len(QUESTIONS), **params}, (*rows, *extra, _ways_out(draft)))

    def _categories(self, draft: Draft, language: Language) -> Rows:
        return _in_rows(
            [
                button(draft, f"about:{category.code}", self._city.label("category", category.code, language), literal=True)
                for category in self._city.tip_categories
            ]
        )

    def _districts(self, draft: Draft, language: Language) -> Rows:
        return _in_rows(
            [
                button(draft, f"in:{place.code}", self._city.label("district", place.code, language), literal=True)
                for place in self._city.districts
            ]
        )

    def _identity(self, draft: Draft) -> Utterance:
        lines = [Utterance(f"tip.clue.{finding.clue.value}", {"excerpt": escape(finding.excerpt)}) for finding in clues_in(draft)]
        rows = ((button(draft, "wipe", "tip.button.rewrite"), button(draft, "keep")), _ways_out(draft))
        return Utterance("tip.identity", {"clues": lines}, rows)

    def _review(self, draft: Draft, language: Language) -> Utterance:
        params = {
            "category": escape(self._city.label("category", draft.category or "", language)),
            "where": self._where(draft, language),
            "when": Utterance(f"tip.when_code.{draft.when_code}") if draft.when_code else _words_or_nothing(draft.when),
            "story": escape("\n\n".join(draft.texts)) or Utterance("tip.not_said"),
            "photos": Utterance("tip.photos", {"count": len(draft.photos)}) if draft.photos else Utterance("tip.without_photos"),
            "notify": Utterance("tip.notify_on" if draft.notify else "tip.notify_off"),
        }
        corrections = tuple(button(draft, f"edit:{stage.value}") for stage in QUESTIONS)
        rows = (
            (button(draft, "send"),),
            (button(draft, "notify", "tip.button.notify_off" if draft.notify else "tip.button.notify_on"),),
            corrections[:2],
            corrections[2:],
            _ways_out(draft)[1:],
        )
        return Utterance("tip.review", params, rows)

    def _where(self, draft: Draft, language: Language) -> object:
        if draft.district is not None:
            return escape(self._city.label("district", draft.district, language))
        return _words_or_nothing(draft.place)


def clues_in(draft: Draft) -> tuple[Finding, ...]:
    """What in the whole draft may identify the writer."""
    return clues("\n".join([draft.place, draft.when, *draft.texts]))


def button(draft: Draft, action: str, label: str = "", *, literal: bool = False) -> Choice:
    """A button of this flow for the draft's present stage; its label is ``tip.button.<action>`` unless given."""
    return Choice(f"tip:{draft.nonce}:{action}", label or "tip.button." + action.replace(":", "_"), literal=literal)


def _ways_out(draft: Draft) -> tuple[Choice, ...]:
    return (button(draft, "back"), button(draft, "pause"), button(draft, "cancel"))


def _words_or_nothing(words: str) -> object:
    return escape(words) if words else Utterance("tip.not_said")


def _in_rows(choices: Sequence[Choice], width: int = 2) -> Rows:
    return tuple(tuple(choices[start : start + width]) for start in range(0, len(choices), width))
