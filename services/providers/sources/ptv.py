"""Services and service locations as the national service catalogue describes them (PTV, open API v11).

Texts are lists of `{language, value, type}`. A service of class P9.4, support services for transactions, gives digital
support at the service locations that it names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.providers.domain.columns import RefusedRow
from services.providers.sources import files
from services.providers.sources.documents import Document, list_at, object_at, objects_at
from services.providers.sources.ptv_coordinates import degrees
from services.providers.sources.ptv_hours import read_week
from services.providers.sources.source_records import PointRecord, SourceRecords
from shared.languages import LANGUAGES

SUPPORT = "P9.4"


@dataclass(frozen=True)
class PtvServices:
    """What the services of a document say: which there are, which give digital support, and the service locations that
    those name."""

    ids: frozenset[object]
    giving_support: frozenset[object]
    locations: frozenset[str]

    def gives_support(self, location: str, offered: set[object]) -> bool | None:
        """Return whether a service location gives digital support; None when it offers a service that is not here."""
        if offered & self.giving_support or location in self.locations:
            return True
        return False if offered and offered <= self.ids else None


def read_ptv(places: Iterable[str | Path], municipalities: Mapping[str, str]) -> SourceRecords:
    """Return what files or addresses say: services say which of the service locations give digital support."""
    found, documents = SourceRecords(), [document for place in places for document in files.documents(place)]
    services = _services([each for each in documents if _is_service(each)])
    for number, document in enumerate(documents, start=1):
        if isinstance(document, dict) and document.get("serviceChannelType") == "ServiceLocation":
            try:
                found.add("ptv", number, _location(document, municipalities, number, services))
            except (AttributeError, TypeError, KeyError, ValueError, OverflowError):
                found.refused.append(RefusedRow("ptv", number, "the record", "is not built as PTV's are"))
        elif not _is_service(document):
            found.refused.append(RefusedRow("ptv", number, "the record", "is neither a service nor a service location"))
    return found


def _is_service(document: object) -> bool:
    return isinstance(document, dict) and "serviceClasses" in document


def _services(documents: list[object]) -> PtvServices:
    services = [each for each in documents if isinstance(each, dict)]
    support = [each for each in services if SUPPORT in _class_codes(each)]
    return PtvServices(
        frozenset(each.get("id") for each in services),
        frozenset(each.get("id") for each in support),
        frozenset(location for each in support for location in _locations_of(each)),
    )


def _class_codes(service: Document) -> set[str]:
    return {str(each.get("code")) for each in list_at(service, "serviceClasses") if isinstance(each, dict)}


def _locations_of(service: Document) -> set[str]:
    return {str(object_at(each, "serviceChannel").get("id")) for each in objects_at(service, "serviceChannels")}


def _location(
    document: Document, municipalities: Mapping[str, str], number: int, services: PtvServices
) -> PointRecord | RefusedRow:
    record = files.text(document.get("id"))
    address = next(iter(_streets(document)), None)
    names = _texts(document, "serviceChannelNames", "Name")
    if record is None or not names:
        return RefusedRow("ptv", number, "id" if record is None else "serviceChannelNames", "is empty")
    if address is None:
        return RefusedRow("ptv", number, "addresses", "has no street address of a visit")
    code = municipalities.get(str(object_at(address, "municipality").get("code")).casefold())
    if code is None:
        return RefusedRow("ptv", number, "municipality", "is no municipality's code")
    offered = {object_at(each, "service").get("id") for each in objects_at(document, "services")}
    gives = services.gives_support(record, offered)
    return PointRecord(record, code, _fields(document, address, names, code), {}, gives, draft=not gives)


def _fields(document: Document, address: Document, names: Mapping[str, str], code: str) -> dict[str, object]:
    descriptions = _texts(document, "serviceChannelDescriptions", "Description")
    return {
        **{f"name.{language}": name[:200] for language, name in names.items()},
        **{f"description.{language}": text for language, text in descriptions.items()},
        "address": _street_line(address),
        "municipality": code,
        **_location_coordinates(address),
        **_location_contact(document),
        "languages": [each for each in LANGUAGES if each in list_at(document, "languages")] or ["fi"],
        "weekly_hours": read_week(document.get("serviceHours")),
    }


def _texts(document: Document, name: str, kind: str) -> dict[str, str]:
    """Return the texts of one type, by language; a text without a type is of any."""
    texts = [each for each in objects_at(document, name) if each.get("type", kind) == kind]
    values = {str(each.get("language")): files.plain(_text_or_none(each.get("value"))) for each in texts}
    return {language: values[language] or "" for language in LANGUAGES if values.get(language)}


def _text_or_none(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("a text is needed")
    return value


def _streets(document: Document) -> list[Document]:
    return [
        each["streetAddress"]
        for each in list_at(document, "addresses")
        if isinstance(each, dict) and each.get("type") == "Location" and isinstance(each.get("streetAddress"), dict)
    ]


def _street_line(address: Document) -> str | None:
    streets, office = _texts(address, "street", ""), _texts(address, "postOffice", "").get("fi", "")
    street = streets.get("fi") or next(iter(streets.values()), "")
    line = f"{street} {address.get('streetNumber') or ''}".strip()
    town = f"{address.get('postalCode') or ''} {office.capitalize()}".strip()
    return files.text(", ".join(filter(None, [line, town])))


def _location_coordinates(address: Document) -> dict[str, float]:
    try:
        lat, lon = degrees(float(str(address["latitude"])), float(str(address["longitude"])))
    except (KeyError, ValueError):
        return {}
    return {"lat": lat, "lon": lon} if 59 <= lat <= 71 and 19 <= lon <= 32 else {}


def _location_contact(document: Document) -> dict[str, str | None]:
    return {
        "phone": _phone_of(document),
        "email": files.text(_first_of(document, "emails", "value")),
        "url": files.web_address(_first_of(document, "webPages", "url")),
    }


def _phone_of(document: Document) -> str | None:
    for each in objects_at(document, "phoneNumbers"):
        if each.get("type") == "Phone" and each.get("number"):
            return files.text(f"{each.get('prefixNumber') or ''}{each['number']}")
    return None


def _first_of(document: Document, name: str, part: str) -> object:
    return next((each.get(part) for each in objects_at(document, name)), None)
