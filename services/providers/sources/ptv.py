"""Services and service locations as the national service catalogue describes them (PTV, open API v11).

Texts are lists of `{language, value, type}`. A service of class P9.4, support services for transactions, gives digital
support at the service locations that it names.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from services.providers.domain.columns import RefusedRow
from services.providers.sources import files
from services.providers.sources.documents import Document, list_at, object_at, objects_at
from services.providers.sources.ptv_coordinates import degrees
from services.providers.sources.ptv_hours import read_week
from services.providers.sources.source_records import PointRecord, SourceRecords
from shared.languages import LANGUAGES

SUPPORT = "P9.4"


@dataclass
class PtvServices:
    """What the services of a document say: which there are, which give digital support, and the service locations that
    those name."""

    ids: set[object] = field(default_factory=set)
    giving_support: set[object] = field(default_factory=set)
    locations: set[str] = field(default_factory=set)

    def add(self, service: Document) -> None:
        """Read one service."""
        if SUPPORT in _class_codes(service):
            self.locations |= _locations_of(service)
            self.giving_support.add(service.get("id"))
        self.ids.add(service.get("id"))

    def gives_support(self, location: str, offered: set[object]) -> bool | None:
        """Return whether a service location gives digital support; None when it offers a service that is not here."""
        if offered & self.giving_support or location in self.locations:
            return True
        return False if offered and offered <= self.ids else None


def read_ptv(places: Iterable[str | Path], municipalities: Mapping[str, str]) -> SourceRecords:
    """Return what files or addresses say: services say which of the service locations give digital support."""
    found, services = SourceRecords(), PtvServices()
    numbered = list(enumerate((each for place in places for each in files.documents(place)), start=1))
    for number, document in numbered:
        if not isinstance(document, dict) or not ("serviceClasses" in document or _is_location(document)):
            found.refused.append(RefusedRow("ptv", number, "the record", "is neither a service nor a service location"))
        elif not _is_location(document):
            with _refusing(found, number):
                services.add(document)
    for number, document in numbered:  # only now, since a service may stand after its locations
        if isinstance(document, dict) and _is_location(document):
            with _refusing(found, number):
                found.add("ptv", number, _location(document, municipalities, number, services))
    return found


@contextmanager
def _refusing(found: SourceRecords, number: int) -> Iterator[None]:
    """Refuse a record that cannot be read, and go on."""
    try:
        yield
    except (AttributeError, TypeError, KeyError, ValueError, OverflowError):
        found.refused.append(RefusedRow("ptv", number, "the record", "is not built as PTV's are"))


def _is_location(document: Document) -> bool:
    return document.get("serviceChannelType") == "ServiceLocation"


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
