"""PTV's coordinates: ETRS-TM35FIN in metres, "latitude" being the northing."""

import functools
from typing import Protocol

from services.providers.domain.columns import LeftOut, UnreadableField
from services.providers.domain.coordinates import read_coordinates


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


def read_metres(northing: object, easting: object) -> tuple[dict[str, float | None], list[LeftOut]]:
    """Return a place that is written in metres, or why it is left out; nothing, where neither is said."""
    if not (northing or easting):
        return {}, []
    try:
        lat, lon = read_coordinates(*map(str, degrees(float(str(northing)), float(str(easting)))))
    except (ValueError, UnreadableField):
        return {}, [LeftOut("addresses.streetAddress.latitude", "is no place in Finland (ETRS-TM35FIN)")]
    return {"lat": lat, "lon": lon}, []
