"""The search for free times. It is the busiest page of all, so its answers are bytes that nobody checks again, and what
it needs is one dependency."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.background import BackgroundTask

from services.booking.actions.demand import count_demand
from services.booking.reads import search
from shared.clock import now
from shared.db import Pool
from shared.query import parameters_of, read_as
from shared.schemas import booking as wire

routes = APIRouter(tags=["slots"])


@dataclass(frozen=True)
class Searching:
    """What a search takes: connections, the time, and the installation's zone."""

    pool: Pool
    now: dt.datetime
    zone: str


async def _searching(request: Request) -> Searching:
    return Searching(request.app.state.pool, now(), request.app.state.settings.zone)


Search = Annotated[Searching, Depends(_searching)]


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


@routes.get(
    "/slots", summary="Find free times", response_model=wire.Slots, openapi_extra=parameters_of(wire.SlotSearch)
)
async def find_slots(asked: Search, wanted: Annotated[wire.SlotSearch, Depends(read_as(wire.SlotSearch))]) -> Response:
    """Times that can be booked now, earliest first, and drop-in windows among them."""
    async with asked.pool.connection() as connection:
        found = await search.slots(connection, wanted, now=asked.now, zone=asked.zone)
    answer = _json(found.json)
    if found.in_vain is not None:  # counted once the answer has left
        answer.background = BackgroundTask(count_demand, asked.pool, found.in_vain, asked.now)
    return answer


@routes.get(
    "/days",
    summary="Find the days of a month that have room",
    response_model=wire.Days,
    openapi_extra=parameters_of(wire.DaySearch),
)
async def find_days(asked: Search, wanted: Annotated[wire.DaySearch, Depends(read_as(wire.DaySearch))]) -> Response:
    async with asked.pool.connection() as connection:
        found = await search.days(connection, wanted, now=asked.now, zone=asked.zone)
    return _json(found.model_dump_json().encode())


@routes.get(
    "/places",
    summary="Find the next free time of each service point",
    response_model=wire.PlaceTimes,
    openapi_extra=parameters_of(wire.PlaceSearch),
)
async def find_places(
    asked: Search, wanted: Annotated[wire.PlaceSearch, Depends(read_as(wire.PlaceSearch))]
) -> Response:
    async with asked.pool.connection() as connection:
        found = await search.places(connection, wanted, limit=wanted.limit, now=asked.now, zone=asked.zone)
    return _json(found.model_dump_json().encode())
