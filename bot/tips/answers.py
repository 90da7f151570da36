"""Takes the answers of an intake: what it is about, where, when, and what the category asks beyond that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.city import TipQuestion
from bot.errors import StaleButton
from bot.messages import Citizen, Media, Step, Utterance
from bot.tips.city import TipCity, category_of
from bot.tips.course import Course
from bot.tips.draft import CHOICES, MAX_ANSWER, WHEN_CODES, Draft
from bot.tips.drafts import DraftFiles
from bot.tips.handlers import Handler
from bot.tips.taking import allowed_in
from bot.tips.times import Times
from bot.tips.urgency import shows_danger, who_reads
from bot.tips.waiting import photos_of
from bot.tips.words import fold


class Answers:
    """Writes answers into the draft and moves on.

    Args:
        drafts: files are dropped when the topic changes to one without.
        times: understands when it was.
    """

    def __init__(self, city: TipCity, course: Course, drafts: DraftFiles, times: Times) -> None:
        self._city = city
        self._course = course
        self._drafts = drafts
        self._times = times
        self._presses: Mapping[str, Mapping[str, Handler]] = {
            TipQuestion.WHERE: {"in": self._in_district},
            TipQuestion.WHEN: {"when": self._at_time, "right": self._right, "words": self._not_right},
        }

    def handler(self, draft: Draft, verb: str) -> Handler | None:
        """What answers a button under the present question, None when there is no such button."""
        if verb == "skip" and draft.question != TipQuestion.WHAT:
            return self._skip
        if verb == "pick" and draft.question in CHOICES:
            return self._picked
        return self._presses.get(draft.question, {}).get(verb)

    async def about(self, citizen: Citizen, draft: Draft, code: str) -> Step:
        """The category was chosen. Raises StaleButton."""
        category = category_of(self._city, code)
        if category is None:
            raise StaleButton()
        draft.category = code
        draft.keep_only(category.questions)
        before: list[Utterance] = []
        if category.urgent:
            before.append(Utterance("tip.urgent", {"reads": who_reads(self._city, citizen)}))
        allowed = allowed_in(category)
        if unfit := [file for file in draft.files if file["kind"] not in allowed]:
            await self._drafts.drop(unfit)
            draft.files = [file for file in draft.files if file["kind"] in allowed]
            before.append(Utterance("tip.photo.dropped" if photos_of(unfit) else "tip.file.dropped"))
        return self._course.onward(citizen, draft, *before)

    async def typed_category(self, citizen: Citizen, draft: Draft, text: str) -> Step:
        """The category's name was typed, or something else."""
        for category in self._city.tip_categories:
            if fold(self._city.label("category", category.code, citizen.language)) == fold(text):
                return await self.about(citizen, draft, category.code)
        return self._course.show(citizen, draft, Utterance("tip.use_buttons"))

    async def typed(self, citizen: Citizen, draft: Draft, text: str) -> Step:
        """An answer in words, to any question but what happened."""
        if len(text) > MAX_ANSWER:
            return self._course.show(citizen, draft, Utterance("tip.too_long", {"limit": MAX_ANSWER}))
        match draft.question:
            case TipQuestion.WHERE:
                return await self._typed_place(citizen, draft, text)
            case TipQuestion.WHEN:
                return self._typed_time(citizen, draft, text)
        draft.forget(draft.question)
        draft.answers[draft.question] = text
        return self._answered(citizen, draft)

    def located(self, citizen: Citizen, draft: Draft, media: Media) -> Step:
        """Only the district is kept of a place on the map; the place itself is forgotten here."""
        if draft.question != TipQuestion.WHERE or draft.paused or media.latitude is None or media.longitude is None:
            return self._course.refused(citizen, draft, media, "tip.location_not_here")
        place = self._city.district_at(media.latitude, media.longitude)
        if place is None:
            return self._course.refused(citizen, draft, media, "tip.location_outside")
        draft.district, draft.place = place.code, ""
        step = self._course.onward(citizen, draft, Utterance("tip.location_taken", {"district": place.name}))
        return replace(step, erase=True)

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

    async def _at_time(self, citizen: Citizen, draft: Draft, code: str) -> Step:
        if code not in WHEN_CODES:
            raise StaleButton()
        draft.forget(TipQuestion.WHEN)
        draft.when_code = code
        return self._course.onward(citizen, draft)

    def _typed_time(self, citizen: Citizen, draft: Draft, text: str) -> Step:
        """The words are kept as they are; what they seem to mean is shown, and kept beside them only if it is right."""
        moment = self._times.understand(text, citizen.language, self._city.local(citizen.now))
        draft.when_code, draft.when, draft.moment = None, text, moment.to_json() if moment else None
        return self._course.show(citizen, draft) if moment else self._course.onward(citizen, draft)

    async def _right(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        if draft.moment is None:
            raise StaleButton()
        return self._course.onward(citizen, draft)

    async def _not_right(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.moment = None
        return self._course.onward(citizen, draft)

    async def _picked(self, citizen: Citizen, draft: Draft, code: str) -> Step:
        if code not in CHOICES[draft.question]:
            raise StaleButton()
        draft.forget(draft.question)
        draft.choices[draft.question] = code
        return self._answered(citizen, draft)

    async def _skip(self, citizen: Citizen, draft: Draft, _: str) -> Step:
        draft.forget(draft.question)
        return self._course.onward(citizen, draft)

    def _answered(self, citizen: Citizen, draft: Draft) -> Step:
        if not shows_danger(draft, draft.question):
            return self._course.onward(citizen, draft)
        danger = Utterance("tip.danger", {"reads": who_reads(self._city, citizen)})
        return self._course.onward(citizen, draft, danger)
