"""What the knowledge tests share: a small city with four articles, an encoder of words, a clock that the test moves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from bot.city import ArticleText, CityArticle, Source
from bot.errors import FaroError
from bot.knowledge.alarm import Alarm
from bot.knowledge.drafts import ArticleDraft
from bot.messages import Address, Channel, Citizen, Language, Pseudonym

EN, FR = Language("en"), Language("fr")
NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
DIMENSIONS = 256


def part(title: str, questions: Sequence[str], text: str) -> ArticleText:
    return ArticleText(title, tuple(questions), text)


def article(slug: str, topic: str, en: ArticleText, fr: ArticleText) -> CityArticle:
    return CityArticle(slug, topic, date(2026, 11, 1), (Source("Childnet", "https://www.childnet.com/"),), {EN: en, FR: fr})


ARTICLES = (
    article(
        "two-locks",
        "bikes",
        part("Locking a bike", ["which lock for my bike", "lock bike frame"], "**Lock** the bike frame.\nTwo locks keep a bike."),
        part("Attacher un vélo", ["quel antivol pour mon vélo", "attacher vélo cadre"], "Attache le cadre.\nDeux antivols."),
    ),
    article(
        "used-bike",
        "bikes",
        part("Buying an old bicycle", ["buying bicycle from seller", "seller without receipt"], "Ask the seller for a receipt."),
        part("Acheter un vélo usagé", ["acheter chez un vendeur", "vendeur sans facture"], "Demande la facture au vendeur."),
    ),
    article(
        "loose-dog",
        "street",
        part("A loose dog", ["dog runs towards me", "dog barks loudly"], "Stand still, dog passes.\nIn danger call {emergency}."),
        part("Un chien sans laisse", ["chien court vers moi", "chien aboie fort"], "Il passe.\nAppelle le {emergency}."),
    ),
    article(
        "night-walk",
        "street",
        part("Walking home at night", ["scared walking home night", "walking dark park"], "Choose lit streets at night in {city}."),
        part("Rentrer la nuit", ["peur de rentrer la nuit", "rentrer parc sombre"], "Choisis des rues éclairées."),
    ),
)


@dataclass(frozen=True)
class Kept:
    questions_days: int = 30


@dataclass(frozen=True)
class SmallCity:
    """Two topics, two languages, Paris time."""

    name: str = "Port [Clair]"
    emergency_number: str = "112"
    languages: tuple[Language, ...] = (EN, FR)
    article_topics: tuple[str, ...] = ("bikes", "street")
    articles: tuple[CityArticle, ...] = ARTICLES
    article_max_age_days: int = 400
    retention: Kept = field(default_factory=Kept)

    def label(self, kind: str, code: str, language: Language) -> str:
        return {"bikes": {EN: "Bikes", FR: "Vélos"}, "street": {EN: "Street", FR: "Rue"}}[code][language]

    def local(self, now: datetime) -> datetime:
        return now.astimezone(ZoneInfo("Europe/Paris"))


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


class QuietEar:
    """A second net that hears what the test says, and writes down what it was asked."""

    def __init__(self) -> None:
        self.alarm = Alarm.NONE
        self.asked: list[str] = []

    async def listen(self, text: str) -> Alarm:
        self.asked.append(text)
        return self.alarm


@dataclass(frozen=True)
class Vectors:
    encoder: str
    vectors: tuple[bytes, ...]


class WordEncoder:
    """Texts that share words lie close: each word points somewhere, a text to the sum of its words."""

    def __init__(self, name: str = "words-1") -> None:
        self.name = name
        self.away = False
        self.asked: list[list[str]] = []
        self._words: dict[str, np.ndarray] = {}

    async def embed(self, texts: Sequence[str]) -> Vectors:
        if self.away:
            raise FaroError
        self.asked.append(list(texts))
        return Vectors(self.name, tuple(self.vector(text) for text in texts))

    def vector(self, text: str) -> bytes:
        total = sum((self._word(word) for word in text.lower().split()), np.full(DIMENSIONS, 0.5, np.float32))
        return (total / np.linalg.norm(total)).astype("<f4").tobytes()

    def _word(self, word: str) -> np.ndarray:
        name = f"{self.name}{word}"
        if name not in self._words:
            seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
            self._words[name] = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
        return self._words[name]


def citizen(number: int = 1, language: Language = EN) -> Citizen:
    return Citizen(Pseudonym(f"{number:032x}"), language, Address(Channel.TELEGRAM, str(number)), NOON)


def draft(**changes: object) -> ArticleDraft:
    """A draft without problems, changed."""
    values: dict[str, object] = {
        "topic": "bikes",
        "checked_on": date(2026, 11, 20),
        "sources": (Source("Police", "https://police.example/bikes"),),
        "texts": {
            EN: part("Helmet on", ["need a helmet", "which helmet fits"], "Wear a helmet.\nIt must not move."),
            FR: part("Mets un casque", ["faut un casque", "quel casque choisir"], "Porte un casque.\nIl ne bouge pas."),
        },
    }
    return ArticleDraft(**(values | changes))  # type: ignore[arg-type]
