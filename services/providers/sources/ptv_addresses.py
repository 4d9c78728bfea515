"""The addresses of a service location of PTV: the one that people go to is kept, and the others are told."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.providers.domain.columns import LeftOut, as_shown
from services.providers.sources import files
from services.providers.sources.documents import Document, as_document, both_addresses, in_language, list_at
from services.providers.sources.ptv_texts import texts_of
from shared.languages import DEFAULT, LANGUAGES, Language

STREET = "addresses.streetAddress"
VISITED = ("Location", "Visiting")
"""The types of addresses that people go to, today's and that of older versions; letters go to the others."""


@dataclass(frozen=True)
class VisitedAddress:
    """An address that people go to, whole and its street."""

    whole: Document
    street: Document

    def fields(self) -> dict[str, str | None]:
        """Return the fields of the address: a street may have names in Finnish and in Swedish, or in one of them."""
        return both_addresses(lambda language: _line(self.street, language))

    def left_out(self, document: Document) -> Iterator[LeftOut]:
        """Yield each other address of the location by its type and text, unless it is the same in words; and what of
        this one is neither in Finnish nor in Swedish."""
        kept = _line(self.street, DEFAULT)
        for other in list_at(document, "addresses"):
            if isinstance(other, dict) and other is not self.whole and (text := _any_address(other)) != kept:
                where = as_shown(f"addresses ({other.get('type') or 'of no type'}: {text})")
                yield LeftOut(where, f"is not kept: people are sent to {kept}")
        for name in ("street", "postOffice"):
            texts = {language: text.casefold() for language, text in texts_of(self.street, name).items()}
            if texts.get("en", "") not in ("", texts.get("fi"), texts.get("sv")):
                yield LeftOut(f"{STREET}.{name} (en)", "is not kept: an address is kept in Finnish and Swedish")

    def alone(self, document: Document) -> Document:
        """Return the location without its other addresses."""
        others = [each for each in list_at(document, "addresses") if not isinstance(each, dict)]
        return {**document, "addresses": [self.whole, *others]}

    def languages_unread(self) -> Iterator[str]:
        """Yield where the address says something in a language that no page has."""
        for name in ("street", "postOffice"):
            texts = [as_document(each) for each in list_at(self.street, name)]
            others = {str(each.get("language")) for each in texts if each.get("value")} - {*LANGUAGES}
            yield from (f"{STREET}.{name} ({language})" for language in sorted(others))


def visited_address(document: Document) -> VisitedAddress | None:
    """Return the first address to visit that names a street, or the first at all; None for a place that nobody can
    visit."""
    found = [
        VisitedAddress(each, each["streetAddress"])
        for each in list_at(document, "addresses")
        if isinstance(each, dict) and each.get("type") in VISITED and isinstance(each.get("streetAddress"), dict)
    ]
    return next((each for each in found if texts_of(each.street, "street")), found[0] if found else None)


def _line(place: Document, language: Language) -> str | None:
    """Return street, number and post office in a language, or in the nearest that each of them has."""
    street, box, office = (texts_of(place, name) for name in ("street", "postOfficeBox", "postOffice"))
    name = in_language(street or box, language)
    line = f"{name} {place.get('streetNumber') or ''}".strip() if name else ""
    town = f"{place.get('postalCode') or ''} {in_language(office, language).title()}".strip()
    return files.text(", ".join(filter(None, [line, town])))


def _any_address(address: Document) -> str:
    """Return an address of any kind on one line; however odd it is, the address that people go to goes in."""
    kinds = [address.get("streetAddress"), address.get("postOfficeBoxAddress")]
    try:
        moving = list_at(address, "multipointLocation")
        lines = [_line(each, DEFAULT) for each in (*kinds, *moving) if isinstance(each, dict)]
        lines.append(in_language(texts_of(address, "locationAbroad"), DEFAULT))
    except (TypeError, ValueError):
        return "cannot be read"
    return "; ".join(filter(None, lines)) or "without a street"
