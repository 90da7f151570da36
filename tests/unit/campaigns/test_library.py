"""The library of the example city is complete and reads well; a file that does not serve is left out and named."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.campaigns.drafts import find_problems
from bot.campaigns.exchange import Content, Series, read
from bot.campaigns.library import Library
from bot.campaigns.quiz_rules import find_quiz_problems
from bot.city import City
from bot.errors import NotFound
from bot.markup import to_plain
from bot.messages import Language
from tests.unit.campaigns.kit import EN, FR, SmallCity, wall
from tests.unit.campaigns.test_exchange import FILE, SERIES
from tests.unit.readability import SCALES, plain, words

CITY = City.load(Path(__file__).parents[3] / "city")
FILES = sorted((Path(__file__).parents[3] / "city" / "campaigns").glob("*.yml"))
TOPICS = {"trolling", "sextortion", "image_abuse", "account_safety", "bystanders", "scams", "events"}
HELP = {"https://takeitdown.ncmec.org", "https://stopncii.org"}
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def content_of(path: Path) -> Content | Series:
    found = read(path.read_text())
    assert not isinstance(found, tuple), found
    return found


def messages() -> list[tuple[str, Content]]:
    """Every message of the library, an episode by its number."""
    found = [(path.stem, content_of(path)) for path in FILES]
    alone = [(name, one) for name, one in found if isinstance(one, Content)]
    return alone + [(f"{name} {n}", part) for name, one in found if isinstance(one, Series) for n, part in enumerate(one.episodes, start=1)]


MESSAGES = messages()


def test_there_are_enough_campaigns_and_series_for_every_topic() -> None:
    contents = [content_of(path) for path in FILES]
    campaigns = [one for one in contents if isinstance(one, Content)]
    series = [one for one in contents if isinstance(one, Series)]
    assert len(campaigns) >= 12 and {one.topic for one in campaigns} == TOPICS
    assert len(series) >= 3 and all(len(one.episodes) >= 5 for one in series)
    forks = [onward for one in series for part in one.episodes if (onward := part.onward) and onward.answers]
    assert forks, "one at least is a thread that forks"


async def test_the_example_citys_library_has_no_mistake() -> None:
    library = Library(Path(__file__).parents[3] / "city", CITY)
    assert await library.mistakes() == ()
    assert len(await library.items()) == len(FILES)


@pytest.mark.parametrize(("name", "content"), MESSAGES, ids=[name for name, _ in MESSAGES])
def test_a_message_can_be_submitted_as_it_is_and_names_its_sources(name: str, content: Content) -> None:
    draft = content.draft(CITY, wall("2026-11-23T17:00"), EN)
    assert [*find_problems(draft, CITY, NOW), *find_quiz_problems(draft, CITY)] == []
    assert draft.sources and set(content.titles) == set(CITY.languages) - {EN}


@pytest.mark.parametrize("language", CITY.languages)
@pytest.mark.parametrize(("name", "content"), MESSAGES, ids=[name for name, _ in MESSAGES])
def test_a_message_is_short_plain_and_calm(name: str, content: Content, language: Language) -> None:
    text = content.texts[language]
    bare = re.sub(r"https://[^)\s]+", "", text)
    assert 25 <= len(words(plain(text))) <= 70
    assert not re.search(r"[!¡\d]", bare), "no exclamation marks, no numbers"
    assert set(re.findall(r"https?://[^)\s]+", text)) <= HELP
    assert SCALES[language].allows(plain(text))
    assert to_plain(text) != text, "the first line stands out"


@pytest.mark.parametrize("language", CITY.languages)
def test_explanations_of_quizzes_are_plain_and_blame_nobody(language: Language) -> None:
    texts = [content.quiz.texts[language] for _, content in MESSAGES if content.quiz]
    said = "\n".join(answer.explanation for text in texts for answer in text.answers)
    assert len(texts) >= 5 and SCALES[language].allows(said) and not re.search(r"[!¡\d]", said)
    assert not re.search(r"\b(wrong|stupid|faux|bête|mal hecho|tonto|sbagliato|stupido)\b", said, re.IGNORECASE)


def test_a_series_asks_the_same_at_its_beginning_and_end() -> None:
    for path in FILES:
        if isinstance(series := content_of(path), Series):
            assert series.episodes[0].quiz == series.episodes[-1].quiz is not None


async def test_what_does_not_serve_in_this_city_is_left_out_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "campaigns"
    folder.mkdir()
    both = SERIES.replace("{en: First.}", "{en: First., fr: Un.}").replace("{en: Second.}", "{en: Second., fr: Deux.}")
    files = {"good": FILE, "series": both, "half": SERIES, "strange": FILE.replace("topic: bikes", "topic: canoes"), "broken": "a: ["}
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text)
    (folder / "latin.yml").write_bytes(b"title: caf\xe9")
    (folder / "huge.yml").write_text("a: " + "x" * 200_000)
    library = Library(tmp_path, SmallCity())
    assert [item.slug for item in await library.items()] == ["good", "series"]
    assert list(await library.mistakes()) == [
        "campaigns/broken.yml: (line 2): this is not YAML",
        "campaigns/half.yml: message 1: texts.fr is missing",
        "campaigns/half.yml: message 2: texts.fr is missing",
        "campaigns/huge.yml: the file is larger than 128 KiB",
        "campaigns/latin.yml: cannot be read (UnicodeDecodeError)",
        "campaigns/strange.yml: topic: canoes is not one of the city's topics (city.yml, topics)",
    ]
    assert (await library.get("good")).content.title_in(FR) == "Le deuxième antivol"
    for slug in ("half", "../city", ""):
        with pytest.raises(NotFound):
            await library.get(slug)


async def test_a_city_may_have_no_library(tmp_path: Path) -> None:
    library = Library(tmp_path, SmallCity())
    assert await library.items() == () and await library.mistakes() == ()
