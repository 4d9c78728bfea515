"""A service location of PTV. Texts are lists of `{language, value, type}`."""

from collections.abc import Iterator
from datetime import date

from services.providers.domain.columns import RefusedRow, as_shown
from services.providers.domain.municipality_names import MunicipalityNames
from services.providers.sources import files
from services.providers.sources.documents import Document, list_at, object_at, objects_at, unread_paths
from services.providers.sources.ptv_addresses import STREET, VisitedAddress, visited_address
from services.providers.sources.ptv_coordinates import read_metres
from services.providers.sources.ptv_hours import read_hours
from services.providers.sources.ptv_texts import texts_of
from services.providers.sources.source_records import Place, PointRecord
from shared.languages import LANGUAGES

TEXTS = {"serviceChannelNames": "Name", "serviceChannelDescriptions": "Description"}
INTERVAL = ("dayFrom", "dayTo", "from", "to")
READ = frozenset(
    {"id", "serviceChannelType", "languages", "publishingStatus", "services.service.id"}
    | {f"{name}.{part}" for name in TEXTS for part in ("language", "value", "type")}
    | {f"phoneNumbers.{part}" for part in ("type", "prefixNumber", "number", "language", "isFinnishServiceNumber")}
    | {"emails.value", "webPages.url", "addresses.type"}
    | {f"{STREET}.{name}.{part}" for name in ("street", "postOffice") for part in ("language", "value")}
    | {f"{STREET}.{part}" for part in ("streetNumber", "postalCode", "municipality.code", "latitude", "longitude")}
    | {f"serviceHours.{part}" for part in ("serviceHourType", "validFrom", "validTo", "isClosed", "isAlwaysOpen")}
    | {f"serviceHours.{part}" for part in ("isReservation", *(f"openingHour.{each}" for each in INTERVAL))}
)
# What PTV keeps of its own records, says twice, or says of how it is shown there, and nothing of the place.
BOOKKEEPING = frozenset(
    {"sourceId", "oid", "organizationId", "modified", "displayNameType", "services.modified", "services.service.name"}
    | {"addresses.subType", "addresses.country", f"{STREET}.coordinateState", f"{STREET}.municipality.name"}
    | {"serviceHours.validForNow", "serviceHours.openingHour.order", "emails.language", "webPages.language"}
)


def read_location(
    place: Place, document: Document, municipalities: MunicipalityNames, gives_support: bool | None, today: date
) -> PointRecord | RefusedRow:
    """Return what a published service location says, or why it does not go in."""
    visited, names = visited_address(document), texts_of(document, "serviceChannelNames", "Name")
    if not place.record or not names:
        return place.refused("serviceChannelNames" if place.record else "id", "is empty")
    if visited is None:
        return place.refused("addresses", "has no street address of a visit")
    code = municipalities.code_of(str(object_at(visited.street, "municipality").get("code")))
    if code is None:
        return place.refused("municipality", "is no municipality's code")
    coordinates, wrong_place = read_metres(visited.street.get("latitude"), visited.street.get("longitude"))
    hours = read_hours(document.get("serviceHours"), today)
    fields = {
        **{f"name.{language}": name for language, name in names.items()},
        **_descriptions(document),
        **visited.fields(),
        "municipality": code,
        **coordinates,
        **_location_contact(document),
        **_languages(document),
        "weekly_hours": hours.week,
    }
    return PointRecord(
        source_id=place.record,
        municipality=code,
        fields=fields,
        days=hours.days,
        gives_support=gives_support,
        draft=not gives_support,
        left_out=[*visited.left_out(document), *wrong_place, *hours.left_out],
        unread=frozenset(map(as_shown, _unread(document, visited))),
    )


def _descriptions(document: Document) -> dict[str, str]:
    texts = texts_of(document, "serviceChannelDescriptions", "Description")
    return {f"description.{language}": text for language, text in texts.items()}


def _languages(document: Document) -> dict[str, object]:
    """Return the languages of the page languages that are spoken there; nothing when it says only others."""
    spoken = [each for each in LANGUAGES if each in list_at(document, "languages")]
    return {"languages": spoken} if spoken else {}


def _location_contact(document: Document) -> dict[str, str | None]:
    return {
        "phone": _phone_of(document),
        "email": files.text(_first_of(document, "emails", "value")),
        "url": files.web_address(_first_of(document, "webPages", "url")),
    }


def _phone_of(document: Document) -> str | None:
    for each in objects_at(document, "phoneNumbers"):
        if each.get("type") == "Phone" and each.get("number"):
            return _with_prefix(files.text(each.get("prefixNumber")), files.text(each["number"]) or "")
    return None


def _with_prefix(prefix: str | None, number: str) -> str:
    """A number is called from abroad without the zero that it begins with at home."""
    return f"{prefix}{number.removeprefix('0')}" if prefix else number


def _first_of(document: Document, name: str, part: str) -> object:
    return next((each.get(part) for each in objects_at(document, name)), None)


def _unread(document: Document, visited: VisitedAddress) -> Iterator[str]:
    yield from unread_paths(visited.alone(document), READ, BOOKKEEPING)
    for name, kind in TEXTS.items():
        yield from _unread_texts(document, name, kind)
    yield from visited.languages_unread()
    yield from (f"languages ({each})" for each in list_at(document, "languages") if each not in LANGUAGES)
    for name in ("phoneNumbers", "emails", "webPages"):
        if len(objects_at(document, name)) > 1:
            yield f"{name} after the first"


def _unread_texts(document: Document, name: str, kind: str) -> Iterator[str]:
    for each in objects_at(document, name):
        if each.get("value") and each.get("type", kind) != kind:
            yield f"{name} ({each['type']})"
        elif each.get("value") and each.get("language") not in LANGUAGES:
            yield f"{name} ({each.get('language')})"
