"""What people say about when it was is understood in four languages where it can mean one day, and left alone where not."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SettingsError
from bot.messages import Language
from bot.tips.moments import Moment, Part
from bot.tips.times import Times

FOLDER = Path(__file__).parents[3] / "locales" / "times"
NOON = datetime(2026, 11, 21, 12, 30, tzinfo=ZoneInfo("Europe/Paris"))  # a Saturday


@pytest.fixture(scope="module")
def times() -> Times:
    return Times.load(FOLDER, [Language(code) for code in ("en", "fr", "es", "it")])


def short(moment: Moment | None) -> str:
    if moment is None:
        return ""
    return " ".join(str(part) for part in (moment.day.strftime("%d/%m/%y"), moment.part, moment.clock and f"{moment.clock:%H:%M}") if part)


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "yesterday", "20/11/26"),
        ("en", "last night", "20/11/26 night"),
        ("en", "Yesterday evening, behind the station", "20/11/26 evening"),
        ("en", "this morning", "21/11/26 morning"),
        ("en", "on Monday", "16/11/26"),
        ("en", "last Saturday", "14/11/26"),
        ("en", "two days ago", "19/11/26"),
        ("en", "the day before yesterday", "19/11/26"),
        ("en", "14/3", "14/03/26"),
        ("en", "24/12", "24/12/25"),
        ("en", "March 14, 2025", "14/03/25"),
        ("en", "yesterday around 10 pm", "20/11/26 22:00"),
        ("en", "Friday evening around 8", "20/11/26 evening 20:00"),
        ("en", "last night at 2", "20/11/26 night 02:00"),
        ("en", "yesterday at 8", "20/11/26"),
        ("en", "an hour ago", "21/11/26 11:30"),
        ("fr", "hier soir", "20/11/26 evening"),
        ("fr", "cette nuit", "20/11/26 night"),
        ("fr", "ce matin", "21/11/26 morning"),
        ("fr", "lundi dernier", "16/11/26"),
        ("fr", "il y a deux jours", "19/11/26"),
        ("fr", "avant-hier", "19/11/26"),
        ("fr", "le 14 mars", "14/03/26"),
        ("fr", "hier vers 22h30", "20/11/26 22:30"),
        ("fr", "aujourd’hui", "21/11/26"),
        ("es", "anoche", "20/11/26 night"),
        ("es", "ayer por la tarde", "20/11/26 afternoon"),
        ("es", "esta mañana", "21/11/26 morning"),
        ("es", "el lunes", "16/11/26"),
        ("es", "hace dos días", "19/11/26"),
        ("es", "el 14 de marzo", "14/03/26"),
        ("es", "ayer a las 8 de la tarde", "20/11/26 afternoon 20:00"),
        ("it", "ieri sera", "20/11/26 evening"),
        ("it", "stanotte", "20/11/26 night"),
        ("it", "lunedì scorso", "16/11/26"),
        ("it", "due giorni fa", "19/11/26"),
        ("it", "l’altro ieri", "19/11/26"),
        ("it", "un’ora fa", "21/11/26 11:30"),
        ("it", "ieri verso le 22", "20/11/26 22:00"),
        ("fr", "last night", "20/11/26 night"),
    ],
)
def test_a_time_in_words_is_understood(times: Times, language: str, words: str, meant: str) -> None:
    assert short(times.understand(words, Language(language), NOON)) == meant


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "around 8"),
        ("en", "some time ago"),
        ("en", "3/4"),
        ("en", "31/2"),
        ("en", "Saturday"),
        ("en", "Monday or Tuesday"),
        ("en", "every Monday"),
        ("en", "since yesterday"),
        ("en", "not yesterday"),
        ("en", "tomorrow"),
        ("en", "tonight"),
        ("en", "14/3/2027"),
        ("en", "in the evening"),
        ("fr", "depuis lundi"),
        ("fr", "ce soir"),
        ("es", "mañana"),
        ("es", "los lunes"),
        ("it", "tutti i giorni"),
        ("it", "verso le 8"),
        ("de", "gestern"),
    ],
)
def test_what_may_mean_several_days_stays_in_words(times: Times, language: str, words: str) -> None:
    assert times.understand(words, Language(language), NOON) is None


def test_tonight_is_understood_once_it_is_evening(times: Times) -> None:
    assert short(times.understand("tonight", Language("en"), NOON.replace(hour=22))) == "21/11/26 evening"


def test_cette_nuit_said_at_night_is_left_alone(times: Times) -> None:
    assert times.understand("cette nuit", Language("fr"), NOON.replace(hour=23)) is None


def test_a_long_hostile_text_takes_no_time(times: Times) -> None:
    started = time.perf_counter()
    for text in ("1 " * 150, "a" * 300, "14/" * 100, "at " * 100, "1 hour " * 42, "in " * 100):
        times.understand(text, Language("en"), NOON)
    assert time.perf_counter() - started < 1.0


def test_a_moment_survives_being_stored() -> None:
    for moment in (Moment(NOON.date()), Moment(NOON.date(), Part.NIGHT, NOON.time())):
        assert Moment.from_json(moment.to_json()) == moment


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text("days: {0: [no]}")

    with pytest.raises(SettingsError, match=r"en\.yml"):
        Times.load(tmp_path, [Language("en")])
