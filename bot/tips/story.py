"""Takes what happened: several messages, photos, recordings and files, until the person says that this is all."""

from __future__ import annotations

from collections.abc import Mapping

from bot.city import TipQuestion
from bot.errors import StaleButton
from bot.messages import Citizen, Media, Step, Utterance
from bot.tips.city import TipCity, category_of
from bot.tips.course import Course
from bot.tips.draft import MAX_CHARACTERS, MAX_MESSAGES, Draft, Stage
from bot.tips.drafts import DraftFiles
from bot.tips.handlers import Handler
from bot.tips.taking import PICTURED, NotTaken, Taking
from bot.tips.waiting import unagreed


class Story:
    """Collects the messages and files of a draft.

    Args:
        drafts: keeps the files sealed until the tip is sent.
    """

    def __init__(self, city: TipCity, course: Course, drafts: DraftFiles) -> None:
        self._city = city
        self._course = course
        self._drafts = drafts
        self._taking = Taking(drafts)
        self.handlers: Mapping[str, Handler] = {
            "done": self._told,
            "undo": self._undo,
            "wipe": self.wipe,
            "agree": self._agree,
            "leave": self._leave,
        }

    def typed(self, citizen: Citizen, draft: Draft, text: str) -> Step:
        """One more message."""
        if not text:
            return self._course.show(citizen, draft)
        if len(draft.texts) >= MAX_MESSAGES or draft.characters + len(text) > MAX_CHARACTERS:
            return Step((self._course.questions.story(draft, "tip.full"),), draft.to_state())
        draft.texts.append(text)
        return self._course.show(citizen, draft)

    async def sent(self, citizen: Citizen, draft: Draft, media: Media) -> Step:
        """A photo or a file where one may be sent. Everything else is refused, not downloaded, and why is said."""
        if draft.paused or draft.question != TipQuestion.WHAT:
            key = "tip.photo.not_here" if media.kind in PICTURED else "tip.media_refused"
            return self._course.refused(citizen, draft, media, key)
        try:
            draft.files.append(await self._taking.take(category_of(self._city, draft.category), draft.files, media, citizen.now))
        except NotTaken as error:
            return self._course.refused(citizen, draft, media, error.key)
        return self.typed(citizen, draft, media.caption.strip())

    async def wipe(self, citizen: Citizen, draft: Draft, _: str = "") -> Step:
        """Everything told is gone; the question is asked again."""
        await self._drafts.drop(draft.files)
        draft.texts, draft.files, draft.kept = [], [], []
        draft.enter(Stage.ASKING, TipQuestion.WHAT)
        return self._course.show(citizen, draft)

    async def _agree(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        """The person knows what the file may give away, and wants it in."""
        self._check_asked(draft)
        for file in draft.files:
            file["agreed"] = True
        return self._course.show(citizen, draft)

    async def _leave(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        """Rather without it: it is deleted, and nothing else."""
        self._check_asked(draft)
        left = [file for file in draft.files if not file["agreed"]]
        await self._drafts.drop(left)
        draft.files = [file for file in draft.files if file["agreed"]]
        return self._course.show(citizen, draft, Utterance("tip.file.left"))

    @staticmethod
    def _check_asked(draft: Draft) -> None:
        if not unagreed(draft.files):
            raise StaleButton()

    async def _undo(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        if draft.texts:
            draft.texts.pop()
        return self._course.show(citizen, draft, Utterance("tip.undone"))

    async def _told(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        if draft.is_empty:
            return self._course.show(citizen, draft, Utterance("tip.empty"))
        if unagreed(draft.files):
            return self._course.show(citizen, draft)
        return self._course.onward(citizen, draft)

