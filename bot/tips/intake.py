"""The flow ``tip``: telling something without a name, from the first four lines to the receipt.

Nothing said here leaves the draft (sealed state) before "send". Payloads are ``tip:start``, ``tip:cancel`` (a typed
"cancel"), and ``tip:<nonce>:<action>`` for everything that a keyboard of ours offers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.city import TipQuestion
from bot.errors import Conflict, NobodyToRead, SealBroken, StaleButton, TooManyAttempts
from bot.messages import Citizen, Media, MediaKind, Step, Utterance
from bot.tips.answers import Answers
from bot.tips.city import TipCity, questions_of
from bot.tips.course import RECEIPT_SHOWN, Course
from bot.tips.draft import Draft, Stage
from bot.tips.drafts import DraftFiles
from bot.tips.escrow.register import EscrowRegister
from bot.tips.floods import Floods
from bot.tips.handlers import Handler
from bot.tips.identity import without
from bot.tips.overview import clues_in
from bot.tips.story import Story
from bot.tips.submission import Submission
from bot.tips.times import Times
from bot.tips.traces import clear_button, noted, swept
from bot.tips.urgency import is_urgent
from bot.tips.visit import elsewhere
from bot.tips.words import WordLists


class TipIntake:
    """Guides through a tip.

    Args:
        words: makes the receipt.
        times: understands when it was.
        submission: stores the finished tip.
        drafts: keeps files sealed until then.
        escrow: who else can open tips; people are told before they begin.
        page: address of the web chat, if there is one that all can reach.
    """

    name = "tip"

    def __init__(
        self,
        city: TipCity,
        words: WordLists,
        times: Times,
        submission: Submission,
        drafts: DraftFiles,
        escrow: EscrowRegister,
        page: str | None = None,
    ) -> None:
        self._city = city
        self._submission = submission
        self._drafts = drafts
        self._escrow = escrow
        self._floods = Floods()
        self._course = Course(city, words, page)
        self._answers = Answers(city, self._course, drafts, times)
        self._story = Story(city, self._course, drafts)
        self._anywhere: Mapping[str, Handler] = {
            "back": self._back,
            "pause": self._pause,
            "cancel": self._ask_to_drop,
            "drop": self._drop,
            "resume": self._resume,
            "restart": self._restart,
        }
        self._at: Mapping[str, Mapping[str, Handler]] = {
            Stage.INTRO: {"begin": self._begin, "more": self._more},
            Stage.CATEGORY: {"about": self._answers.about},
            Stage.ASKING: {},
            Stage.IDENTITY: {"keep": self._keep, "strike": self._strike, "rewrite": self._rewrite},
            Stage.REVIEW: {"send": self._send, "notify": self._toggle_notify, "edit": self._edit},
            Stage.SENT: {"noted": self._noted, "send": self._show_receipt},
        }

    @noted
    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """Answer a button. Raises StaleButton for one of an earlier question or of another draft."""
        draft = Draft.from_state(state) if state else None
        if rest == "start":
            return await self._start(citizen, draft)
        if rest.startswith("clear:"):
            return self._course.clear(citizen, draft, rest.removeprefix("clear:"))
        if draft is None:
            if rest == "cancel":
                return Step((Utterance("tip.dropped"),))
            raise StaleButton()
        if self._course.is_over(draft, citizen):
            return self._course.ended()
        self._course.mend(draft)
        nonce, _, action = (draft.nonce, "", rest) if rest == "cancel" else rest.partition(":")
        verb, _, argument = action.partition(":")
        if rest == "cancel" and draft.stage == Stage.SENT:
            return self._course.ended()
        handler = self._handler(draft, verb)
        if nonce != draft.nonce or handler is None:
            raise StaleButton()
        return await handler(citizen, draft, argument)

    def _handler(self, draft: Draft, verb: str) -> Handler | None:
        if draft.stage == Stage.ASKING:
            here = self._story.handlers.get(verb) if draft.question == TipQuestion.WHAT else self._answers.handler(draft, verb)
        else:
            here = self._at[draft.stage].get(verb)
        return here or (self._anywhere.get(verb) if draft.stage != Stage.SENT else None)

    @noted
    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """Take typed words: an answer where one is asked for, else a kind reminder with the same buttons."""
        draft = Draft.from_state(state)
        text = text.strip()
        if self._course.is_over(draft, citizen):
            return self._course.ended()
        self._course.mend(draft)
        if draft.paused:
            return Step((self._course.overview.rests(draft),), draft.to_state(), resting=True)
        match draft.stage:
            case Stage.CATEGORY:
                return await self._answers.typed_category(citizen, draft, text)
            case Stage.ASKING if draft.question == TipQuestion.WHAT:
                return self._story.typed(citizen, draft, text)
            case Stage.ASKING:
                return await self._answers.typed(citizen, draft, text)
            case _:
                return self._course.show(citizen, draft, Utterance("tip.use_buttons"))

    @noted
    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """Take a place on the map, a photo or a file where one may be sent. Everything else is refused, not downloaded, and why is said."""
        draft = Draft.from_state(state)
        if self._course.is_over(draft, citizen):
            return self._course.ended()
        self._course.mend(draft)
        if media.kind is MediaKind.LOCATION:
            return self._answers.located(citizen, draft, media)
        return await self._story.sent(citizen, draft, media)

    # Beginning and ending

    async def _start(self, citizen: Citizen, draft: Draft | None) -> Step:
        if draft is None or self._course.is_over(draft, citizen) or draft.stage == Stage.INTRO:
            return self._course.show(citizen, await self._new())
        if draft.stage == Stage.SENT:
            return self._course.show(citizen, draft)
        return Step((self._course.overview.offers_to_resume(draft),), draft.to_state())

    async def _begin(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.enter(Stage.CATEGORY)
        return self._course.show(citizen, draft)

    async def _more(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        return Step((self._course.questions.more(draft, citizen),), draft.to_state())

    async def _resume(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.paused = False
        return self._course.show(citizen, draft)

    async def _restart(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        await self._drafts.drop(draft.files)
        return self._course.show(citizen, await self._new())

    async def _new(self) -> Draft:
        return Draft(escrow=await self._escrow.present() is not None)

    async def _pause(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.paused = True
        return Step((self._course.overview.rests(draft),), draft.to_state(), resting=True)

    async def _back(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        if draft.correcting:
            return self._course.review(citizen, draft)
        draft.go_back(questions_of(self._city, draft.category))
        return self._course.show(citizen, draft)

    async def _ask_to_drop(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        if draft.stage in (Stage.INTRO, Stage.CATEGORY):
            return await self._drop(citizen, draft, "")
        return Step((self._course.overview.asks_to_drop(draft),), draft.to_state())

    async def _drop(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        await self._drafts.drop(draft.files)
        return swept(Step((Utterance("tip.dropped"),)), draft.trail)

    # Identity check, review and sending

    async def _keep(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.kept += [finding.excerpt for finding in clues_in(draft)]
        return self._course.onward(citizen, draft)

    async def _strike(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        """Take the quoted words out of everything told."""
        found = clues_in(draft)
        draft.place, draft.when = without(draft.place, found), without(draft.when, found)
        draft.texts = [without(text, found) for text in draft.texts]
        draft.answers = {question: without(words, found) for question, words in draft.answers.items()}
        return self._course.onward(citizen, draft)

    async def _rewrite(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.correcting = True
        return await self._story.wipe(citizen, draft)

    async def _edit(self, citizen: Citizen, draft: Draft, part: str) -> Step:
        if part != Stage.CATEGORY and part not in questions_of(self._city, draft.category):
            raise StaleButton()
        draft.enter(*((Stage.CATEGORY, "") if part == Stage.CATEGORY else (Stage.ASKING, part)))
        draft.correcting = True
        return self._course.show(citizen, draft)

    async def _toggle_notify(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.notify = not draft.notify
        self._course.choose_receipt(citizen, draft)  # A changed tip is another one, should the first have been stored unseen.
        return self._course.show(citizen, draft)

    async def _send(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        urgent = is_urgent(self._city, draft)
        try:
            if not urgent:
                self._floods.check(citizen.pseudonym, citizen.now)
            await self._submission.send(draft, citizen)
        except TooManyAttempts as error:
            minutes = max(1, round(error.retry_after / 60))
            return self._course.show(citizen, draft, Utterance("tip.too_many", {"minutes": minutes}))
        except NobodyToRead:
            return self._course.show(citizen, draft, Utterance("tip.nobody_to_read"))
        except Conflict:
            self._course.choose_receipt(citizen, draft)
            return self._course.show(citizen, draft, Utterance("tip.press_again"))
        except SealBroken:
            await self._drafts.drop(draft.files)
            draft.files = []
            return self._course.show(citizen, draft, Utterance("tip.photo.lost"))
        if not urgent:
            self._floods.count(citizen.pseudonym, citizen.now)
        # The nonce stays: pressing "send" twice shows the receipt twice, and the story is no longer needed.
        receipt = Draft(Stage.SENT, nonce=draft.nonce, tip_id=draft.tip_id, locator=draft.locator, words=draft.words, trail=draft.trail)
        receipt.shown_until = (citizen.now + RECEIPT_SHOWN).timestamp()
        return self._course.show(citizen, receipt, self._course.overview.thanks(citizen))

    async def _show_receipt(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        return self._course.show(citizen, draft)

    async def _noted(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        return Step((Utterance("tip.noted", {}, ((clear_button(draft.trail),), *elsewhere())),))
