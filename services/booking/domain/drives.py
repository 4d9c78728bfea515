"""Where help is given, and the time that is kept free for driving between two places."""

import datetime as dt
import math
from dataclasses import dataclass
from uuid import UUID

from services.booking.domain.wall_time import MINUTE

Location = tuple[float, float]  # latitude and longitude, WGS 84

EARTH_KM = 6371.0
ROADS_WIND = 1.3  # a road in the countryside is so much longer than the line on the map
KM_A_MINUTE = 1.0
SHORTEST_DRIVE = 10  # minutes; also from one home to another in the same municipality, whose middle is one point


def drive_minutes(one: Location, other: Location) -> int:
    """Return how long it takes to drive from one place to another, in whole minutes (great circle × winding)."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    haversine = math.sin((lat2 - lat1) / 2) ** 2
    haversine += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    km = 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(haversine))) * ROADS_WIND
    return max(SHORTEST_DRIVE, math.ceil(km / KM_A_MINUTE))


@dataclass(frozen=True)
class Place:
    """Where and how help is given: at a service point, at homes in a municipality, or remotely."""

    channel: str
    service_point_id: UUID | None = None
    municipality: str | None = None
    location: Location | None = None


def drive_between(one: Place, other: Place) -> dt.timedelta:
    """Return what is kept free between two visits for driving; nothing unless one of them is at a home."""
    if "home" not in (one.channel, other.channel) or one.location is None or other.location is None:
        return dt.timedelta(0)
    return MINUTE * drive_minutes(one.location, other.location)
