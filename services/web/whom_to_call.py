"""Whom to phone who finds no time: a person answers there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from services.web.clients import providers
from services.web.patience import answer_or_none
from services.web.state import catalogue_of
from shared.clients import ProvidersClient, Refused
from shared.problems import Unavailable
from shared.schemas.booking import Appointment
from shared.schemas.common import LocalisedText
from shared.schemas.providers import FoundServicePoint, Municipality

MOST, LOOKED_AT = 3, 50


@dataclass(frozen=True)
class Answering:
    """A place, or an organisation, and its number."""

    name: LocalisedText
    phone: str


async def whom_to_call(request: Request, municipality: Municipality) -> Sequence[Answering]:
    """Return who answers in a municipality, or else nearest to its middle; nobody while the registry is away."""
    client = providers(request)
    of_it = await answer_or_none(client.service_points(municipality.code)) or []
    if found := await _with_numbers(client, of_it):
        return found
    if municipality.lat is None or municipality.lon is None:
        return []
    middle = f"{municipality.lat:.4f},{municipality.lon:.4f}"
    around = await answer_or_none(client.nearest_points(middle, LOOKED_AT))
    return await _with_numbers(client, around.items if around else [])


async def who_answers(request: Request, code: str) -> Sequence[Answering]:
    """Return whom to call in the municipality of a code; nobody for a code that is none, or while that is not known."""
    try:
        municipality = await catalogue_of(request).municipality(code)
    except (Unavailable, Refused):
        return []
    return await whom_to_call(request, municipality) if municipality else []


async def who_answers_about(request: Request, found: Appointment) -> Sequence[Answering]:
    """Return whom to call about an appointment whose place and organisation have no number: who answers around it."""
    if found.phone:
        return []
    return await who_answers(request, found.municipality or await _municipality_of(request, found))


async def _municipality_of(request: Request, found: Appointment) -> str:
    """Return the municipality of an appointment's place, or of its organisation; empty where that is not known now."""
    registry = providers(request)
    if found.service_point_id and (point := await answer_or_none(registry.service_point(found.service_point_id))):
        return point.municipality
    organisation = await answer_or_none(registry.organisation(found.organisation_id))
    return (organisation.municipality or "") if organisation else ""


async def _with_numbers(client: ProvidersClient, points: Sequence[FoundServicePoint]) -> Sequence[Answering]:
    """Return the first places that have a number; where none has, the first of their organisations that have one."""
    if found := [Answering(point.name, point.phone) for point in points if point.phone]:
        return found[:MOST]
    ids = list(dict.fromkeys(point.organisation_id for point in points))[:MOST]
    organisations = await asyncio.gather(*(answer_or_none(client.organisation(each)) for each in ids))
    return [Answering(each.name, each.phone) for each in organisations if each and each.phone]
