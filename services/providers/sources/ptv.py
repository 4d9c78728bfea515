"""Services and service locations as the national service catalogue describes them (PTV, open API v11).

Texts are lists of `{language, value, type}`. Coordinates are ETRS-TM35FIN, "latitude" being the northing. A service of
class P9.4, support services for transactions, gives digital support at the service locations that it names.
"""

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from services.providers.domain import RefusedRow
from services.providers.sources import files
from services.providers.sources.said import Said, Sayings

SUPPORT = "P9.4"
LANGUAGES = ("fi", "sv", "en")
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def read(places: Iterable[str | Path], municipalities: Mapping[str, str]) -> Sayings:
    """What files or addresses say: services tell which of the service locations give digital support."""
    found, documents = Sayings(), [document for place in places for document in files.documents(place)]
    services = [each for each in documents if isinstance(each, dict) and "serviceClasses" in each]
    support = {each.get("id") for each in services if SUPPORT in _codes(each)}
    told = {each.get("id") for each in services}
    named = {channel for each in services if each.get("id") in support for channel in _channels(each)}
    for number, document in enumerate(documents, start=1):
        if isinstance(document, dict) and document.get("serviceChannelType") == "ServiceLocation":
            try:
                found.add("ptv", number, _location(document, municipalities, number, support, told, named))
            except (AttributeError, TypeError, KeyError, ValueError, OverflowError):
                found.refused.append(RefusedRow("ptv", number, "the record", "is not built as PTV's are"))
        elif document not in services:
            found.refused.append(RefusedRow("ptv", number, "the record", "is neither a service nor a service location"))
    return found


def _codes(service: Mapping[str, Any]) -> set[str]:
    return {str(each.get("code")) for each in service.get("serviceClasses") or [] if isinstance(each, dict)}


def _channels(service: Mapping[str, Any]) -> set[str]:
    return {str((each.get("serviceChannel") or {}).get("id")) for each in service.get("serviceChannels") or []}


def _location(
    document: Mapping[str, Any],
    municipalities: Mapping[str, str],
    number: int,
    support: set[Any],
    told: set[Any],
    named: set[str],
) -> Said | RefusedRow:
    record = files.text(document.get("id"))
    address = next(iter(_streets(document)), None)
    names = _texts(document.get("serviceChannelNames"), "Name")
    if record is None or not names:
        return RefusedRow("ptv", number, "id" if record is None else "serviceChannelNames", "is empty")
    if address is None:
        return RefusedRow("ptv", number, "addresses", "has no street address of a visit")
    code = municipalities.get(str((address.get("municipality") or {}).get("code")).casefold())
    if code is None:
        return RefusedRow("ptv", number, "municipality", "is no municipality's code")
    offered = {(each.get("service") or {}).get("id") for each in document.get("services") or []}
    gives = True if offered & support or record in named else False if offered and offered <= told else None
    says = {
        **{f"name.{language}": name[:200] for language, name in names.items()},
        **{
            f"description.{language}": text
            for language, text in _texts(document.get("serviceChannelDescriptions"), "Description").items()
        },
        "address": _street(address),
        "municipality": code,
        **_coordinates(address),
        **_contact(document),
        "languages": [each for each in LANGUAGES if each in (document.get("languages") or [])] or ["fi"],
        "weekly_hours": _week(document.get("serviceHours")),
    }
    return Said(record, code, says, {}, gives, draft=not gives)


def _texts(texts: Any, kind: str) -> dict[str, str]:
    wanted = [each for each in texts or [] if each.get("type", kind) == kind and each.get("language") in LANGUAGES]
    values = {each["language"]: files.plain(each.get("value")) for each in wanted}
    return {language: value for language, value in values.items() if value}


def _streets(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        each["streetAddress"]
        for each in document.get("addresses") or []
        if isinstance(each, dict) and each.get("type") == "Location" and isinstance(each.get("streetAddress"), dict)
    ]


def _street(address: Mapping[str, Any]) -> str | None:
    street = _texts(address.get("street"), "").get("fi") or next(iter(_texts(address.get("street"), "").values()), "")
    office = _texts(address.get("postOffice"), "").get("fi", "")
    line = f"{street} {address.get('streetNumber') or ''}".strip()
    return files.text(
        ", ".join(filter(None, [line, f"{address.get('postalCode') or ''} {office.capitalize()}".strip()]))
    )


@functools.cache
def _to_degrees() -> Any:
    from pyproj import Transformer  # large, and needed for PTV alone

    return Transformer.from_crs("EPSG:3067", "EPSG:4326")


def degrees(northing: float, easting: float) -> tuple[float, float]:
    """A place in ETRS-TM35FIN (EPSG:3067, metres) as latitude and longitude (WGS 84)."""
    lat, lon = _to_degrees().transform(easting, northing)
    return round(lat, 6), round(lon, 6)


