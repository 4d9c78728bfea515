"""Libraries as Kirkanta describes them (Kirjastot.fi, API v4, `/library` with schedules, services and contact details).

Texts stand there alone or by language. Digital support is given where "Digituki" stands among the services.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from services.providers.domain.columns import LeftOut, RefusedRow, UnreadableField
from services.providers.domain.coordinates import read_coordinates
from services.providers.domain.municipality_names import MunicipalityNames
from services.providers.sources import files
from services.providers.sources.documents import (
    Document,
    both_addresses,
    by_language,
    first_text,
    id_of,
    in_language,
    list_at,
    texts_at,
    unread_paths,
)
from services.providers.sources.kirkanta_hours import read_schedules
from services.providers.sources.source_records import Place, PointRecord, SourceRecords
from shared.languages import Language

# The values that are read of a library.
READ = frozenset(
    {"id", "address.zipcode", "coordinates.lat", "coordinates.lon"}
    | texts_at("name", "description", "address.street", "address.city")
    | {"schedules.date", "schedules.closed", "services.name", "services.standardName"}
    | {f"schedules.times.{part}" for part in ("from", "to", "status")}
    | {f"primaryContactInfo.{path}" for path in ("phoneNumber.number", "email.email", "homepage.url")}
)
# What Kirkanta keeps of its own records, and says nothing of the place; `city` is a number that the address names.
BOOKKEEPING = frozenset({"slug", "created", "modified", "schedules.period", "consortium", "city"})


def read_kirkanta(where: str | Path, municipalities: MunicipalityNames) -> SourceRecords:
    """Return what a file or an address says."""
    found, file = SourceRecords(), files.name_of(where)
    for number, library in enumerate(files.documents(where), start=1):
        place = Place(file, number, id_of(library))
        try:
            found.add(place, _library(library, municipalities, place))
        except (AttributeError, TypeError, KeyError, ValueError, OverflowError):
            found.refused.append(place.refused("the record", "is not built as Kirkanta's are"))
    return found


def _library(library: object, municipalities: MunicipalityNames, place: Place) -> PointRecord | RefusedRow:
    if not isinstance(library, dict):
        return place.refused("the record", "is no library")
    address, names = _object_or_empty(library.get("address")), by_language(library.get("name"))
    streets, city = by_language(address.get("street")), first_text(address.get("city"))
    for field, value in (("id", place.record), ("name", names), ("address.street", streets)):
        if not value:
            return place.refused(field, "is empty")
    code = municipalities.code_of(city or "")
    if code is None:
        return place.refused("address.city", "is no municipality's name")
    coordinates, wrong_place = _library_coordinates(library.get("coordinates"))
    days, wrong_hours = read_schedules(place.record or "", library.get("schedules"))
    fields = {
        **{f"name.{language}": name for language, name in names.items()},
        **_address_fields(address),
        "municipality": code,
        **coordinates,
        **_library_contact(library.get("primaryContactInfo")),
        **_descriptions(library.get("description")),
    }
    gives = _gives_support(library)
    return PointRecord(
        source_id=place.record or "",
        municipality=code,
        fields=fields,
        days=days,
        gives_support=gives,
        draft=not gives,
        left_out=[*wrong_place, *wrong_hours],
        unread=frozenset({*unread_paths(library, READ, BOOKKEEPING), *_english_streets(streets)}),
    )


def _address_fields(address: Document) -> dict[str, str | None]:
    """Return the address, and in Swedish where it is another; who asked for one language knows of no other."""
    streets, cities = by_language(address.get("street")), by_language(address.get("city"))
    postal = files.text(address.get("zipcode")) or ""

    def line(language: Language) -> str:
        town = f"{postal} {in_language(cities, language)}".strip()
        return ", ".join(filter(None, [in_language(streets, language), town]))

    fields = both_addresses(line)
    is_in_several = any(isinstance(address.get(name), dict) for name in ("street", "city"))
    return fields if is_in_several else {"address": fields["address"]}


def _descriptions(value: object) -> dict[str, object]:
    plain = {language: files.plain(text) for language, text in by_language(value).items()}
    return {f"description.{language}": text for language, text in plain.items() if text}


def _english_streets(streets: Mapping[str, str]) -> Iterator[str]:
    """Yield where a street is another in English, in which no address is kept."""
    kept = {text.casefold() for language, text in streets.items() if language != "en"}
    if kept and "en" in streets and streets["en"].casefold() not in kept:
        yield "address.street.en"


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


def _library_coordinates(found: object) -> tuple[dict[str, float | None], list[LeftOut]]:
    place = _object_or_empty(found)
    try:
        lat, lon = read_coordinates(str(place.get("lat") or ""), str(place.get("lon") or ""))
    except UnreadableField as problem:
        return {}, [LeftOut(f"coordinates.{problem.field}", problem.reason)]
    return ({} if lat is None else {"lat": lat, "lon": lon}), []


def _library_contact(found: object) -> dict[str, str | None]:
    """Return how to reach the library; nothing at all, when nobody asked for contact details."""
    if not isinstance(found, dict):
        return {}
    return {
        "phone": files.text(_object_or_empty(found.get("phoneNumber")).get("number")),
        "email": files.text(_object_or_empty(found.get("email")).get("email")),
        "url": files.web_address(_object_or_empty(found.get("homepage")).get("url")),
    }
