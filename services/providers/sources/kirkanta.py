"""Libraries as Kirkanta describes them (Kirjastot.fi, API v4, `/library` with schedules, services and contact details).

Of a schedule's times, only status 1 is staffed; 2 is self-service and 0 closed. Digital support is given where
"Digituki" stands among the services.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.providers.domain import HoursRow, RefusedRow, day_hours
from services.providers.sources import files
from services.providers.sources.said import Said, Sayings

KINDS = {0: "closed", 1: "staffed", 2: "self_service"}


def read(where: str | Path, municipalities: Mapping[str, str]) -> Sayings:
    """What a file or an address says; `municipalities` gives the code for every name (casefolded)."""
    found = Sayings()
    for number, library in enumerate(files.documents(where), start=1):
        try:
            found.add("kirkanta", number, _library(library, municipalities, number))
        except (AttributeError, TypeError, KeyError, ValueError, OverflowError):
            found.refused.append(RefusedRow("kirkanta", number, "the record", "is not built as Kirkanta's are"))
    return found


def _library(library: Any, municipalities: Mapping[str, str], number: int) -> Said | RefusedRow:
    if not isinstance(library, dict):
        return RefusedRow("kirkanta", number, "the record", "is no library")
    address = library.get("address")
    address = address if isinstance(address, dict) else {}
    name, street, city = files.text(library.get("name")), files.text(address.get("street")), address.get("city")
    record = files.text(library.get("id"))
    code = municipalities.get(str(city).casefold())
    for field, value in (("id", record), ("name", name), ("address.street", street)):
        if value is None:
            return RefusedRow("kirkanta", number, field, "is empty")
    if code is None:
        return RefusedRow("kirkanta", number, "address.city", "is no municipality's name")
    assert record
    services = library.get("services")
    says: dict[str, Any] = {
        "name.fi": name,
        "address": ", ".join(filter(None, [street, f"{address.get('zipcode') or ''} {city}".strip()])),
        "municipality": code,
        **_coordinates(library.get("coordinates")),
        **_contact(library.get("primaryContactInfo")),
    }
    if description := files.plain(files.text(library.get("description"), 100_000)):
        says["description.fi"] = description
    gives = None if services is None else any(_is_digital_support(service) for service in services)
    return Said(record, code, says, _days(record, library.get("schedules")), gives, draft=not gives)


def _is_digital_support(service: Any) -> bool:
    names = (str(service.get(name, "")) for name in ("name", "standardName")) if isinstance(service, dict) else ()
    return any("digituki" in name.casefold() for name in names)


def _coordinates(found: Any) -> dict[str, float]:
    try:
        lat, lon = round(float(found["lat"]), 6), round(float(found["lon"]), 6)
    except (TypeError, KeyError, ValueError, OverflowError):
        return {}
    return {"lat": lat, "lon": lon} if 59 <= lat <= 71 and 19 <= lon <= 32 else {}


def _contact(found: Any) -> dict[str, str | None]:
    """What the library says of how to reach it; nothing at all, when nobody asked for contact details."""
    if not isinstance(found, dict):
        return {}

    def part(name: str, key: str) -> Any:
        of = found.get(name)
        return of.get(key) if isinstance(of, dict) else None

    return {
        "phone": files.text(part("phoneNumber", "number")),
        "email": files.text(part("email", "email")),
        "url": files.web_address(part("homepage", "url")),
    }


def _days(record: str, schedules: Any) -> dict[dt.date, list[dict[str, str]]]:
    days = {}
    for day in schedules if isinstance(schedules, list) else []:
        try:
            date = dt.date.fromisoformat(day["date"])
            rows = [
                HoursRow(
                    record, date, KINDS[part["status"]], dt.time.fromisoformat(part["from"]),
                    dt.time.fromisoformat(part["to"]),
                )
                for part in day.get("times") or []
            ]  # fmt: skip
        except (KeyError, TypeError, ValueError):
            continue  # a day that cannot be read is not known
        if not 2000 <= date.year <= 2200:
            continue
        if all(row.closes == dt.time(0) or row.opens < row.closes for row in rows if row.opens and row.closes):
            days[date] = [] if day.get("closed") else day_hours(rows)
    return days
