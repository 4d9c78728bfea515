"""Where a tutor may say that they help: the places where they do so already, and those of a municipality."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request

from services.web.access_token import region
from services.web.clients import booking, providers
from services.web.language import page_language
from services.web.state import catalogue_of
from shared.schemas.common import LocalisedText
from shared.schemas.providers import Municipality


@dataclass(frozen=True)
class OwnPlaces:
    """The municipalities of the tutor's region, in the order of the page's alphabet, and places by their ids."""

    municipalities: Sequence[Municipality]
    places: Mapping[uuid.UUID, LocalisedText]


async def own_places(request: Request, token: str, municipality: str) -> OwnPlaces:
    """Return where the bearer may help; of a municipality when one is chosen."""
    weekly, points = await asyncio.gather(booking(request, token).availability(), _points(request, token, municipality))
    used = {each.service_point_id: each.place.name for each in weekly if each.service_point_id and each.place}
    return OwnPlaces(await _municipalities(request, token), used | points)


async def _points(request: Request, token: str, municipality: str) -> dict[uuid.UUID, LocalisedText]:
    if not municipality:
        return {}
    return {point.id: point.name for point in await providers(request, token).service_points(municipality)}


async def _municipalities(request: Request, token: str) -> list[Municipality]:
    language = page_language(request)
    mine = [row for row in await catalogue_of(request).municipalities.get() if row.region == region(token)]
    return sorted(mine, key=lambda row: row.name.best(language))
