"""The city's districts as a map: SVG drawn from ``districts.geojson``. Pure; no script, no map of anybody else's, nothing fetched.

It marks districts and nothing finer, since nothing finer is kept of a tip. Colours come from the style sheet by class (``map-…``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.city.districts import District, Position

_WIDTH = 300.0
_MARGIN = 4.0
_OPENING = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" class="map" role="img" aria-labelledby="map-title map-desc" viewBox="0 0 {} {}">'
)


def district_map(districts: Sequence[District], marked: str, title: str, description: str) -> Markup:
    """The map with one district marked, by its code. The words beside it say the same."""
    if not districts:
        return Markup("")
    places = [place for district in districts for place in _ring(district, 0)]
    frame = _Frame(places)
    # The marked one last, so that its border lies above its neighbours'.
    ordered = sorted(districts, key=lambda district: district.code == marked)
    shapes = Markup("").join(_shape(frame, district, marked=district.code == marked) for district in ordered)
    about = Markup('<title id="map-title">{}</title><desc id="map-desc">{}</desc>').format(title, description)
    return _OPENING.format(_n(_WIDTH), _n(frame.height)) + about + shapes + Markup("</svg>")


def counted_map(districts: Sequence[District], counts: Mapping[str, str], title: str, description: str) -> Markup:
    """The map with a number, as it is read, in each district that ``counts`` names by its code. A table beside it says the same."""
    if not districts:
        return Markup("")
    frame = _Frame([place for district in districts for place in _ring(district, 0)])
    shapes = [_shape(frame, district, marked=district.code in counts) for district in districts]
    shapes += [_number(frame, district, counts[district.code]) for district in districts if district.code in counts]
    about = Markup('<title id="map-title">{}</title><desc id="map-desc">{}</desc>').format(title, description)
    return _OPENING.format(_n(_WIDTH), _n(frame.height)) + about + Markup("").join(shapes) + Markup("</svg>")


def _number(frame: _Frame, district: District, count: str) -> Markup:
    """In the middle of the district's corners."""
    ring = _ring(district, 0)[:-1]
    middle = (sum(place[0] for place in ring) / len(ring), sum(place[1] for place in ring) / len(ring))
    x, y = frame.point(middle).split(",")
    return Markup('<text class="map-count" x="{}" y="{}" text-anchor="middle" dominant-baseline="middle">{}</text>').format(x, y, count)


class _Frame:
    """Lays degrees onto the picture: north above, degrees of longitude as short as they are at the city's latitude."""

    def __init__(self, places: Sequence[Position]) -> None:
        longitudes, latitudes = zip(*places, strict=True)
        self._left, self._top = min(longitudes), max(latitudes)
        self._narrow = math.cos(math.radians((max(latitudes) + min(latitudes)) / 2))
        wide = (max(longitudes) - self._left) * self._narrow
        self._scale = (_WIDTH - 2 * _MARGIN) / wide
        self.height = (self._top - min(latitudes)) * self._scale + 2 * _MARGIN

    def point(self, place: Position) -> str:
        """``x,y`` in the picture's units."""
        x = (place[0] - self._left) * self._narrow * self._scale + _MARGIN
        y = (self._top - place[1]) * self._scale + _MARGIN
        return f"{_n(x)},{_n(y)}"


def _shape(frame: _Frame, district: District, *, marked: bool) -> Markup:
    rings = range(len(district.geometry["coordinates"]))
    path = "".join("M" + "L".join(map(frame.point, _ring(district, number)[:-1])) + "Z" for number in rings)
    name = "map-district map-marked" if marked else "map-district"
    return Markup('<path class="{}" fill-rule="evenodd" d="{}"><title>{}</title></path>').format(name, path, district.name)


def _ring(district: District, number: int) -> list[Position]:
    return [(position[0], position[1]) for position in district.geometry["coordinates"][number]]


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
