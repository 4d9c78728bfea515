"""The search for free times. It is the busiest page of all, so its answers are written without being checked again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from starlette.background import BackgroundTask

from services.booking.actions.demand import count_demand
from services.booking.reads import search
from services.booking.routes.requests import Config
from shared.clock import Now
from shared.db import Connections, Direct
from shared.query import parameters_of, read_as
from shared.schemas import booking as wire

routes = APIRouter(tags=["slots"])


def _json(body: wire.Slots | wire.Days | wire.PlaceTimes) -> Response:
    return Response(body.model_dump_json(), media_type="application/json")


@routes.get(
    "/slots", summary="Find free times", response_model=wire.Slots, openapi_extra=parameters_of(wire.SlotSearch)
)
async def find_slots(
    connections: Connections,
    settings: Config,
    now: Now,
    wanted: Annotated[wire.SlotSearch, Depends(read_as(wire.SlotSearch))],
) -> Response:
    """Times that can be booked now, earliest first, and drop-in windows among them."""
    async with connections.connection() as connection:
        found = await search.slots(connection, wanted, now=now, zone=settings.zone)
    answer = _json(found.slots)
    if found.in_vain is not None:  # counted once the answer has left
        answer.background = BackgroundTask(count_demand, connections, found.in_vain, now)
    return answer


@routes.get(
    "/days",
    summary="Find the days of a month that have room",
    response_model=wire.Days,
    openapi_extra=parameters_of(wire.DaySearch),
)
async def find_days(
    connection: Direct, settings: Config, now: Now, wanted: Annotated[wire.DaySearch, Depends(read_as(wire.DaySearch))]
) -> Response:
    return _json(await search.days(connection, wanted, now=now, zone=settings.zone))


@routes.get(
    "/places",
    summary="Find the next free time of each service point",
    response_model=wire.PlaceTimes,
    openapi_extra=parameters_of(wire.PlaceSearch),
)
async def find_places(
    connection: Direct,
    settings: Config,
    now: Now,
    wanted: Annotated[wire.PlaceSearch, Depends(read_as(wire.PlaceSearch))],
) -> Response:
    return _json(await search.places(connection, wanted, limit=wanted.limit, now=now, zone=settings.zone))