def metres(lat: float, lon: float) -> tuple[float, float]:
    """The other way: northing and easting in metres."""
    easting, northing = _to_degrees().transform(lat, lon, direction="INVERSE")
    return round(northing, 3), round(easting, 3)


def _coordinates(address: Mapping[str, Any]) -> dict[str, float]:
    try:
        lat, lon = degrees(float(address["latitude"]), float(address["longitude"]))
    except (TypeError, KeyError, ValueError):
        return {}
    return {"lat": lat, "lon": lon} if 59 <= lat <= 71 and 19 <= lon <= 32 else {}


def _contact(document: Mapping[str, Any]) -> dict[str, str | None]:
    phones = [each for each in document.get("phoneNumbers") or [] if each.get("type") == "Phone" and each.get("number")]
    phone = f"{phones[0].get('prefixNumber') or ''}{phones[0]['number']}" if phones else None
    emails = [each.get("value") for each in document.get("emails") or []]
    pages = [each.get("url") for each in document.get("webPages") or []]
    return {
        "phone": files.text(phone),
        "email": files.text(emails[0]) if emails else None,
        "url": files.web_address(pages[0]) if pages else None,
    }


def _week(hours: Any) -> list[dict[str, Any]]:
    """The ordinary week; opening hours of PTV are staffed."""
    week = []
    for each in hours if isinstance(hours, list) else []:
        if each.get("serviceHourType") != "DaysOfTheWeek" or each.get("isClosed") or each.get("validTo"):
            continue
        for part in each.get("openingHour") or []:
            try:
                first = WEEK.index(part["dayFrom"])
                last = WEEK.index(part["dayTo"]) if part.get("dayTo") else first
            except (KeyError, ValueError):
                continue
            for day in range(first, last + 1):
                closes = "00:00:00" if part["to"].startswith("23:59") else part["to"]  # the end of the day
                week.append({"weekday": day + 1, "from": part["from"], "to": closes, "kind": "staffed"})
    return sorted(week, key=lambda part: (part["weekday"], part["from"]))


def document_of(point: Mapping[str, Any], organisation: str, services: Iterable[str]) -> dict[str, Any]:
    """A service point as PTV's own service location, for what a region has and PTV lacks."""

    def texts(values: Mapping[str, str | None] | None, kind: str) -> list[dict[str, str]]:
        return [{"language": k, "value": v, "type": kind} for k, v in (values or {}).items() if v]

    street, _, rest = str(point["address"]).partition(",")
    postal, _, office = rest.strip().partition(" ")
    northing, easting = metres(point["lat"], point["lon"]) if point.get("lat") and point.get("lon") else (None, None)
    summary = {k: (v or "")[:150] for k, v in (point.get("description") or {}).items() if v}
    return {
        "sourceId": str(point["id"]),
        "organizationId": organisation,
        "serviceChannelType": "ServiceLocation",
        "serviceChannelNames": texts(point["name"], "Name"),
        "displayNameType": [{"type": "Name", "language": k} for k, v in point["name"].items() if v],
        "serviceChannelDescriptions": texts(summary, "Summary") + texts(point.get("description"), "Description"),
        "languages": list(point["languages"]),
        "emails": [{"language": "fi", "value": point["email"]}] if point.get("email") else [],
        "phoneNumbers": [{"type": "Phone", "language": "fi", "number": point["phone"], "isFinnishServiceNumber": False}]
        if point.get("phone")
        else [],
        "webPages": [{"language": "fi", "url": point["url"]}] if point.get("url") else [],
        "addresses": [
            {
                "type": "Location",
                "subType": "Single",
                "streetAddress": {
                    "street": [{"language": "fi", "value": street.strip()}],
                    "postalCode": postal if postal.isdigit() else None,
                    "postOffice": [{"language": "fi", "value": office}] if office else [],
                    "municipality": {"code": point["municipality"]},
                    "latitude": str(northing) if northing else None,
                    "longitude": str(easting) if easting else None,
                },
            }
        ],
        "serviceHours": [
            {
                "serviceHourType": "DaysOfTheWeek",
                "validForNow": True,
                "isClosed": False,
                "openingHour": [
                    {"dayFrom": WEEK[each["weekday"] - 1], "dayTo": "", "from": each["from"], "to": each["to"]}
                    for each in point["weekly_hours"]
                    if each["kind"] == "staffed"
                ],
            }
        ]
        if point["weekly_hours"]
        else [],
        "services": [{"service": {"id": each}} for each in services],
        "publishingStatus": "Published" if point["publishing"] == "published" else "Draft",
    }
