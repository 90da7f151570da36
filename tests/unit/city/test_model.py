"""The city folder: the example is complete, mistakes are named, and helplines are chosen with care."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.city import City, LabelKind, Need
from bot.errors import SettingsError
from bot.messages import Language

EXAMPLE = Path(__file__).parents[3] / "city"
SATURDAY_NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
SATURDAY_NIGHT = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
EN, FR, ES, IT = (Language(code) for code in ("en", "fr", "es", "it"))


@pytest.fixture(scope="module")
def city() -> City:
    return City.load(EXAMPLE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "city"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def complaint(folder: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        City.load(folder)
    return str(caught.value)


def test_the_example_city_loads(city: City) -> None:
    assert city.name == "Portclair"
    assert city.languages == (EN, FR, ES, IT)
    assert city.country == "FR" and city.emergency_number == "112"
    assert len(city.districts) >= 8 and len(city.partners) >= 3


@pytest.mark.parametrize("language", [EN, FR, ES, IT])
def test_every_topic_category_and_district_has_a_name_in_every_language(city: City, language: Language) -> None:
    for topic in city.topics:
        assert city.label("topic", topic, language)
    for category in city.tip_categories:
        assert city.label("category", category.code, language)
    for district in city.districts:
        assert city.label("district", district.code, language) == district.name


def test_a_language_that_a_name_lacks_falls_back_to_the_default(city: City) -> None:
    assert city.label("topic", "bikes", Language("lv")) == city.label("topic", "bikes", EN)


@pytest.mark.parametrize("kind", ["topic", "category", "district", "tip_label", "tip_reply", "article_topic"])
def test_what_the_city_gave_up_is_called_by_its_code(city: City, kind: LabelKind) -> None:
    assert city.label(kind, "given_up", EN) == "given_up"


def test_an_unknown_category_is_an_error(city: City) -> None:
    with pytest.raises(KeyError):
        city.tip_category("no_such_category")


@pytest.mark.parametrize("code", ["crime", "hate", "harm_online", "other"])
def test_no_photo_is_taken_where_an_intimate_one_could_come(city: City, code: str) -> None:
    assert city.tip_category(code).photos is False and city.tip_category(code).files is False


@pytest.mark.parametrize("need", list(Need))
@pytest.mark.parametrize("language", [EN, FR, ES, IT])
def test_there_is_somebody_for_every_need_in_every_language(city: City, need: Need, language: Language) -> None:
    assert city.helplines_for(need, language, SATURDAY_NOON)


def test_whoever_is_open_now_comes_first(city: City) -> None:
    by_day = [line.code for line in city.helplines_for("child", FR, SATURDAY_NOON)]
    by_night = city.helplines_for("child", FR, SATURDAY_NIGHT)
    assert by_day[0] == "fr_3018"
    assert by_night[0].code == "fr_119"
    states = [city.opening(line, SATURDAY_NIGHT).is_open for line in by_night]
    assert states == sorted(states, key=[True, None, False].index)


def test_among_open_lines_the_persons_language_comes_first(city: City) -> None:
    assert city.helplines_for("violence", ES, SATURDAY_NOON)[0].code == "fr_3919"
    assert city.helplines_for("violence", FR, SATURDAY_NOON)[0].code == "fr_17"


def test_a_line_of_another_country_is_for_those_who_speak_its_language(city: City) -> None:
    def foreign(language: Language) -> set[str]:
        return {line.country for line in city.helplines_for("cyber", language, SATURDAY_NOON)} - {"FR", "EU", "world"}

    assert foreign(ES) == {"ES"} and foreign(IT) == {"IT"} and foreign(FR) == set()


def test_a_line_of_another_country_that_does_not_answer_abroad_is_never_shown(city: City) -> None:
    short_codes = replace(city, helplines=tuple(replace(line, abroad=False) for line in city.helplines))
    assert all(line.country in ("FR", "EU", "world") for line in short_codes.helplines_for("cyber", ES, SATURDAY_NOON))


def test_a_stale_line_is_not_shown(city: City) -> None:
    last_day = datetime.combine(date(2026, 11, 21) + timedelta(days=city.helpline_max_age_days), datetime.min.time(), UTC)
    assert city.helplines_for("suicide", FR, last_day)
    assert city.stale_helplines(last_day) == []
    assert city.helplines_for("suicide", FR, last_day + timedelta(days=1)) == []
    assert city.stale_helplines(last_day + timedelta(days=1)) == list(city.helplines)


def test_a_date_in_the_future_does_not_keep_a_line_alive(city: City) -> None:
    slip = replace(city, helplines=tuple(replace(line, checked_on=date(2062, 11, 21)) for line in city.helplines))
    assert slip.helplines_for("suicide", FR, SATURDAY_NOON) == []


def test_an_unknown_need_finds_nobody(city: City) -> None:
    assert city.helplines_for("no_such_need", EN, SATURDAY_NOON) == []


def test_it_says_until_when_a_line_answers_and_when_it_answers_again(city: City) -> None:
    line = next(line for line in city.helplines if line.code == "fr_3018")
    by_day, by_night = city.opening(line, SATURDAY_NOON), city.opening(line, SATURDAY_NIGHT)
    assert by_day.is_open and by_day.closes_at == datetime(2026, 11, 21, 23, 0, tzinfo=city.time_zone)
    assert by_night.is_open is False and by_night.opens_at == datetime(2026, 11, 22, 9, 0, tzinfo=city.time_zone)


def test_unknown_hours_are_neither_open_nor_closed(city: City) -> None:
    line = next(line for line in city.helplines if line.code == "eu_116111")
    assert city.opening(line, SATURDAY_NOON).is_open is None


def test_a_phone_number_and_a_page_can_be_pressed_and_an_sms_number_cannot(city: City) -> None:
    links = {line.code: line.link for line in city.helplines}
    assert links["fr_116006"] == "tel:116006"
    assert links["fr_3018_chat"] == "https://3018.fr"
    assert links["fr_114"] is None


def test_staff_hours_are_known_and_may_be_none(city: City, folder: Path) -> None:
    assert city.duty(SATURDAY_NOON).is_open is False
    assert city.duty(datetime(2026, 11, 20, 11, 0, tzinfo=UTC)).is_open is True
    edit(folder / "city.yml", 'staff_on_duty: "Mo-Fr 09:00-17:00"', "staff_on_duty: never")
    assert City.load(folder).duty(datetime(2026, 11, 20, 11, 0, tzinfo=UTC)).is_open is None


def test_quiet_hours_are_night_and_school(city: City) -> None:
    def quiet(day: int, hour: int) -> bool:
        return city.quiet_hours.contains(datetime(2026, 11, day, hour, 0, tzinfo=city.time_zone))

    assert quiet(16, 10) and quiet(16, 22) and quiet(16, 7)
    assert not quiet(16, 17) and not quiet(21, 10)


def test_there_is_no_school_on_holidays_and_every_day_not_listed_counts_as_school(city: City) -> None:
    free = [date(2026, 12, 19), date(2026, 12, 30), date(2027, 1, 3), date(2026, 11, 11)]
    assert all(city.calendar.is_school_free(day) for day in free)
    assert not any(city.calendar.is_school_free(day) for day in (date(2026, 12, 18), date(2027, 1, 4), date(2031, 8, 1)))


def test_a_city_without_a_calendar_has_school_on_all_days_and_three_messages_a_week(folder: Path) -> None:
    settings = folder / "city.yml"
    text = settings.read_text()
    settings.write_text(text[: text.index("calendar:")] + text[text.index("# When somebody reads tips") :])
    city = City.load(folder)
    assert not city.calendar.is_school_free(date(2026, 12, 25))
    assert city.weekly_cap == 3


BROKEN = [
    ("city.yml", "{first: 2026-12-19, last: 2027-01-03}", "{first: 2026-12-19, last: 2026-01-03}", "calendar.school_holidays[1]: ends on"),
    ("city.yml", "- 2026-11-11", "- Armistice", "calendar.public_holidays[0]: Input should be a valid date"),
    ("city.yml", "weekly_cap: 3", "weekly_cap: 0", "weekly_cap: Input should be greater than or equal to 1"),
    ("city.yml", "name: Portclair\n", "name: Portclair\nname: Elsewhere\n", "name: is written twice"),
    ("city.yml", "statistics_minimum: 10", "statistics_minimun: 10", "statistics_minimun: is not a known key"),
    ("city.yml", "statistics_minimum: 10", "statistics_minimun: 10", "statistics_minimum: is missing"),
    ("city.yml", "statistics_minimum: 10", "statistics_minimum: 1", "statistics_minimum: Input should be greater than or equal to 2"),
    ("city.yml", 'emergency_number: "112"', "emergency_number: 112", "emergency_number: must be text; put it in quotes"),
    ("city.yml", "time_zone: Europe/Paris", "time_zone: Europe/Portclair", "time_zone: 'Europe/Portclair' is not a time zone"),
    ("city.yml", 'night: "21:00-08:00"', 'night: "9pm-8am"', "quiet_hours.night: cannot read the hours '9pm-8am'"),
    ("city.yml", "    it: Furti di biciclette\n", "", "topics.bikes.it: is missing"),
    ("city.yml", "    crime: 365\n", "", "retention.tip_days must name the same categories"),
    ("city.yml", "    photos: false", "    photos: false\n    files: true", "tip_categories.crime: files: true needs photos: true"),
    ("city.yml", "    photos: true", "    photos: maybe", "tip_categories.drugs.photos: Input should be a valid boolean"),
    ("city.yml", "languages: [en, fr, es, it]", "languages: [en, fr, es]", "topics.bikes.it: is not one of the city's languages"),
    ("city.yml", "languages: [en, fr, es, it]", "languages: [en, fr, es, it", "is not YAML"),
    ("helplines.yml", 'contact: "112"', "contact: call us", "helplines.eu_112: contact: 'call us' is not a number"),
    ("helplines.yml", "contact: https://3018.fr", "contact: http://3018.fr", "helplines.fr_3018_chat: contact: 'http://3018.fr' is not"),
    ("helplines.yml", "certainty: high", "certainty: low", "helplines.eu_112.certainty: Input should be 'high' or 'medium'"),
    ("helplines.yml", "checked_on: 2026-11-21", "checked_on: last week", "helplines.eu_112.checked_on: Input should be a valid date"),
    ("helplines.yml", "needs: [suicide]", "needs: [suicid]", "helplines.fr_3114.needs[0]: Input should be"),
    ("helplines.yml", "  fr_17:\n", "  eu_112:\n", "eu_112: is written twice"),
    ("partners.yml", "  bike_workshop:\n", "  Bike-Workshop:\n", "partners.Bike-Workshop: 'Bike-Workshop' is not a code"),
    ("districts.geojson", '"code": "hills"', '"code": "The Hills"', "features[3].properties.code: must be a short code"),
    ("districts.geojson", '"code": "hills"', '"code": "centre"', "features: two districts have the code 'centre'"),
    ("districts.geojson", "]}}", "]}", "is not JSON"),
]


@pytest.mark.parametrize(("file", "old", "new", "reason"), BROKEN, ids=[f"{file}-{reason[:40]}" for file, *_, reason in BROKEN])
def test_a_mistake_is_named_with_file_key_and_reason(folder: Path, file: str, old: str, new: str, reason: str) -> None:
    edit(folder / file, old, new)
    lines = [line for line in complaint(folder).splitlines() if reason in line]
    assert lines and lines[0].startswith(f"{folder / file}: ")


def test_all_mistakes_of_all_files_are_named_at_once(folder: Path) -> None:
    edit(folder / "city.yml", "country: FR", "country: France")
    edit(folder / "helplines.yml", "certainty: high", "certainty: low")
    edit(folder / "districts.geojson", '"code": "hills"', '"code": ""')
    (folder / "partners.yml").unlink()
    said = complaint(folder)
    for expected in ("city.yml: country", "helplines.eu_112.certainty", "features[3].properties.code", "partners.yml: is missing"):
        assert expected in said


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "city.yml: is missing" in complaint(tmp_path / "nowhere")


DUTY = 'duty_contact: {channel: chat, contact: "https://example.org/duty", languages: [fr]}'
HOURS = 'staff_on_duty: "Mo-Fr 09:00-17:00"'


def test_staff_on_duty_can_be_reached_where_the_city_says_how(folder: Path) -> None:
    edit(folder / "city.yml", HOURS, f"{HOURS}\n{DUTY}")
    city = City.load(folder)
    assert city.duty_contact is not None
    assert (city.duty_contact.link, city.duty_contact.languages) == ("https://example.org/duty", (FR,))


def test_duty_begins_and_ends_in_the_citys_time(city: City) -> None:
    monday_eight = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    closed, opened = city.duty(SATURDAY_NOON), city.duty(monday_eight)
    assert closed.is_open is False and closed.opens_at == monday_eight
    assert opened.is_open is True and opened.closes_at == monday_eight + timedelta(hours=8)
    assert replace(city, staff_on_duty=None).duty(monday_eight).is_open is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (HOURS, f"{HOURS}\n{DUTY.replace('chat', 'phone')}", "is not a number, but the channel is phone"),
        (HOURS, f"staff_on_duty: never\n{DUTY}", "duty_contact: needs hours in staff_on_duty"),
    ],
)
def test_a_duty_contact_that_nobody_can_use_is_a_mistake(folder: Path, old: str, new: str, reason: str) -> None:
    edit(folder / "city.yml", old, new)
    assert reason in complaint(folder)
