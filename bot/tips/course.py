"""How the intake moves on: from question to question, through the identity check, to the review with its receipt."""

from __future__ import annotations

import secrets
from datetime import timedelta

from bot.city import TipQuestion
from bot.errors import StaleButton
from bot.messages import Choice, Citizen, Media, MediaKind, Step, Utterance
from bot.tips.city import TipCity, category_of, questions_of
from bot.tips.draft import Draft, Stage
from bot.tips.overview import Overview, clues_in
from bot.tips.questions import Questions
from bot.tips.taking import PICTURED
from bot.tips.traces import swept
from bot.tips.visit import elsewhere
from bot.tips.waiting import LIMITS, unagreed
from bot.tips.words import WordLists

RECEIPT_SHOWN = timedelta(minutes=30)
"""How long the receipt can be shown again. It ends at once when the person says they noted it."""

_ERASED = frozenset({*PICTURED, MediaKind.VOICE, MediaKind.AUDIO, MediaKind.LOCATION, MediaKind.CONTACT})


class Course:
    """Moves drafts and asks the next question. Stores nothing.

    Args:
        words: makes the receipt.
        page: see :class:`Questions`.
    """

    def __init__(self, city: TipCity, words: WordLists, page: str | None) -> None:
        self.questions = Questions(city, page)
        self.overview = Overview(city)
        self._city = city
        self._words = words

    def show(self, citizen: Citizen, draft: Draft, *before: Utterance) -> Step:
        """Ask for the next thing, after what there is to say before."""
        # Once it is sent the state holds the receipt, so it goes soon, also when the person never writes again.
        keep_for = RECEIPT_SHOWN if draft.stage == Stage.SENT else None
        return Step((*before, self._present(citizen, draft)), draft.to_state(), keep_for=keep_for)

    def _present(self, citizen: Citizen, draft: Draft) -> Utterance:
        match draft.stage:
            case Stage.INTRO:
                return self.questions.intro(draft, citizen)
            case Stage.CATEGORY:
                return self.questions.category(draft, citizen.language)
            case Stage.ASKING:
                return self.questions.ask(draft, citizen.language)
            case Stage.IDENTITY:
                return self.overview.identity(draft)
            case Stage.REVIEW:
                return self.overview.review(draft, citizen.language)
            case _:
                return self.overview.receipt(draft)

    def onward(self, citizen: Citizen, draft: Draft, *before: Utterance) -> Step:
        """To the next question; before the review, to what may identify the writer."""
        if draft.stage == Stage.ASKING and draft.question not in draft.asked:
            draft.asked.append(draft.question)
        question = draft.following(questions_of(self._city, draft.category)) if draft.stage in (Stage.CATEGORY, Stage.ASKING) else None
        if question is None:
            return self.review(citizen, draft, *before)
        draft.enter(Stage.ASKING, question)
        return self.show(citizen, draft, *before)

    def review(self, citizen: Citizen, draft: Draft, *before: Utterance) -> Step:
        """To the review of everything, unless there is nothing in it, or something that may identify the writer."""
        if draft.is_empty or unagreed(draft.files):
            draft.enter(Stage.ASKING, TipQuestion.WHAT)
            return self.show(citizen, draft, *before, *([Utterance("tip.empty")] if draft.is_empty else []))
        draft.correcting = False
        self.choose_receipt(citizen, draft)
        draft.enter(Stage.IDENTITY if clues_in(draft) else Stage.REVIEW)
        return self.show(citizen, draft, *before)

    def choose_receipt(self, citizen: Citizen, draft: Draft) -> None:
        """Before the review is shown, so that it is committed before anything can be sent under it."""
        receipt = self._words.new_receipt(citizen.language)
        draft.tip_id, draft.locator, draft.words = secrets.token_hex(16), receipt.locator, list(receipt.words)

    def refused(self, citizen: Citizen, draft: Draft, media: Media, key: str) -> Step:
        """Say why something is not taken, ask again, and have pictures, files and places deleted from the chat."""
        pictures = media.kind in PICTURED and key == "tip.photo.not_here"
        rows = ((Choice("say:image_abuse"), Choice("help:lines")),) if pictures else ()
        following = self.overview.rests(draft) if draft.paused else self._present(citizen, draft)
        return Step((Utterance(key, LIMITS, rows), following), draft.to_state(), erase=media.kind in _ERASED)

    def mend(self, draft: Draft) -> None:
        """The city may have changed its lists since the draft began."""
        order = questions_of(self._city, draft.category)
        if draft.category is not None and category_of(self._city, draft.category) is None:
            draft.category = None
            draft.enter(Stage.CATEGORY)
        elif draft.stage == Stage.ASKING and draft.question not in order:
            draft.enter(Stage.ASKING, order[0])
        if draft.district not in {None, *(place.code for place in self._city.districts)}:
            draft.district = None

    @staticmethod
    def is_over(draft: Draft, citizen: Citizen) -> bool:
        """Whether the receipt's time is over."""
        return draft.stage == Stage.SENT and citizen.now.timestamp() > draft.shown_until

    def ended(self) -> Step:
        """The receipt is not shown any more; the state goes."""
        return Step((self.overview.ended(),))

    def clear(self, citizen: Citizen, draft: Draft | None, mark: str) -> Step:
        """Delete a tip's messages from the chat, the receipt too. Another tip that is being told goes on.

        Raises:
            StaleButton: this very tip is still being told.
        """
        if draft is None or (draft.stage == Stage.SENT and draft.trail == mark):
            return swept(Step((Utterance("tip.cleared", {}, elsewhere()),)), mark)
        if draft.trail == mark:
            raise StaleButton()
        return swept(self.show(citizen, draft), mark)
