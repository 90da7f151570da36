"""A title of the library is read in the reader's language, one's own as it is."""

from __future__ import annotations

from pathlib import Path

from bot.campaigns.emergency_templates import Templates
from bot.campaigns.library import Library
from bot.city import City
from bot.console.titles import Titles, by_title
from bot.messages import Language

EN, FR = Language("en"), Language("fr")
CITY = Path(__file__).parents[3] / "city"


def test_what_two_things_are_called_in_different_words_is_left_as_it_is() -> None:
    bikes = {EN: "Bikes", FR: "Vélos"}
    assert by_title([bikes, bikes])["Vélos"] == bikes
    assert by_title([bikes, {EN: "Bikes", FR: "Bicyclettes"}])["Bikes"] == {}


async def test_library_and_emergencies_are_called_as_the_reader_calls_them() -> None:
    city = City.load(CITY)
    library, templates = Library(CITY, city), Templates(CITY, city)
    titles = Titles(library, templates, city.languages)
    item = next(one for one in await library.items() if len(one.episodes) > 1)
    episode = item.episodes[1]
    assert titles.of(episode.title_in(FR), EN) == episode.title_in(FR), "nothing is known before it was read"
    await titles.read()
    assert titles.of(episode.title_in(FR), EN) == episode.title_in(EN) != episode.title_in(FR)
    flood = await templates.get("flood")
    assert titles.of(flood.title[EN], FR) == flood.title[FR]
    assert titles.of("Written by somebody here", FR) == "Written by somebody here"
