"""Districts: GeoJSON polygons (RFC 7946), checked to be simple, and the question which one a place lies in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

Position = tuple[float, float]
"""Longitude and latitude in degrees, in GeoJSON's order."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class District:
    """One part of the city. ``geometry`` is a GeoJSON Polygon, as in the file."""

    code: str
    name: str
    geometry: dict[str, Any] = field(repr=False)

    def contains(self, latitude: float, longitude: float) -> bool:
        """True when the place lies inside (even-odd rule, holes left out)."""
        inside = False
        for ring in self.geometry["coordinates"]:
            for (x1, y1), (x2, y2) in pairwise(ring):
                if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
                    inside = not inside
        return inside


def read_districts(document: Any) -> tuple[tuple[District, ...], list[tuple[str, str]]]:
    """The districts of a FeatureCollection, and every mistake as (key, reason)."""
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection" or not features:
        return (), [("features", "must be a FeatureCollection with at least one district")]
    districts: list[District] = []
    mistakes: list[tuple[str, str]] = []
    for index, feature in enumerate(features):
        found = [(f"features[{index}].{key}", reason) for key, reason in _mistakes(feature)]
        mistakes += found
        if not found:
            properties = feature["properties"]
            districts.append(District(properties["code"], properties["name"], feature["geometry"]))
    codes = [district.code for district in districts]
    mistakes += [("features", f"two districts have the code {code!r}") for code in sorted({c for c in codes if codes.count(c) > 1})]
    return tuple(districts), mistakes


def _mistakes(feature: Any) -> Iterator[tuple[str, str]]:
    feature = feature if isinstance(feature, dict) else {}
    properties = feature.get("properties") if isinstance(feature.get("properties"), dict) else {}
    if not isinstance(properties.get("code"), str) or not _CODE.fullmatch(properties["code"]):
        yield "properties.code", "must be a short code of small letters, digits and _, such as old_port"
    if not isinstance(properties.get("name"), str) or not properties["name"].strip():
        yield "properties.name", "must be the district's name"
    geometry = feature.get("geometry") if isinstance(feature.get("geometry"), dict) else {}
    reason = _ring_mistake(geometry)
    if reason:
        yield "geometry", reason


def _ring_mistake(geometry: dict[str, Any]) -> str | None:
    if geometry.get("type") != "Polygon" or not geometry.get("coordinates"):
        return "must be a Polygon"
    for ring in geometry["coordinates"]:
        if not isinstance(ring, list) or not all(_is_position(position) for position in ring):
            return "every position must be [longitude, latitude] in degrees"
        if len(ring) < 4 or ring[0] != ring[-1]:
            return "a ring needs four positions at least, and the last must repeat the first"
        if not _is_simple([(position[0], position[1]) for position in ring]):
            return "its border crosses itself"
    return None


def _is_position(value: Any) -> bool:
    if not isinstance(value, list) or len(value) < 2 or not all(type(number) in (int, float) for number in value):
        return False
    return bool(-180 <= value[0] <= 180 and -90 <= value[1] <= 90)


def _is_simple(ring: list[Position]) -> bool:
    """No two edges meet except neighbours at their common corner."""
    if len(set(ring[:-1])) != len(ring) - 1:
        return False
    edges = list(pairwise(ring))
    last = len(edges) - 1
    apart = [(a, b) for (i, a), (j, b) in combinations(enumerate(edges), 2) if j - i > 1 and (i, j) != (0, last)]
    return not any(_meet(*a, *b) for a, b in apart)


def _meet(a: Position, b: Position, c: Position, d: Position) -> bool:
    """Whether two segments touch: each one's ends lie on both sides of the other, or an end lies on it."""
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] != turns[1] and turns[2] != turns[3]:
        return True
    on = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0 and _within(*segment) for turn, segment in zip(turns, on, strict=True))


def _turn(a: Position, b: Position, c: Position) -> int:
    cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (cross > 0) - (cross < 0)


def _within(a: Position, b: Position, c: Position) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])
