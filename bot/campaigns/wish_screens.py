"""Screens of the flow ``topics`` for wishes: pause, own quiet hours, what a person tells of themselves, why messages come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.campaigns.city import CityFacts
from bot.campaigns.courtesy import EVENINGS, MORNINGS
from bot.campaigns.wishes import AGE_BANDS, WishBook, Wishes
from bot.errors import StaleButton
from bot.markup import escape
from bot.messages import Choice, Citizen, Utterance

TICK = "✓ "
_PAUSES = {"week": timedelta(days=7), "month": timedelta(days=30), "end": None}
_SETTINGS = Choice("topics:settings", "topics.button.settings")
_TOPICS = Choice("topics:open", "topics.button.topics")
_MENU = Choice("menu:open", "topics.button.menu")
_ABOUT = Choice("topics:about", "topics.button.about")
_OTHER = "other"
_BUTTONS = frozenset({"settings", "pause", "hours", "about", "age", "district", "why"})


class WishScreens:
    """Answers the buttons about wishes of somebody who is subscribed."""

    def __init__(self, book: WishBook, city: CityFacts) -> None:
        self._book = book
        self._city = city

    async def answer(self, citizen: Citizen, parts: list[str]) -> Utterance | None:
        """The screen after a button; None when the person is not subscribed (any more). Raises StaleButton."""
        if parts[0] not in _BUTTONS:
            raise StaleButton
        wishes = await self._book.of(citizen.pseudonym)
        match parts:
            case ["why", *_]:
                return await self._why(citizen, parts[1:])
            case _ if wishes is None:
                return None
            case ["settings"]:
                return self._settings(wishes, citizen)
            case ["pause", length] if length in _PAUSES:
                return await self._pause(citizen, wishes, length)
            case ["hours", *choice]:
                return await self._hours(citizen, wishes, choice)
            case ["about" | "age" | "district", *_]:
                return await self._about(citizen, wishes, parts)
        raise StaleButton

    def _settings(self, wishes: Wishes, citizen: Citizen) -> Utterance:
        paused = wishes.paused_until is not None and wishes.paused_until > citizen.now
        pause = Utterance("topics.paused", {"until": wishes.paused_until}) if paused else Utterance("topics.not_paused")
        params = {"pause": pause, "hours": Utterance("topics.quiet", {"own": _own_hours(wishes)}), "cap": self._cap()}
        pauses = ("end",) if paused else ("week", "month")
        rows = (
            tuple(Choice(f"topics:pause:{length}", f"topics.button.pause_{length}") for length in pauses),
            (Choice("topics:hours", "topics.button.hours"),),
            (_ABOUT,),
            (Choice("topics:why", "topics.button.why"),),
            (_TOPICS, _MENU),
        )
        return Utterance("topics.settings", params, rows)

    def _cap(self) -> Utterance:
        return Utterance("topics.cap", {"count": self._city.weekly_cap})

    async def _pause(self, citizen: Citizen, wishes: Wishes, length: str) -> Utterance:
        span = _PAUSES[length]
        until = None if span is None else citizen.now + span
        await self._book.pause(citizen.pseudonym, until)
        return self._settings(replace(wishes, paused_until=until), citizen)

    async def _hours(self, citizen: Citizen, wishes: Wishes, choice: list[str]) -> Utterance:
        match choice:
            case []:
                pass
            case ["city"]:
                wishes = replace(wishes, evening=None, morning=None)
            case ["evening", hour] if hour in map(str, EVENINGS):
                wishes = replace(wishes, evening=int(hour))
            case ["morning", hour] if hour in map(str, MORNINGS):
                wishes = replace(wishes, morning=int(hour))
            case _:
                raise StaleButton
        if choice:
            await self._book.keep_quiet(citizen.pseudonym, evening=wishes.evening, morning=wishes.morning)
        rows = (
            tuple(_hour("evening", hour, wishes.evening) for hour in EVENINGS),
            tuple(_hour("morning", hour, wishes.morning) for hour in MORNINGS),
            (Choice("topics:hours:city", "topics.button.hours_city"), _SETTINGS),
        )
        return Utterance("topics.hours", {"own": _own_hours(wishes)}, rows)

    async def _about(self, citizen: Citizen, wishes: Wishes, parts: list[str]) -> Utterance:
        match parts:
            case ["about"]:
                pass
            case ["age"]:
                return _asking("topics.age", [(Choice(f"topics:age:{band}", f"topics.age_band.{band}"),) for band in AGE_BANDS])
            case ["district"]:
                return _asking("topics.district", self._districts(citizen))
            case ["age", band] if band in (*AGE_BANDS, _OTHER):
                wishes = replace(wishes, age_band=None if band == _OTHER else band)
                await self._book.tell_age(citizen.pseudonym, wishes.age_band)
            case ["district", code] if code in (*self._codes(), _OTHER):
                wishes = replace(wishes, district=None if code == _OTHER else code)
                await self._book.tell_district(citizen.pseudonym, wishes.district)
            case _:
                raise StaleButton
        return self._told(wishes, citizen)

    def _told(self, wishes: Wishes, citizen: Citizen) -> Utterance:
        age = Utterance(f"topics.age_band.{wishes.age_band}" if wishes.age_band in AGE_BANDS else "topics.untold")
        known = wishes.district in self._codes()
        district = escape(self._city.label("district", wishes.district or "", citizen.language)) if known else Utterance("topics.untold")
        rows = (
            (Choice("topics:age", "topics.button.age"), Choice("topics:district", "topics.button.district")),
            (_SETTINGS, _MENU),
        )
        return Utterance("topics.about", {"age": age, "district": district}, rows)

    def _codes(self) -> list[str]:
        return [district.code for district in self._city.districts]

    def _districts(self, citizen: Citizen) -> list[tuple[Choice, ...]]:
        names = {code: self._city.label("district", code, citizen.language) for code in self._codes()}
        return [(Choice(f"topics:district:{code}", name, literal=True),) for code, name in names.items()]

    async def _why(self, citizen: Citizen, topic: list[str]) -> Utterance:
        reason = Utterance("topics.why_any")
        if len(topic) == 1 and topic[0] in self._city.topics:
            since = await self._book.subscribed_since(citizen.pseudonym, topic[0])
            name = escape(self._city.label("topic", topic[0], citizen.language))
            known = {"topic": name, "since": since}
            reason = Utterance("topics.why_topic", known) if since else Utterance("topics.why_none", {"topic": name})
        elif topic:
            raise StaleButton
        return Utterance("topics.why", {"reason": reason, "cap": self._cap()}, ((_TOPICS, _SETTINGS), (_MENU,)))


def _asking(key: str, rows: list[tuple[Choice, ...]]) -> Utterance:
    return Utterance(key, choices=(*rows, (Choice(f"{key.replace('.', ':')}:{_OTHER}", "topics.button.untold"), _ABOUT)))


def _hour(part: str, hour: int, chosen: int | None) -> Choice:
    return Choice(f"topics:hours:{part}:{hour}", f"{TICK if hour == chosen else ''}{hour}:00", literal=True)


def _own_hours(wishes: Wishes) -> Utterance:
    """Own quiet hours in words."""
    hours = {"evening": wishes.evening, "morning": wishes.morning}
    said = "_".join(part for part, hour in hours.items() if hour is not None)
    return Utterance(f"topics.own_{said}" if said else "topics.own_none", hours)
