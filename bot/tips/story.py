"""Takes what happened: several messages and photos, until the person says that this is all."""

from __future__ import annotations

from collections.abc import Mapping

from bot.city import TipQuestion
from bot.errors import Invalid, MediaUnavailable
from bot.messages import Citizen, Media, MediaKind, Step, Utterance
from bot.tips.city import TipCity, category_of
from bot.tips.course import Course
from bot.tips.draft import MAX_CHARACTERS, MAX_MESSAGES, MAX_PHOTOS, Draft, Stage
from bot.tips.drafts import DraftPhotos
from bot.tips.handlers import Handler
from bot.tips.photos import MAX_BYTES

_FILES = (MediaKind.PHOTO, MediaKind.DOCUMENT, MediaKind.VIDEO)


class Story:
    """Collects the messages and photos of a draft.

    Args:
        photos: keeps them sealed until the tip is sent.
    """

    def __init__(self, city: TipCity, course: Course, photos: DraftPhotos) -> None:
        self._city = city
        self._course = course
        self._photos = photos
        self.handlers: Mapping[str, Handler] = {"done": self._told, "undo": self._undo, "wipe": self.wipe}

    def typed(self, citizen: Citizen, draft: Draft, text: str) -> Step:
        """One more message."""
        if not text:
            return self._course.show(citizen, draft)
        if len(draft.texts) >= MAX_MESSAGES or draft.characters + len(text) > MAX_CHARACTERS:
            return Step((self._course.questions.story(draft, "tip.full"),), draft.to_state())
        draft.texts.append(text)
        return self._course.show(citizen, draft)

    async def sent(self, citizen: Citizen, draft: Draft, media: Media) -> Step:
        """A photo where one may be sent. Everything else is refused, not downloaded, and why is said."""
        if media.kind not in _FILES:
            return self._course.refused(citizen, draft, media, "tip.media_refused")
        category = category_of(self._city, draft.category)
        if draft.paused or draft.question != TipQuestion.WHAT or category is None or not category.photos:
            return self._course.refused(citizen, draft, media, "tip.photo.not_here")
        if not is_image(media):
            return self._course.refused(citizen, draft, media, "tip.photo.not_a_photo")
        return await self._take(citizen, draft, media)

    async def wipe(self, citizen: Citizen, draft: Draft, _: str = "") -> Step:
        """Everything told is gone; the question is asked again."""
        await self._photos.drop(draft.photos)
        draft.texts, draft.photos, draft.kept = [], [], []
        draft.enter(Stage.ASKING, TipQuestion.WHAT)
        return self._course.show(citizen, draft)

    async def _take(self, citizen: Citizen, draft: Draft, media: Media) -> Step:
        if len(draft.photos) >= MAX_PHOTOS:
            return self._course.refused(citizen, draft, media, "tip.photo.enough")
        if media.fetch is None or (media.size or 0) > MAX_BYTES:
            return self._course.refused(citizen, draft, media, "tip.photo.too_large")
        try:
            draft.photos.append(await self._photos.keep(await media.fetch(), citizen.now))
        except MediaUnavailable:
            return self._course.refused(citizen, draft, media, "tip.photo.unavailable")
        except Invalid as error:
            return self._course.refused(citizen, draft, media, f"tip.photo.{error.code}")
        return self.typed(citizen, draft, media.caption.strip())

    async def _undo(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        if draft.texts:
            draft.texts.pop()
        return self._course.show(citizen, draft, Utterance("tip.undone"))

    async def _told(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        if not draft.texts and not draft.photos:
            return self._course.show(citizen, draft, Utterance("tip.empty"))
        return self._course.onward(citizen, draft)


def is_image(media: Media) -> bool:
    """Whether something sent says that it is a picture. Its bytes are checked when it is read."""
    return media.kind is MediaKind.PHOTO or (media.kind is MediaKind.DOCUMENT and (media.media_type or "").startswith("image/"))
