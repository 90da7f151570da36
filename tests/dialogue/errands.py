"""What people send besides pressing buttons: words, commands, media, and what belongs on the screens of a tip or a receipt."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml
from PIL import Image

from actions.builder import build_executor
from actions.server import run_action
from actions.services import Services
from bot.city import City
from bot.conversation.conversation import COMMANDS
from bot.conversation.dialogue import Understanding, read_understanding
from bot.errors import MediaUnavailable
from bot.guidance import read_guides
from bot.messages import Command, Content, Language, Media, MediaKind, Press, Text
from bot.tips.draft import MAX_MESSAGES
from bot.tips.waiting import MAX_FILES, MAX_PHOTOS
from tests.dialogue.conftest import ROOT
from tests.dialogue.walking import Walk, Way

INSIDE, OUTSIDE = (46.475, -3.05), (1.0, 2.0)
"""Two places, as latitude and longitude; the first lies in a district of the example city."""
_STORY = Text("zz zz zz")
_TELLING = Text("only I know, see instagram.com/nobody")
_TELLTALE = Text("my name is nobody, ask my brother at my house, @nobody_here, +33 1 99 00 00 00, nobody@example.org")
UNSURE = "nlu_fallback"
_MEGABYTE = 1024 * 1024


def intents() -> list[str]:
    """Every intent that the model may find, and the one for "not sure"."""
    named: list[str] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    return [*named, UNSURE]


def _doubt(intent: str) -> str:
    """Words that the model is not sure of; most likely they mean the intent."""
    return f"q {words_for(intent)}"


def words_for(intent: str) -> str:
    """Short words in no language, or they were keys hit at random; :class:`tests.dialogue.walking.Obedient` takes them for the intent."""
    return " ".join(f"q{letter}" for letter in intent if letter.isalpha())


async def understandings(topic: str) -> dict[str, Understanding]:
    """For the words of each intent what Rasa would answer: its rule, and where that names an action, the real action.

    Args:
        topic: what subscribing is about.
    """
    rules = yaml.safe_load((ROOT / "stories" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    answers = {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in rules}
    sure = {words_for(intent): await _understood(intent, intent, answers[intent], topic) for intent in intents()}
    unsure = {_doubt(intent): await _understood(UNSURE, intent, answers[UNSURE], topic) for intent in intents()}
    return sure | unsure


async def _understood(intent: str, likely: str, action: str, topic: str) -> Understanding:
    ranking = [{"name": likely, "confidence": 0.29}]
    responses: Iterable[Mapping[str, Any]] = [{"utter": action}]
    if not action.startswith("utter_"):
        message = {"text": "", "intent": {"name": intent}, "intent_ranking": ranking}
        call = {"next_action": action, "sender_id": "p", "tracker": {"sender_id": "p", "latest_message": message, "events": []}}
        _, body = await run_action(build_executor(Services(topic_of=lambda text: topic)), call)
        responses = [response["custom"] for response in body["responses"]]
    return read_understanding({"intent": intent, "confidence": 0.29, "ranking": ranking, "responses": responses})


def entrances(city: City, receipt: str) -> Iterator[Way]:
    """Where a walk begins: commands, words for each intent, media out of the blue, and what takes more than one press to see."""
    yield from ((Command(name),) for name in ("start", *COMMANDS, "cancel"))
    yield from ((Text(words),) for intent in intents() for words in (words_for(intent), _doubt(intent)))
    yield from ((content,) for content in _out_of_the_blue())
    yield from ((Press(f"guide:{harm}"), Press("guide:back")) for harm in _resting_guides(city))
    yield (Press("guide:hate:me"), Command("cancel"))
    yield (Press("receipt:start"), Text(receipt), "receipt:<nonce>:notify", "receipt:<nonce>:notify")
    yield from _about_topics(*city.topics[:2])
    yield from _tips(city)


def _resting_guides(city: City) -> Iterator[str]:
    """Guides that one can come back to: those that are not discreet."""
    for harm, guide in read_guides(ROOT / "locales" / "guides", city.languages).items():
        if not guide.nodes["start"].discreet:
            yield harm


def _about_topics(one: str, another: str) -> Iterator[Way]:
    both = (Press(f"topics:add:{one}"), Press(f"topics:add:{another}"))
    yield (*both, Press(f"topics:why:{one}"))
    yield (*both, Press(f"topics:drop:{one}"))
    yield (*both, Press("topics:hours:morning:9"))
    yield (*both, Press("topics:hours:evening:20"), Press("topics:hours:morning:9"))


def _tips(city: City) -> Iterator[Way]:
    """A tip of each kind, one that shows its writer, and one whose photos are too many or not allowed any more."""
    for category in city.tip_categories:
        yield from (story(category.code), told(category.code, _STORY))
    quiet, pictured = (next(each.code for each in city.tip_categories if each.photos is wanted) for wanted in (False, True))
    yield (*_category(_undated(city)), "tip:<nonce>:skip", Text("20.11.2026"), "tip:<nonce>:right", _STORY, "tip:<nonce>:done")
    yield from (told(quiet, words) for words in (_TELLTALE, _TELLING))
    yield (*story(quiet), *[_STORY] * (MAX_MESSAGES + 1))
    yield (*story(pictured), *[_photo(_jpeg())] * (MAX_PHOTOS + 1))
    yield (*told(pictured, _photo(_jpeg())), "tip:<nonce>:edit:category", f"tip:<nonce>:about:{quiet}")
    yield from _with_files(next(each.code for each in city.tip_categories if each.files), quiet)


def _with_files(filed: str, quiet: str) -> Iterator[Way]:
    """Recordings, videos and documents: kept, left out, too many, and not allowed any more."""
    for kind in (VOICE, VIDEO, PDF):
        yield (*story(filed), kind, "tip:<nonce>:leave")
        yield (*story(filed), kind, "tip:<nonce>:agree", "tip:<nonce>:done", "tip:<nonce>:skip*")
    yield (*story(filed), *[PDF] * (MAX_FILES + 1))
    kept: Way = (*story(filed), PDF, "tip:<nonce>:agree", "tip:<nonce>:done", "tip:<nonce>:skip*")
    yield (*kept, "tip:<nonce>:edit:category", f"tip:<nonce>:about:{quiet}")


def _out_of_the_blue() -> Iterable[Content]:
    yield from (Media(kind) for kind in MediaKind)
    yield from (Text(""), Text("🙈"), Text("zz " * 2000), Text("zz zz", edited=True), Text("nobody understands this zz"))
    yield from (Press("menu:help"), Press("know:none"), Press("topics:why:bikes"), Press("topics:drop:all"))


def _undated(city: City) -> str:
    """A category that asks where and when, then what happened and nothing else."""
    return next(each.code for each in city.tip_categories if tuple(each.questions) == ("where", "when", "what"))


def _category(category: str) -> Way:
    """To the first question of a tip."""
    return (Press("tip:start"), "tip:<nonce>:begin", f"tip:<nonce>:about:{category}")


def story(category: str) -> Way:
    """To the question of a tip that cannot be skipped: what happened."""
    return (*_category(category), "tip:<nonce>:skip*")


def told(category: str, *contents: Content) -> Way:
    """To the review of a tip, or to what shows its writer."""
    return (*story(category), *contents, "tip:<nonce>:done", "tip:<nonce>:skip*")


async def send_tip(walk: Walk, category: str) -> tuple[str, str]:
    """Send a tip; the locator and the words of its receipt."""
    await walk.go((*told(category, _STORY), "tip:<nonce>:notify", "tip:<nonce>:send"))
    receipt = walk.params["tip.receipt"]
    return str(receipt["locator"]), str(receipt["words"])


def extras(language: Language, locator: str, words: str) -> Callable[[frozenset[str]], Sequence[Content]]:
    """What to send on the screens of tips, receipts and questions. The receipt is that of a tip sent before."""
    five = " ".join(words.split()[:5])
    wrong = " ".join(reversed(words.split()))
    typed = (f"{locator} {words}", locator, words, five, f"{locator} {wrong}", "zzzz yyyy", _mistyped(locator))
    sent: Mapping[str, Sequence[Content]] = {
        "tip.intro": [_STORY],
        "tip.category": [_STORY],
        "tip.ask.where": [Text("zz " * 150), _at(INSIDE), _at(OUTSIDE), _STORY],
        "tip.ask.when": [_STORY, *_times(language), _at(INSIDE)],
        "tip.ask.what": [_STORY, _TELLTALE, _photo(_jpeg())],
        "tip.ask.what_photos": [_STORY, *_photos()],
        "tip.ask.what_files": [_STORY, *_files()],
        "tip.review": [_STORY, Command("tip")],
        "tip.added": [Command("cancel")],
        "receipt.ask": [Command("cancel"), *map(Text, typed)],
        "receipt.open": [_TELLTALE, _photo(_jpeg()), Media(MediaKind.STICKER)],
        "know.ask": [Command("cancel"), _STORY, _photo(_jpeg())],
    }
    return lambda keys: [content for key, contents in sent.items() if key in keys for content in contents]


def _times(language: Language) -> Iterator[Text]:
    """A day, a clock time, and each part of yesterday as the language says it."""
    spoken = yaml.safe_load((ROOT / "locales" / "times" / f"{language}.yml").read_text(encoding="utf-8"))
    yield from (Text("20.11.2026"), Text("20.11.2026 22:00"))
    yield from (Text(f"{spoken['days'][1][0]} {name}") for names in spoken["parts"].values() for name in names)


def _mistyped(locator: str) -> str:
    """The locator with its last character changed."""
    return locator[:-1] + ("2" if locator[-1] != "2" else "3")


def _at(place: tuple[float, float]) -> Media:
    return Media(MediaKind.LOCATION, latitude=place[0], longitude=place[1])


def _photos() -> list[Media]:
    """A photo that is taken, and those that are not, each for a reason of its own."""
    return [
        _photo(_jpeg()),
        _photo(b"no picture"),
        _photo(_jpeg(), size=64 * _MEGABYTE),
        Media(MediaKind.PHOTO, size=10, fetch=_gone),
        Media(MediaKind.DOCUMENT, media_type="application/pdf"),
        Media(MediaKind.VOICE),
    ]


def _files() -> list[Media]:
    """Files that are not taken, each for a reason of its own."""
    return [
        _sent(MediaKind.DOCUMENT, b"MZ\0"),
        _sent(MediaKind.DOCUMENT, b"%PDF-1.7 cut"),
        _sent(MediaKind.VIDEO, b"", size=21 * _MEGABYTE),
        Media(MediaKind.VIDEO, size=10, fetch=_gone),
    ]


def _photo(data: bytes, size: int | None = None) -> Media:
    return _sent(MediaKind.PHOTO, data, size)


def _sent(kind: MediaKind, data: bytes, size: int | None = None) -> Media:
    async def fetch() -> bytes:
        return data

    return Media(kind, size=size or len(data), fetch=fetch)


VOICE = _sent(MediaKind.VOICE, b"OggS")
VIDEO = _sent(MediaKind.VIDEO, bytes([0, 0, 0, 8]) + b"ftyp" + bytes([0, 0, 0, 8]) + b"moov")
PDF = _sent(MediaKind.DOCUMENT, b"%PDF-1.7\n%%EOF")


async def _gone() -> bytes:
    raise MediaUnavailable


def _jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    return out.getvalue()


