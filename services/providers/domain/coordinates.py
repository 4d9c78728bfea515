"""A place on earth as a list or a register writes it."""

import math

from services.providers.domain.columns import UnreadableField

FINLAND = {"lat": (59, 71), "lon": (19, 32)}


def read_coordinates(lat: str, lon: str) -> tuple[float, float] | tuple[None, None]:
    """Return a place in Finland (WGS 84) from two texts, both of which may be empty; raises `UnreadableField`."""
    if not (lat or lon):
        return None, None
    degrees = {"lat": _number(lat, "lat"), "lon": _number(lon, "lon")}
    outside = [name for name, value in degrees.items() if not _within_finland(name, value)]
    if outside and _within_finland("lat", degrees["lon"]) and _within_finland("lon", degrees["lat"]):
        raise UnreadableField("lat", "is outside Finland: lat and lon seem to have changed places")
    if outside:
        raise UnreadableField(outside[0], "is outside Finland (WGS 84 degrees are needed)")
    return round(degrees["lat"], 6), round(degrees["lon"], 6)


def _number(text: str, name: str) -> float:
    if not text:
        raise UnreadableField(name, "is empty, and the other coordinate is not")
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UnreadableField(name, "is not a number")
    return value


def _within_finland(name: str, value: float) -> bool:
    least, most = FINLAND[name]
    return least <= value <= most
