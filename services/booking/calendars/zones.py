"""Which zone a TZID means (RFC 5545 section 3.2.19): programs write much else than names of the IANA database."""

import datetime as dt
import re
import zoneinfo
from collections.abc import Sequence
from functools import cache

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

DISPLAYED = re.compile(r"\((?:UTC|GMT)([+-]\d\d):?(\d\d)?\)\s*(.*)", re.IGNORECASE)
WINTER = dt.datetime(2026, 1, 15, tzinfo=dt.UTC)  # displayed names give the offset of winter time


class Zones:
    """The zones that a file's times are in."""

    def __init__(self, definitions: Sequence[str]) -> None:
        self._defined: dict[str, dt.tzinfo] = {}
        for definition in definitions:
            self._define(definition)

    def _define(self, definition: str) -> None:
        try:
            zone = Timezone.from_ical(definition)
            assert isinstance(zone, Timezone)
            self._defined[str(zone["TZID"])] = zone.to_tz()
        except Exception:  # whatever somebody else's program has written: the zone is unknown then
            return

    def find(self, name: str) -> dt.tzinfo | None:
        """Return the zone that a TZID means, None when nobody can know.

        The names of the IANA database and of Windows mean what these say, whatever the file defines them as: its rules
        are often of one year only. Then come the file's own zones, and names as Outlook displays them.
        """
        known = _iana(name) or _iana(WINDOWS_TO_OLSON.get(name, "")) or _at_the_end(name)
        return known or self._defined.get(name) or _displayed(name)


def _iana(name: str) -> dt.tzinfo | None:
    return zoneinfo.ZoneInfo(name) if name in _names() else None


@cache
def _names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _at_the_end(name: str) -> dt.tzinfo | None:
    """Return the zone of a name with a prefix, such as /mozilla.org/20050126_1/Europe/Helsinki."""
    return _iana("/".join(name.split("/")[-2:])) if name.startswith("/") else None


def _displayed(name: str) -> dt.tzinfo | None:
    """Return the zone of a name such as "(UTC+02:00) Helsinki, Kyiv, Riga": that of the first city known by that
    offset."""
    found = DISPLAYED.fullmatch(name.strip())
    if found is None:
        return None
    hours, minutes, cities = int(found[1]), int(found[2] or 0), found[3]
    offset = dt.timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes)
    for city in cities.split(","):
        zone = _by_city().get(city.strip().replace(" ", "_").casefold())
        if zone and WINTER.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() == offset:
            return zoneinfo.ZoneInfo(zone)
    return None


@cache
def _by_city() -> dict[str, str]:
    return {name.rpartition("/")[2].casefold(): name for name in sorted(_names()) if "/" in name}
