"""What Faro says without being asked: to people on duty, to approvers, to tipsters who wanted to know."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.rendering import Renderer
from bot.messages import Choice, Clock, Language, Reply, Utterance
from bot.staff.crew import Counts


class Announcements:
    """Ready replies in the language of whoever gets them. None has content of a tip.

    Args:
        console_address: where staff sign in, without a slash at its end.
    """

    def __init__(self, renderer: Renderer, console_address: str, clock: Clock) -> None:
        self._renderer = renderer
        self._console_address = console_address
        self._clock = clock

    def page(self, language: Language, token: str) -> Reply:
        """An urgent tip waits; ``token`` is what its button acknowledges."""
        button = Choice(f"page:take:{token}", "button.page.take")
        words = Utterance("page.text", {"address": self._console_address}, ((button,),))
        return replace(self._rendered(words, language), urgent=True)

    def test_page(self, language: Language) -> Reply:
        """Shows a member of staff how they would be called."""
        return self._rendered(Utterance("page.test"), language)

    def emergency(self, language: Language, campaign_id: int) -> Reply:
        """A broadcast in an emergency waits for a second person."""
        address = f"{self._console_address}/emergency/{campaign_id}"
        return replace(self._rendered(Utterance("page.emergency", {"address": address}), language), urgent=True)

    def escrow(self, language: Language, state: str) -> Reply:
        """Somebody asks for a deed with the escrow, two people agreed on it, or it is done."""
        return self._rendered(Utterance(f"page.escrow.{state}", {"address": f"{self._console_address}/escrow"}), language)

    def digest(self, language: Language, counts: Counts) -> Reply:
        """How many tips there are to work on; arrives without a sound."""
        new, waiting = counts
        words = Utterance("page.digest", {"new": new, "waiting": waiting, "address": self._console_address})
        return replace(self._rendered(words, language), quiet=True)

    def notice(self, language: Language) -> Reply:
        """There is an answer to somebody's tip."""
        return self._rendered(Utterance("tip.notice", choices=((Choice("receipt:start"),),)), language)

    def test_mark(self, language: Language) -> str:
        """The line above a campaign's message that is only tried out."""
        return self._renderer.text(Utterance("campaign.test"), language, self._clock())

    def _rendered(self, words: Utterance, language: Language) -> Reply:
        return self._renderer.render(words, language, self._clock())
