"""Where help is needed, as people write it: a municipality or a village, a postal code, a place's name or its
address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from services.web.clients import providers
from services.web.forms.search import Search
from shared.clients import ProvidersClient, Refused
from shared.problems import Unavailable
from shared.schemas.providers import FoundServicePoint, ServicePoints
from shared.texts import marked

POSTAL_CODE = re.compile(r"(?<!\d)(\d{3} ?\d{2})(?!\d)")
SHORTEST, LONGEST, POINTS_ASKED = 2, 100, 20
MOST_CHOICES = 8
NO_PLACE = marked("Write where you need help, or choose the municipality.")
NO_SUCH_CODE = marked("We do not know this postal code. Write your municipality instead.")
NOT_KNOWN = marked("We do not know this place. Write the name of your municipality, or choose it.")
CALLED_BY_MANY = marked("Many places are called this. Write the name of your municipality, too.")
NOTHING_NEAR = marked("We found no place near you. Choose the municipality.")
NOT_ASKED = marked("We cannot look up places right now. Choose the municipality from the list.")
WHICH = marked("Which place do you mean? Choose one.")


@dataclass(frozen=True)
class Where:
    """The municipality that is meant; or what is wrong, by the name of a field, and `among` which to choose."""

    municipality: str = ""
    error: str = ""
    field: str = "place"
    among: Sequence[str] = ()


async def settle_where(request: Request, chosen: Search, written: str, in_words: str | None) -> Where:
    """Return where help is needed: as it is written and chosen, which must be one place; else near where somebody is,
    or as the words on their trouble say."""
    codes, error = await _written(request, written) if written else ([], "")
    if chosen.municipality and (not codes or chosen.municipality in codes):
        return Where(chosen.municipality)
    among = [*codes, chosen.municipality] if chosen.municipality else codes
    if len(among) == 1:
        return Where(among[0])
    if len(among) > MOST_CHOICES:
        return Where(error=CALLED_BY_MANY)
    if among:
        return Where(error=WHICH, field="meant", among=among)
    if error:
        return Where(error=error)
    return await _not_written(request, chosen.near, in_words)


async def _not_written(request: Request, near: str, in_words: str | None) -> Where:
    nearest = await _municipality_near(request, near) if near else None
    if found := nearest or in_words:
        return Where(found)
    return Where(error=NOTHING_NEAR, field="municipality") if near else Where(error=NO_PLACE)


async def _municipality_near(request: Request, near: str) -> str | None:
    """Return the municipality of the nearest service point; None where there is none around, or nobody knows."""
    try:
        nearest = await providers(request).nearest_point(near)
    except (Refused, Unavailable):
        return None
    return nearest.municipality if nearest else None


async def _written(request: Request, text: str) -> tuple[list[str], str]:
    """Return the codes of the municipalities that a text may mean, or what is wrong with it."""
    client, text = providers(request), text[:LONGEST]
    code = POSTAL_CODE.search(text)
    try:
        found = await _by_code(client, code[1].replace(" ", "")) if code else await _by_name(client, text)
    except Unavailable:
        return [], NOT_ASKED
    except Refused:
        found = []
    return found, "" if found else NO_SUCH_CODE if code else NOT_KNOWN


async def _by_code(client: ProvidersClient, code: str) -> list[str]:
    return [row.code for row in await client.municipalities_of(code)]


async def _by_name(client: ProvidersClient, text: str) -> list[str]:
    """Return the municipalities of this name; of the one that stands last in an address; or those of the places that
    are called so, or are there."""
    whole, last = text.strip(), text.rpartition(",")[2].strip()
    for name in dict.fromkeys((whole, last)):
        found = await client.municipalities_named(name) if len(name) >= SHORTEST else []
        if found:
            return [row.code for row in found]
    return _of_points(await client.points_called(whole, POINTS_ASKED), whole)


def _of_points(found: ServicePoints, text: str) -> list[str]:
    understood = found.understood
    if understood is not None and understood.municipality:
        return [understood.municipality]
    if understood is None or not understood.words:  # it tells a trouble, and no place
        return []
    called = [point for point in found.items if _is_called(point, text)]
    return list(dict.fromkeys(point.municipality for point in called or found.items))


def _is_called(point: FoundServicePoint, text: str) -> bool:
    names = (point.name.fi, point.name.sv, point.name.en, point.address)
    return text.casefold() in {name.casefold() for name in names if name}
