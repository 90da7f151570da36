"""How the intake moves on: from question to question, through the identity check, to the review with its receipt."""

from __future__ import annotations

import secrets
from datetime import timedelta

from bot.messages import Choice, Citizen, Media, MediaKind, Step, Utterance
from bot.tips.city import TipCity, category_of
from bot.tips.draft import MAX_PHOTOS, QUESTIONS, Draft, Stage
from bot.tips.photos import MAX_BYTES
from bot.tips.questions import Questions, clues_in
from bot.tips.words import WordLists

RECEIPT_SHOWN = timedelta(minutes=30)
"""How long the receipt can be shown again. It ends at once when the person says they noted it."""

_PICTURES = frozenset({MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.DOCUMENT})
_ERASED = _PICTURES | {MediaKind.LOCATION, MediaKind.CONTACT}


class Course:
    """Moves drafts and asks the next question. Stores nothing.

    Args:
        words: makes the receipt.
    """

    def __init__(self, city: TipCity, words: WordLists, questions: Questions) -> None:
        self._city = city
        self._words = words
        self._questions = questions

    def show(self, citizen: Citizen, draft: Draft, *before: Utterance) -> Step:
        """Ask for the next thing, after what there is to say before."""
        # Once it is sent the state holds the receipt, so it goes soon, also when the person never writes again.
        keep_for = RECEIPT_SHOWN if draft.stage == Stage.SENT else None
        return Step((*before, self._questions.ask(draft, citizen)), draft.to_state(), keep_for=keep_for)

    def onward(self, citizen: Citizen, draft: Draft, *before: Utterance) -> Step:
        """To the next question; before the review, once to what may identify the writer."""
        following = draft.next_question() if draft.stage in QUESTIONS else Stage.REVIEW
        if following == Stage.REVIEW:
            if not draft.texts and not draft.photos and draft.stage == Stage.STORY:
                return self.show(citizen, draft, Utterance("tip.empty"))
            following = Stage.IDENTITY if clues_in(draft) and not draft.kept else Stage.REVIEW
            draft.correcting = False
            self.choose_receipt(citizen, draft)
        draft.enter(following)
        return self.show(citizen, draft, *before)

    def choose_receipt(self, citizen: Citizen, draft: Draft) -> None:
        """Before the review is shown, so that it is committed before anything can be sent under it."""
        receipt = self._words.new_receipt(citizen.language)
        draft.tip_id, draft.locator, draft.words = secrets.token_hex(16), receipt.locator, list(receipt.words)

    def refused(self, citizen: Citizen, draft: Draft, media: Media, key: str) -> Step:
        """Say why something is not taken, ask again, and have pictures, files and places deleted from the chat."""
        pictures = media.kind in _PICTURES and key == "tip.photo.not_here"
        rows = ((Choice("say:image_abuse"), Choice("help:lines")),) if pictures else ()
        limits = {"limit": MAX_PHOTOS, "megabytes": MAX_BYTES // 1024 // 1024}
        following = self._questions.rests(draft) if draft.paused else self._questions.ask(draft, citizen)
        return Step((Utterance(key, limits, rows), following), draft.to_state(), erase=media.kind in _ERASED)

    def mend(self, draft: Draft) -> None:
        """The city may have changed its lists since the draft began."""
        if draft.category is not None and category_of(self._city, draft.category) is None:
            draft.category = None
            draft.enter(Stage.CATEGORY)
        if draft.district not in {None, *(place.code for place in self._city.districts)}:
            draft.district = None

    @staticmethod
    def is_over(draft: Draft, citizen: Citizen) -> bool:
        """Whether the receipt's time is over."""
        return draft.stage == Stage.SENT and citizen.now.timestamp() > draft.shown_until

    @staticmethod
    def ended() -> Step:
        """The receipt is not shown any more; the state goes."""
        return Step((Utterance("tip.receipt_gone", {}, ((Choice("receipt:start"), Choice("menu:open")),)),))
