"""A service point as PTV's own service location, for what a region has and PTV lacks."""

from collections.abc import Iterable, Sequence

from services.providers.sources.documents import Document
from services.providers.sources.ptv_coordinates import metres
from services.providers.sources.ptv_intervals import ORDINARY, WEEK
from shared.schemas.common import LocalisedText
from shared.schemas.providers import ServicePoint, WeeklyHours


def ptv_document(point: ServicePoint, organisation: str, services: Iterable[str]) -> dict[str, object]:
    """Return the service location of a point that belongs to a PTV organisation and gives PTV services."""
    summary = {language: text[:150] for language, text in _by_language(point.description).items()}
    return {
        "sourceId": str(point.id),
        "organizationId": organisation,
        "serviceChannelType": "ServiceLocation",
        "serviceChannelNames": _typed_texts(_by_language(point.name), "Name"),
        "displayNameType": [{"type": "Name", "language": language} for language in _by_language(point.name)],
        "serviceChannelDescriptions": _typed_texts(summary, "Summary")
        + _typed_texts(_by_language(point.description), "Description"),
        "languages": list(point.languages),
        "emails": [{"language": "fi", "value": point.email}] if point.email else [],
        "phoneNumbers": _phone_numbers(point.phone),
        "webPages": [{"language": "fi", "url": point.url}] if point.url else [],
        "addresses": [{"type": "Location", "subType": "Single", "streetAddress": _street_address(point)}],
        "serviceHours": write_week(point.weekly_hours),
        "services": [{"service": {"id": each}} for each in services],
        "publishingStatus": "Published" if point.publishing == "published" else "Draft",
    }


def _by_language(text: LocalisedText | None) -> dict[str, str]:
    return {language: value for language, value in (text.model_dump() if text else {}).items() if value}


def _typed_texts(texts: dict[str, str], kind: str) -> list[dict[str, str]]:
    return [{"language": language, "value": text, "type": kind} for language, text in texts.items()]


def _phone_numbers(phone: str | None) -> list[Document]:
    return [{"type": "Phone", "language": "fi", "number": phone, "isFinnishServiceNumber": False}] if phone else []


def _street_address(point: ServicePoint) -> dict[str, object]:
    lines = {"fi": point.address} | ({"sv": point.address_sv} if point.address_sv else {})
    parts = {language: _split_address(line) for language, line in lines.items()}
    postal = parts["fi"][1]
    place = metres(point.lat, point.lon) if point.lat is not None and point.lon is not None else None
    return {
        "street": [{"language": language, "value": street} for language, (street, _, _) in parts.items()],
        "postalCode": postal if postal.isdigit() else None,
        "postOffice": [{"language": language, "value": town} for language, (_, _, town) in parts.items() if town],
        "municipality": {"code": point.municipality},
        "latitude": str(place[0]) if place else None,
        "longitude": str(place[1]) if place else None,
    }


def _split_address(address: str) -> tuple[str, str, str]:
    """Return street, postal code and post office of an address as it is written."""
    street, _, rest = address.partition(",")
    postal, _, office = rest.strip().partition(" ")
    return street.strip(), postal, office


def write_week(week: Sequence[WeeklyHours]) -> list[Document]:
    """Return the staffed hours of a week as PTV has them; none for a week that nobody knows."""
    if not week:
        return []
    return [
        {
            "serviceHourType": ORDINARY,
            "validForNow": True,
            "isClosed": False,
            "openingHour": [
                {
                    "dayFrom": WEEK[each.weekday - 1],
                    "dayTo": "",
                    "from": each.opens.isoformat(),
                    "to": each.closes.isoformat(),
                }
                for each in week
                if each.kind == "staffed"
            ],
        }
    ]
