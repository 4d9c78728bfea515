"""Libraries as Kirkanta describes them (Kirjastot.fi, API v4, `/library` with schedules, services and contact details).

Of a schedule's times, only status 1 is staffed; 2 is self-service and 0 closed. Digital support is given where
"Digituki" stands among the services.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from services.providers.domain.columns import RefusedRow
from services.providers.domain.day_hours import DayPart, HoursRow, day_hours
from services.providers.sources import files
from services.providers.sources.documents import Document, list_at
from services.providers.sources.source_records import PointRecord, SourceRecords

KINDS: Mapping[object, str] = {0: "closed", 1: "staffed", 2: "self_service"}


def read_kirkanta(where: str | Path, municipalities: Mapping[str, str]) -> SourceRecords:
    """Return what a file or an address says; `municipalities` gives the code for every name (casefolded)."""
    found = SourceRecords()
    for number, library in enumerate(files.documents(where), start=1):
        try:
            found.add("kirkanta", number, _library(library, municipalities, number))
        except (AttributeError, TypeError, KeyError, ValueError, OverflowError):
            found.refused.append(RefusedRow("kirkanta", number, "the record", "is not built as Kirkanta's are"))
    return found


def _library(library: object, municipalities: Mapping[str, str], number: int) -> PointRecord | RefusedRow:
    if not isinstance(library, dict):
        return RefusedRow("kirkanta", number, "the record", "is no library")
    address = _object_or_empty(library.get("address"))
    name, street, city = files.text(library.get("name")), files.text(address.get("street")), address.get("city")
    record = files.text(library.get("id"))
    for field, value in (("id", record), ("name", name), ("address.street", street)):
        if value is None:
            return RefusedRow("kirkanta", number, field, "is empty")
    code = municipalities.get(str(city).casefold())
    if code is None:
        return RefusedRow("kirkanta", number, "address.city", "is no municipality's name")
    assert record
    fields: dict[str, object] = {
        "name.fi": name,
        "address": ", ".join(filter(None, [street, f"{address.get('zipcode') or ''} {city}".strip()])),
        "municipality": code,
        **_library_coordinates(library.get("coordinates")),
        **_library_contact(library.get("primaryContactInfo")),
    }
    if description := files.plain(files.text(library.get("description"), 100_000)):
        fields["description.fi"] = description
    gives = _gives_support(library)
    return PointRecord(record, code, fields, _days(record, library.get("schedules")), gives, draft=not gives)


def _object_or_empty(value: object) -> Document:
    """Kirkanta leaves out what nobody asked for, and says so in several ways."""
    return value if isinstance(value, dict) else {}


def _gives_support(library: Document) -> bool | None:
    """Return None when nobody asked Kirkanta for the services."""
    if library.get("services") is None:
        return None
    return any(_is_digital_support(service) for service in list_at(library, "services"))


def _is_digital_support(service: object) -> bool:
    names = (str(_object_or_empty(service).get(name, "")) for name in ("name", "standardName"))
    return any("digituki" in name.casefold() for name in names)


def _library_coordinates(found: object) -> dict[str, float]:
    try:
        place = _object_or_empty(found)
        lat, lon = round(float(str(place["lat"])), 6), round(float(str(place["lon"])), 6)
    except (KeyError, ValueError, OverflowError):
        return {}
    return {"lat": lat, "lon": lon} if 59 <= lat <= 71 and 19 <= lon <= 32 else {}


def _library_contact(found: object) -> dict[str, str | None]:
    """Return how to reach the library; nothing at all, when nobody asked for contact details."""
    if not isinstance(found, dict):
        return {}
    return {
        "phone": files.text(_object_or_empty(found.get("phoneNumber")).get("number")),
        "email": files.text(_object_or_empty(found.get("email")).get("email")),
        "url": files.web_address(_object_or_empty(found.get("homepage")).get("url")),
    }


def _days(record: str, schedules: object) -> dict[dt.date, list[DayPart]]:
    days = {}
    for day in schedules if isinstance(schedules, list) else []:
        try:
            date = dt.date.fromisoformat(day["date"])
            rows = [_hours_row(record, date, part) for part in day.get("times") or []]
        except (AttributeError, KeyError, TypeError, ValueError):
            continue  # a day that cannot be read is not known
        if 2000 <= date.year <= 2200 and all(_runs_forward(row) for row in rows):
            days[date] = [] if day.get("closed") else day_hours(rows)
    return days


def _hours_row(record: str, date: dt.date, part: Mapping[str, str]) -> HoursRow:
    opens, closes = dt.time.fromisoformat(part["from"]), dt.time.fromisoformat(part["to"])
    return HoursRow(record, date, KINDS[part["status"]], opens, closes)


def _runs_forward(row: HoursRow) -> bool:
    if row.opens is None or row.closes is None:
        return True
    return row.closes == dt.time(0) or row.opens < row.closes
