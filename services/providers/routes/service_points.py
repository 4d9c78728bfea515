"""Service points: everybody finds and reads those that are published; who may write the registry writes them."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.providers import access, models
from services.providers.actions import service_points as actions
from services.providers.domain import completeness as rules
from services.providers.routes.dependencies import Booking, Transactions
from services.providers.routes.registry import SERVICE_POINTS
from services.providers.search.points import find_points
from services.providers.store.records import existing
from services.providers.store.service_points import known_of
from shared.auth import Caller
from shared.conditional import NOT_MODIFIED, IfMatch, fresh
from shared.db import Direct, Session
from shared.http.paging import next_link
from shared.idempotency import Idempotent
from shared.openapi.security import FOR_ANYBODY
from shared.query import parameters_of, read_as
from shared.schemas import providers as wire

routes = APIRouter(tags=["registry"])


@routes.get(
    "/service-points",
    summary="Find service points",
    response_model=wire.ServicePoints,
    responses=NOT_MODIFIED,
    openapi_extra=parameters_of(wire.ServicePointSearch) | FOR_ANYBODY,
)
async def find_service_points(
    request: Request,
    connection: Direct,
    wanted: Annotated[wire.ServicePointSearch, Depends(read_as(wire.ServicePointSearch))],
) -> Response:
    """Published ones: the nearest first with `near`, the likeliest first with `q`, else in order of id."""
    found = await find_points(connection, wanted)
    page = wire.ServicePoints(items=found.items, next=found.next, understood=found.understood)
    return fresh(request, page, next_link(request, after=found.next))


@routes.get("/service-points/{id}/completeness", summary="What is missing for a citizen", openapi_extra=FOR_ANYBODY)
async def completeness(session: Session, caller: Caller, id: uuid.UUID) -> wire.Completeness:
    """In per cent; fields are named, what matters most first."""
    point = await existing(session, models.ServicePoint, id)
    await access.require_to_see(session, caller, point)
    municipality = await session.get_one(models.Municipality, point.municipality)
    score, missing = rules.completeness(await known_of(session, point), municipality.languages)
    return wire.Completeness(score=score, missing=missing)


@routes.get(
    "/service-points/{id}",
    summary="One service point",
    response_model=wire.ServicePoint,
    responses=NOT_MODIFIED,
    openapi_extra=FOR_ANYBODY,
)
async def show_service_point(request: Request, session: Session, caller: Caller, id: uuid.UUID) -> Response:
    return await SERVICE_POINTS.show(request, session, caller, id)


@routes.post("/service-points", status_code=201, summary="Add a service point")
async def add_service_point(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.ServicePointInput, response: Response
) -> wire.ServicePoint:
    made = await once(lambda: actions.write_service_point(session, caller=caller, wanted=wanted))
    return await SERVICE_POINTS.written(session, response, made)


@routes.put("/service-points/{id}", summary="Replace a service point's details")
async def replace_service_point(
    session: Session,
    begin: Transactions,
    booking: Booking,
    caller: Caller,
    id: uuid.UUID,
    wanted: wire.ServicePointInput,
    if_match: IfMatch,
    response: Response,
) -> wire.ServicePoint:
    """One with appointments to come is not ended or withdrawn: they are listed instead."""
    await actions.replace_service_point(begin, booking, caller=caller, point=id, wanted=wanted, if_match=if_match)
    return await SERVICE_POINTS.written(session, response, id)
