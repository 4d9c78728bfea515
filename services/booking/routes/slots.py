"""The search for free times. It is the busiest page of all, so its answers are bytes that nobody checks again, and it
reads its own query: FastAPI takes 20 µs for each dependency."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask

from services.booking.actions.demand import Tally
from services.booking.reads import agenda, search
from shared.clock import now
from shared.db import Pool
from shared.http.paging import next_link
from shared.http.unattended import is_unattended
from shared.problems import field_problem
from shared.query import Parameter, parameters_of, read_as
from shared.schemas import booking as wire

routes = APIRouter(tags=["slots"])
read_slot_search, read_day_search = read_as(wire.SlotSearch), read_as(wire.DaySearch)
read_place_search, read_agenda_search = read_as(wire.PlaceSearch), read_as(wire.AgendaSearch)
# By this header (a boolean of RFC 9651) a request says that it is a part of a search that is counted already.
AS_DEMAND, YES, NO = "vuoro-counted", "?1", "?0"
AS_DEMAND_PARAMETER: Parameter = {
    "name": "Vuoro-Counted",
    "in": "header",
    "required": False,
    "description": "`?0`: part of a search whose first request is counted as demand",
    "schema": {"type": "string", "enum": [YES, NO]},
}


@dataclass(frozen=True)
class Searching:
    """What a search takes: connections, the time, and the installation's zone."""

    pool: Pool
    now: dt.datetime
    zone: str


def _searching(request: Request) -> Searching:
    return Searching(request.app.state.pool, now(), request.app.state.settings.zone)


def _says_counted(request: Request) -> bool:
    """Return what the header says; raises InvalidInput for what is no boolean."""
    said = request.headers.get(AS_DEMAND, YES)
    if said not in {YES, NO}:
        raise field_problem("/vuoro-counted", "literal_error")
    return said == YES


def _json(body: bytes, links: Mapping[str, str] | None = None) -> Response:
    return Response(body, media_type="application/json", headers=links)


@routes.get(
    "/slots",
    summary="Find free times",
    response_model=wire.Slots,
    openapi_extra={"parameters": [*parameters_of(wire.SlotSearch)["parameters"], AS_DEMAND_PARAMETER]},
)
async def find_slots(request: Request) -> Response:
    """Times that can be booked now, earliest first, and drop-in windows among them."""
    wanted, asked, counts = await read_slot_search(request), _searching(request), _says_counted(request)
    async with asked.pool.connection() as connection:
        found = await search.slots(connection, wanted, now=asked.now, zone=asked.zone)
    answer = _json(found.json, next_link(request, after=found.next))
    if counts and wanted.after is None:  # a further page of a search is none of its own
        _count(request, answer, wanted, asked, in_vain=found.in_vain)
    return answer


def _count(request: Request, answer: Response, wanted: wire.SlotQuery, asked: Searching, *, in_vain: bool) -> None:
    """Have a search counted as demand once its answer has left."""
    demand = search.demand_of(wanted)
    if demand is not None and not is_unattended(request):
        tally: Tally = request.app.state.tally
        answer.background = BackgroundTask(tally.count, demand, asked.now, in_vain=in_vain)


@routes.get(
    "/agenda",
    summary="Find some times of each of the next days that have room",
    response_model=wire.Agenda,
    openapi_extra={"parameters": [*parameters_of(wire.AgendaSearch)["parameters"], AS_DEMAND_PARAMETER]},
)
async def find_agenda(request: Request) -> Response:
    """Of each half of a day, times that are spread over its hours and places; whoever is free then gives the help. All
    times of one day are found at `/slots`."""
    wanted, asked, counts = await read_agenda_search(request), _searching(request), _says_counted(request)
    async with asked.pool.connection() as connection:
        found, in_vain = await agenda.agenda(connection, wanted, now=asked.now, zone=asked.zone)
    answer = _json(found.model_dump_json().encode())
    if counts:
        _count(request, answer, wanted, asked, in_vain=in_vain)
    return answer


@routes.get(
    "/days",
    summary="Find the days of a month that have room",
    response_model=wire.Days,
    openapi_extra=parameters_of(wire.DaySearch),
)
async def find_days(request: Request) -> Response:
    wanted, asked = await read_day_search(request), _searching(request)
    async with asked.pool.connection() as connection:
        found = await search.days(connection, wanted, now=asked.now, zone=asked.zone)
    return _json(found.model_dump_json().encode())


@routes.get(
    "/places",
    summary="Find the next free time of each service point",
    response_model=wire.PlaceTimes,
    openapi_extra=parameters_of(wire.PlaceSearch),
)
async def find_places(request: Request) -> Response:
    wanted, asked = await read_place_search(request), _searching(request)
    async with asked.pool.connection() as connection:
        found = await search.places(connection, wanted, now=asked.now, zone=asked.zone)
    return _json(found.model_dump_json().encode(), next_link(request, after=found.next))
