"""What stands before sending and after it: what may identify the writer, everything once more, the receipt. Pure."""

from __future__ import annotations

from bot.city import TipQuestion
from bot.markup import escape
from bot.messages import Choice, Citizen, Language, Utterance
from bot.tips.city import TipCity, questions_of
from bot.tips.draft import Draft
from bot.tips.identity import Finding, clues
from bot.tips.moments import Moment, said
from bot.tips.questions import button, in_rows, ways_out
from bot.tips.traces import ALL, clear_button
from bot.tips.urgency import who_reads
from bot.tips.waiting import listed


class Overview:
    """Shows a draft as a whole."""

    def __init__(self, city: TipCity) -> None:
        self._city = city

    def identity(self, draft: Draft) -> Utterance:
        """What may lead to the writer, with the words quoted."""
        rows = ((button(draft, "strike"), button(draft, "rewrite")), (button(draft, "keep"),), ways_out(draft))
        return Utterance("tip.identity", {"clues": clue_lines(clues_in(draft))}, rows)

    def review(self, draft: Draft, language: Language) -> Utterance:
        """Everything that would be sent, and a way to change each of it."""
        order = questions_of(self._city, draft.category)
        params = {
            "category": escape(self._city.label("category", draft.category or "", language)),
            "answers": [Utterance(f"tip.line.{question}", {"answer": self._answer(draft, question, language)}) for question in order],
            "photos": listed(draft.files) or Utterance("tip.without_photos"),
            "notify": Utterance("tip.notify_on" if draft.notify else "tip.notify_off"),
        }
        corrections = in_rows([button(draft, f"edit:{part}") for part in ("category", *order)])
        told = button(draft, "notify", "tip.button.notify_off" if draft.notify else "tip.button.notify_on")
        return Utterance("tip.review", params, ((button(draft, "send"),), (told,), *corrections, ways_out(draft)[1:]))

    def receipt(self, draft: Draft) -> Utterance:
        """Locator and words, shown once more each time until the person has noted them."""
        rows = ((clear_button(draft.trail, "tip.button.noted_clear"),), (button(draft, "noted"),))
        return Utterance("tip.receipt", {"locator": draft.locator, "words": " ".join(draft.words)}, rows, sensitive=True)

    def thanks(self, citizen: Citizen) -> Utterance:
        """It is sent, and whether somebody reads at this hour."""
        return Utterance("tip.sent", {"reads": who_reads(self._city, citizen)})

    def asks_to_drop(self, draft: Draft) -> Utterance:
        """Before a draft is thrown away."""
        return Utterance("tip.cancel", {}, ((button(draft, "drop"), button(draft, "resume")),))

    def offers_to_resume(self, draft: Draft) -> Utterance:
        """There is a draft already."""
        return Utterance("tip.resume", {}, ((button(draft, "resume"),), (button(draft, "restart"), button(draft, "drop"))))

    def rests(self, draft: Draft) -> Utterance:
        """The draft is paused."""
        return Utterance("tip.paused", {}, ((button(draft, "resume"), button(draft, "drop")),))

    @staticmethod
    def ended() -> Utterance:
        """The receipt is not shown any more."""
        rows = ((clear_button(ALL, "tip.button.clear_all"),), (Choice("receipt:start"), Choice("menu:open")))
        return Utterance("tip.receipt_gone", {}, rows)

    def _answer(self, draft: Draft, question: str, language: Language) -> object:
        match question:
            case TipQuestion.WHAT:
                return _words_or_nothing("\n\n".join(draft.texts))
            case TipQuestion.WHERE if draft.district is not None:
                return escape(self._city.label("district", draft.district, language))
            case TipQuestion.WHERE:
                return _words_or_nothing(draft.place)
            case TipQuestion.WHEN:
                return _when(draft, language)
        if question in draft.choices:
            return Utterance(f"tip.choice.{question}.{draft.choices[question]}")
        return _words_or_nothing(draft.answers.get(question, ""))


def clues_in(draft: Draft) -> tuple[Finding, ...]:
    """What in the whole draft may identify the writer and was not said to stay.

    A link or an app that was asked for names somebody else's account, so these answers are left out.
    """
    asked_for = (TipQuestion.LINK, TipQuestion.PLATFORM)
    answers = [words for question, words in draft.answers.items() if question not in asked_for]
    found = clues("\n".join([draft.place, draft.when, *answers, *draft.texts]))
    return tuple(finding for finding in found if finding.excerpt not in draft.kept)


def clue_lines(found: tuple[Finding, ...]) -> list[Utterance]:
    """One line for each, in the words of the text."""
    return [Utterance(f"tip.clue.{finding.clue.value}", {"excerpt": escape(finding.excerpt)}) for finding in found]


def _when(draft: Draft, language: Language) -> object:
    if draft.when_code:
        return Utterance(f"tip.when_code.{draft.when_code}")
    if draft.moment is None:
        return _words_or_nothing(draft.when)
    return Utterance("tip.when_both", {"words": escape(draft.when), "moment": said(Moment.from_json(draft.moment), language)})


def _words_or_nothing(words: str) -> object:
    return escape(words) if words else Utterance("tip.not_said")
