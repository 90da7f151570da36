"""The flow ``tip``: telling something without a name, from the first four lines to the receipt.

Nothing said here leaves the draft (sealed state) before "send". Payloads are ``tip:start``, ``tip:cancel`` (a typed
"cancel"), and ``tip:<nonce>:<action>`` for everything that a keyboard of ours offers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.errors import Conflict, Invalid, MediaUnavailable, NobodyToRead, SealBroken, StaleButton
from bot.messages import Choice, Citizen, Media, MediaKind, Step, Utterance
from bot.tips.city import TipCity, category_of
from bot.tips.course import RECEIPT_SHOWN, Course
from bot.tips.draft import MAX_ANSWER, MAX_CHARACTERS, MAX_MESSAGES, MAX_PHOTOS, QUESTIONS, Draft, Stage
from bot.tips.drafts import DraftPhotos
from bot.tips.photos import MAX_BYTES
from bot.tips.questions import WHEN_CODES, Questions
from bot.tips.submission import Submission
from bot.tips.words import WordLists, fold

_Handler = Callable[[Citizen, Draft, str], Awaitable[Step]]


class TipIntake:
    """Guides through a tip.

    Args:
        words: makes the receipt.
        submission: stores the finished tip.
        photos: keeps photos sealed until then.
    """

    name = "tip"

    def __init__(self, city: TipCity, words: WordLists, submission: Submission, photos: DraftPhotos) -> None:
        self._city = city
        self._submission = submission
        self._photos = photos
        self._questions = Questions(city)
        self._course = Course(city, words, self._questions)
        self._anywhere: Mapping[str, _Handler] = {
            "back": self._back,
            "pause": self._pause,
            "cancel": self._ask_to_drop,
            "drop": self._drop,
            "resume": self._resume,
            "restart": self._restart,
        }
        self._at: Mapping[str, Mapping[str, _Handler]] = {
            Stage.INTRO: {"begin": self._begin, "more": self._more},
            Stage.CATEGORY: {"about": self._about},
            Stage.WHERE: {"in": self._in_district, "skip": self._skip},
            Stage.WHEN: {"when": self._at_time, "skip": self._skip},
            Stage.STORY: {"done": self._told, "undo": self._undo, "wipe": self._wipe},
            Stage.IDENTITY: {"keep": self._keep, "wipe": self._wipe},
            Stage.REVIEW: {"send": self._send, "notify": self._toggle_notify, "edit": self._edit},
            Stage.SENT: {"noted": self._noted, "send": self._show_receipt},
        }

    # What comes in

    async def press(self, citizen: Citizen, rest: str, state: dict[str, Any] | None) -> Step:
        """Answer a button. Raises StaleButton for one of an earlier question or of another draft."""
        draft = Draft.from_state(state) if state else None
        if rest == "start":
            return await self._start(citizen, draft)
        if draft is None:
            if rest == "cancel":
                return Step((Utterance("tip.dropped"),))
            raise StaleButton()
        if self._course.is_over(draft, citizen):
            return self._course.ended()
        self._course.mend(draft)
        nonce, _, action = (draft.nonce, "", rest) if rest == "cancel" else rest.partition(":")
        verb, _, argument = action.partition(":")
        handler = self._at[draft.stage].get(verb) or (self._anywhere.get(verb) if draft.stage != Stage.SENT else None)
        if rest == "cancel" and draft.stage == Stage.SENT:
            return self._course.ended()
        if nonce != draft.nonce or handler is None:
            raise StaleButton()
        return await handler(citizen, draft, argument)

    async def text(self, citizen: Citizen, text: str, state: dict[str, Any]) -> Step:
        """Take typed words: an answer where one is asked for, else a kind reminder with the same buttons."""
        draft = Draft.from_state(state)
        text = text.strip()
        if self._course.is_over(draft, citizen):
            return self._course.ended()
        self._course.mend(draft)
        if draft.paused:
            return Step((self._questions.rests(draft),), draft.to_state(), resting=True)
        match draft.stage:
            case Stage.CATEGORY:
                return await self._typed_category(citizen, draft, text)
            case Stage.WHERE | Stage.WHEN if len(text) > MAX_ANSWER:
                return self._course.show(citizen, draft, Utterance("tip.too_long", {"limit": MAX_ANSWER}))
            case Stage.WHERE:
                return await self._typed_place(citizen, draft, text)
            case Stage.WHEN:
                draft.when, draft.when_code = text, None
                return self._course.onward(citizen, draft)
            case Stage.STORY:
                return self._typed_story(citizen, draft, text)
            case _:
                return self._course.show(citizen, draft, Utterance("tip.use_buttons"))

    async def media(self, citizen: Citizen, media: Media, state: dict[str, Any]) -> Step:
        """Take a place on the map or a photo where one may be sent. Everything else is refused, not downloaded, and why is said."""
        draft = Draft.from_state(state)
        if self._course.is_over(draft, citizen):
            return self._course.ended()
        self._course.mend(draft)
        if media.kind is MediaKind.LOCATION:
            return self._located(citizen, draft, media)
        if media.kind not in (MediaKind.PHOTO, MediaKind.DOCUMENT, MediaKind.VIDEO):
            return self._course.refused(citizen, draft, media, "tip.media_refused")
        category = category_of(self._city, draft.category)
        if draft.paused or draft.stage != Stage.STORY or category is None or not category.photos:
            return self._course.refused(citizen, draft, media, "tip.photo.not_here")
        if not _is_image(media):
            return self._course.refused(citizen, draft, media, "tip.photo.not_a_photo")
        return await self._take_photo(citizen, draft, media)

    # Beginning and ending

    async def _start(self, citizen: Citizen, draft: Draft | None) -> Step:
        if draft is None or self._course.is_over(draft, citizen) or draft.stage == Stage.INTRO:
            return self._course.show(citizen, Draft())
        if draft.stage == Stage.SENT:
            return self._course.show(citizen, draft)
        return Step((self._questions.offers_to_resume(draft),), draft.to_state())

    async def _begin(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.enter(Stage.CATEGORY)
        return self._course.show(citizen, draft)

    async def _more(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        return Step((self._questions.more(draft, citizen),), draft.to_state())

    async def _resume(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.paused = False
        return self._course.show(citizen, draft)

    async def _restart(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        await self._photos.drop(draft.photos)
        return self._course.show(citizen, Draft())

    async def _pause(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.paused = True
        return Step((self._questions.rests(draft),), draft.to_state(), resting=True)

    async def _ask_to_drop(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        if draft.stage in (Stage.INTRO, Stage.CATEGORY):
            return await self._drop(citizen, draft, "")
        return Step((self._questions.asks_to_drop(draft),), draft.to_state())

    async def _drop(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        await self._photos.drop(draft.photos)
        return Step((Utterance("tip.dropped"),))

    # Answers

    async def _about(self, citizen: Citizen, draft: Draft, code: str) -> Step:
        category = category_of(self._city, code)
        if category is None:
            raise StaleButton()
        draft.category = code
        before: list[Utterance] = []
        if category.urgent:
            before.append(Utterance("tip.urgent"))
        if draft.photos and not category.photos:
            await self._photos.drop(draft.photos)
            draft.photos = []
            before.append(Utterance("tip.photo.dropped"))
        return self._course.onward(citizen, draft, *before)

    async def _typed_category(self, citizen: Citizen, draft: Draft, text: str) -> Step:
        for category in self._city.tip_categories:
            if fold(self._city.label("category", category.code, citizen.language)) == fold(text):
                return await self._about(citizen, draft, category.code)
        return self._course.show(citizen, draft, Utterance("tip.use_buttons"))

    async def _in_district(self, citizen: Citizen, draft: Draft, code: str) -> Step:
        if code not in {place.code for place in self._city.districts}:
            raise StaleButton()
        draft.district, draft.place = code, ""
        return self._course.onward(citizen, draft)

    async def _typed_place(self, citizen: Citizen, draft: Draft, text: str) -> Step:
        for place in self._city.districts:
            if fold(place.name) == fold(text):
                return await self._in_district(citizen, draft, place.code)
        draft.district, draft.place = None, text
        return self._course.onward(citizen, draft)

    def _located(self, citizen: Citizen, draft: Draft, media: Media) -> Step:
        """Only the district is kept of a place on the map; the place itself is forgotten here."""
        if draft.stage != Stage.WHERE or draft.paused or media.latitude is None or media.longitude is None:
            return self._course.refused(citizen, draft, media, "tip.location_not_here")
        place = self._city.district_at(media.latitude, media.longitude)
        if place is None:
            return self._course.refused(citizen, draft, media, "tip.location_outside")
        draft.district, draft.place = place.code, ""
        step = self._course.onward(citizen, draft, Utterance("tip.location_taken", {"district": place.name}))
        return replace(step, erase=True)

    async def _at_time(self, citizen: Citizen, draft: Draft, code: str) -> Step:
        if code not in WHEN_CODES:
            raise StaleButton()
        draft.when_code, draft.when = code, ""
        return self._course.onward(citizen, draft)

    async def _skip(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        if draft.stage == Stage.WHERE:
            draft.district, draft.place = None, ""
        else:
            draft.when_code, draft.when = None, ""
        return self._course.onward(citizen, draft)

    async def _back(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.enter(draft.previous())
        return self._course.show(citizen, draft)

    # The story

    def _typed_story(self, citizen: Citizen, draft: Draft, text: str) -> Step:
        if not text:
            return self._course.show(citizen, draft)
        if len(draft.texts) >= MAX_MESSAGES or draft.characters + len(text) > MAX_CHARACTERS:
            return Step((self._questions.story(draft, "tip.full"),), draft.to_state())
        draft.texts.append(text)
        draft.kept = False
        return self._course.show(citizen, draft)

    async def _take_photo(self, citizen: Citizen, draft: Draft, media: Media) -> Step:
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
        caption = media.caption.strip()
        if caption:
            return self._typed_story(citizen, draft, caption)
        return self._course.show(citizen, draft)

    async def _undo(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        if draft.texts:
            draft.texts.pop()
        return self._course.show(citizen, draft, Utterance("tip.undone"))

    async def _wipe(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        await self._photos.drop(draft.photos)
        draft.texts, draft.photos, draft.kept = [], [], False
        draft.enter(Stage.STORY)
        return self._course.show(citizen, draft)

    async def _told(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        return self._course.onward(citizen, draft)

    async def _keep(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.kept = True
        return self._course.onward(citizen, draft)

    # Review and sending

    async def _edit(self, citizen: Citizen, draft: Draft, part: str) -> Step:
        if part not in QUESTIONS:
            raise StaleButton()
        draft.enter(Stage(part))
        draft.correcting = True
        return self._course.show(citizen, draft)

    async def _toggle_notify(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.notify = not draft.notify
        self._course.choose_receipt(citizen, draft)  # A changed tip is another one, should the first have been stored unseen.
        return self._course.show(citizen, draft)

    async def _send(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        try:
            await self._submission.send(draft, citizen)
        except NobodyToRead:
            return self._course.show(citizen, draft, Utterance("tip.nobody_to_read"))
        except Conflict:
            self._course.choose_receipt(citizen, draft)
            return self._course.show(citizen, draft, Utterance("tip.press_again"))
        except SealBroken:
            await self._photos.drop(draft.photos)
            draft.photos = []
            return self._course.show(citizen, draft, Utterance("tip.photo.lost"))
        # The nonce stays: pressing "send" twice shows the receipt twice, and the story is no longer needed.
        receipt = Draft(
            stage=Stage.SENT,
            nonce=draft.nonce,
            tip_id=draft.tip_id,
            locator=draft.locator,
            words=draft.words,
            shown_until=(citizen.now + RECEIPT_SHOWN).timestamp(),
        )
        return self._course.show(citizen, receipt, self._questions.thanks(citizen.now))

    async def _show_receipt(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        return self._course.show(citizen, draft)

    async def _noted(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        return Step((Utterance("tip.noted", {}, ((Choice("receipt:start"), Choice("menu:open")),)),))


def _is_image(media: Media) -> bool:
    return media.kind is MediaKind.PHOTO or (media.kind is MediaKind.DOCUMENT and (media.media_type or "").startswith("image/"))
