"""The map of the districts."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from bot.city.districts import District
from bot.console.district_map import counted_map, district_map

_SQUARE = [[10.0, 60.0], [10.2, 60.0], [10.2, 60.1], [10.0, 60.1], [10.0, 60.0]]
_HOLE = [[10.05, 60.02], [10.1, 60.02], [10.1, 60.05], [10.05, 60.02]]
_EAST = [[10.2, 60.0], [10.4, 60.0], [10.4, 60.1], [10.2, 60.1], [10.2, 60.0]]
CITY = (
    District("west", "West <one>", {"type": "Polygon", "coordinates": [_SQUARE, _HOLE]}),
    District("east", "East", {"type": "Polygon", "coordinates": [_EAST]}),
)


def test_every_district_is_drawn_and_one_is_marked_on_top() -> None:
    svg = ET.fromstring(district_map(CITY, "west", "Map", "Marked: West"))
    shapes = svg.findall("{*}path")
    assert [shape.get("class") for shape in shapes] == ["map-district", "map-district map-marked"]
    assert [shape.findtext("{*}title") for shape in shapes] == ["East", "West <one>"]
    assert (svg.findtext("{*}title"), svg.findtext("{*}desc")) == ("Map", "Marked: West")


def test_north_is_above_and_a_degree_of_longitude_is_half_as_long_at_sixty_degrees() -> None:
    svg = ET.fromstring(district_map(CITY, "", "Map", ""))
    west = svg.findall("{*}path")[0].get("d") or ""
    points = [tuple(map(float, point.split(","))) for point in re.findall(r"[\d.]+,[\d.]+", west)]
    (left, bottom), (right, _), (_, top), _, *hole = points
    assert top < bottom and left < right
    assert abs((right - left) - (bottom - top)) < 1, "0.2 degrees there are as wide as 0.1 are high"
    assert len(hole) == 3 and west.count("Z") == 2


def test_a_city_without_districts_has_no_map() -> None:
    assert district_map((), "west", "Map", "") == ""


def test_numbers_stand_in_the_middle_of_their_districts_above_all_shapes() -> None:
    svg = ET.fromstring(counted_map(CITY, {"east": "7", "gone": "3"}, "Map", "Waiting"))
    assert [child.tag.rpartition("}")[2] for child in svg] == ["title", "desc", "path", "path", "text"]
    [number] = svg.findall("{*}text")
    assert number.text == "7" and 150 < float(number.get("x") or 0) < 300
    assert counted_map((), {}, "Map", "") == ""
