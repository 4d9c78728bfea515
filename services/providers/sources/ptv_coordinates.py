"""PTV's coordinates: ETRS-TM35FIN in metres, "latitude" being the northing."""

import functools
from typing import Protocol


class _Transformer(Protocol):
    """The part of pyproj's that is used here; pyproj has no types of its own."""

    def transform(self, xx: float, yy: float, *, direction: str = "FORWARD") -> tuple[float, float]: ...


@functools.cache
def _to_degrees() -> _Transformer:
    from pyproj import Transformer  # large, and needed for PTV alone

    transformer: _Transformer = Transformer.from_crs("EPSG:3067", "EPSG:4326")
    return transformer


def degrees(northing: float, easting: float) -> tuple[float, float]:
    """Return a place in ETRS-TM35FIN (EPSG:3067, metres) as latitude and longitude (WGS 84)."""
    lat, lon = _to_degrees().transform(easting, northing)
    return round(lat, 6), round(lon, 6)


def metres(lat: float, lon: float) -> tuple[float, float]:
    """Return the northing and easting in metres of a latitude and longitude."""
    easting, northing = _to_degrees().transform(lat, lon, direction="INVERSE")
    return round(northing, 3), round(easting, 3)
