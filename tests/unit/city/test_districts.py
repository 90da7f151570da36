"""Districts: valid polygons that tile the example city, and finding the one a place lies in."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.city.districts import read_districts

EXAMPLE = json.loads((Path(__file__).parents[3] / "city" / "districts.geojson").read_text(encoding="utf-8"))
SQUARE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]


def collection(geometry: Any, code: str = "here", name: str = "Here") -> dict[str, Any]:
    feature = {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry}
    return {"type": "FeatureCollection", "features": [feature]}


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def area(ring: list[list[float]]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def test_the_example_city_is_valid() -> None:
    districts, mistakes = read_districts(EXAMPLE)
    assert mistakes == []
    assert len({district.code for district in districts}) == len(districts)


def test_the_example_districts_tile_neither_overlapping_nor_leaving_gaps() -> None:
    """Each inner border is walked once in each direction; so what is left over is one closed outline of the same area."""
    rings = [feature["geometry"]["coordinates"][0] for feature in EXAMPLE["features"]]
    edges = [(tuple(a), tuple(b)) for ring in rings for a, b in pairwise(ring)]
    assert len(set(edges)) == len(edges)
    outline = {a: b for a, b in edges if (b, a) not in set(edges)}
    walk = [next(iter(outline))]
    while len(walk) == 1 or walk[-1] != walk[0]:
        walk.append(outline[walk[-1]])
    assert len(walk) == len(outline) + 1
    assert area([list(position) for position in walk]) == pytest.approx(sum(area(ring) for ring in rings))


def test_a_place_lies_in_one_district_at_most() -> None:
    districts, _ = read_districts(EXAMPLE)
    for step_x in range(40):
        for step_y in range(40):
            place = 46.42 + step_y * 0.0019, -3.07 + step_x * 0.0031
            assert sum(district.contains(*place) for district in districts) <= 1


def test_a_hole_does_not_belong_to_the_district() -> None:
    hole = [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6], [0.4, 0.4]]
    (district,), _ = read_districts(collection(polygon(SQUARE, hole)))
    assert district.contains(0.2, 0.2) and not district.contains(0.5, 0.5) and not district.contains(2, 0.5)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "FeatureCollection"),
        ({"type": "FeatureCollection", "features": []}, "at least one district"),
        ({"type": "FeatureCollection", "features": ["x"]}, "short code"),
        (collection(None), "must be a Polygon"),
        (collection({"type": "Point", "coordinates": [0, 0]}), "must be a Polygon"),
        (collection(polygon(SQUARE[:4])), "the last must repeat the first"),
        (collection(polygon(SQUARE[:2] + SQUARE[:1])), "four positions"),
        (collection(polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]])), "crosses itself"),
        (collection(polygon([[0, 0], [2, 0], [1, 0], [1, 1], [0, 0]])), "crosses itself"),
        (collection(polygon([[0, 0], [200, 0], [1, 1], [0, 0]])), "longitude, latitude"),
        (collection(polygon([[0, 0], [True, 0], [1, 1], [0, 0]])), "longitude, latitude"),
        (collection(polygon(SQUARE), name=" "), "district's name"),
    ],
)
def test_a_mistake_is_named(document: Any, reason: str) -> None:
    _, mistakes = read_districts(document)
    assert any(reason in said for _, said in mistakes)
