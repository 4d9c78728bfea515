"""A service location of PTV. Texts are lists of `{language, value, type}`."""

from collections.abc import Iterator, Mapping
from datetime import date

from services.providers.domain.columns import LeftOut, RefusedRow, as_shown
from services.providers.domain.municipality_names import MunicipalityNames
from services.providers.sources import files
from services.providers.sources.documents import Document, list_at, object_at, objects_at, unread_paths
from services.providers.sources.ptv_coordinates import read_metres
from services.providers.sources.ptv_hours import read_hours
from services.providers.sources.source_records import Place, PointRecord
from shared.languages import LANGUAGES

STREET = "addresses.streetAddress"
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
    streets, names = _streets(document), _texts(document, "serviceChannelNames", "Name")
    if not place.record or not names:
        return place.refused("serviceChannelNames" if place.record else "id", "is empty")
    if not streets:
        return place.refused("addresses", "has no street address of a visit")
    code = municipalities.code_of(str(object_at(streets[0], "municipality").get("code")))
    if code is None:
        return place.refused("municipality", "is no municipality's code")
    coordinates, wrong_place = read_metres(streets[0].get("latitude"), streets[0].get("longitude"))
    hours = read_hours(document.get("serviceHours"), today)
    several = [LeftOut("addresses", "has more than one place to visit: the first is read")] if len(streets) > 1 else []
    fields = {
        **{f"name.{language}": name for language, name in names.items()},
        **_descriptions(document),
        "address": _street_line(streets[0]),
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
        left_out=[*several, *_other_languages(streets[0]), *wrong_place, *hours.left_out],
        unread=frozenset(map(as_shown, _unread(document, streets[0]))),
    )


def _descriptions(document: Document) -> dict[str, str]:
    texts = _texts(document, "serviceChannelDescriptions", "Description")
    return {f"description.{language}": text for language, text in texts.items()}


def _languages(document: Document) -> dict[str, object]:
    """Return the languages of the page languages that are spoken there; nothing when it says only others."""
    spoken = [each for each in LANGUAGES if each in list_at(document, "languages")]
    return {"languages": spoken} if spoken else {}


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


def _other_languages(street: Document) -> Iterator[LeftOut]:
    """Yield what of an address is not kept, as it is kept in one language."""
    for name in ("street", "postOffice"):
        kept, *others = [*_texts(street, name, "").items()] or [("", "")]
        for language, text in others:
            if text.casefold() != kept[1].casefold():
                yield LeftOut(f"{STREET}.{name} ({language})", "is not kept: an address is kept in one language")


def _street_line(address: Document) -> str | None:
    """Return street, number and post office in one language: a place may have them in Swedish alone."""
    street = next(iter(_texts(address, "street", "").values()), "")
    office = next(iter(_texts(address, "postOffice", "").values()), "")
    line = f"{street} {address.get('streetNumber') or ''}".strip()
    town = f"{address.get('postalCode') or ''} {office.title()}".strip()
    return files.text(", ".join(filter(None, [line, town])))


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


def _unread(document: Document, street: Mapping[str, object]) -> Iterator[str]:
    yield from unread_paths(document, READ, BOOKKEEPING)
    for name, kind in TEXTS.items():
        yield from _unread_texts(document, name, kind)
    for name in ("street", "postOffice"):
        others = {str(each.get("language")) for each in objects_at(street, name) if each.get("value")} - {*LANGUAGES}
        yield from (f"{STREET}.{name} ({language})" for language in sorted(others))
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
