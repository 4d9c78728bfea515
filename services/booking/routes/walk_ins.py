"""Who comes without a time."""

import uuid

from fastapi import APIRouter

from services.booking.actions import walk_ins
from services.booking.reads import walk_ins as reads
from services.booking.routes.requests import Config
from services.booking.routes.unit_of_work import Work
from shared.auth import Caller
from shared.clock import Now
from shared.db import Direct
from shared.schemas import booking as wire
from shared.schemas.common import Date

routes = APIRouter(tags=["walk-ins"])


@routes.get("/walk-ins", summary="A service point's day without appointments")
async def tally_of_day(
    connection: Direct,
    settings: Config,
    caller: Caller,
    now: Now,
    service_point_id: uuid.UUID,
    date: Date | None = None,
) -> wire.WalkInTally:
    """Who was helped, turned away or waits, today by default. There is nothing of who they were."""
    return await reads.tally(connection, caller, service_point_id, date, now=now, zone=settings.zone)


@routes.post("/walk-ins", status_code=201, summary="Note somebody who came without a time")
async def note_walk_in(work: Work, wanted: wire.WalkInInput) -> wire.WalkIn:
    """Helped or turned away already; or waiting: then it has the next number of the service point's queue today."""
    made = await work.once(lambda: walk_ins.note(work.connection, work.context, wanted=wanted))
    return await reads.walk_in(work.connection, made, work.settings.zone)


@routes.post("/called-walk-ins", summary="Call the next number")
async def call_next(work: Work, wanted: wire.NextWalkInInput) -> wire.WalkIn:
    called = await work.once(lambda: walk_ins.call_next(work.connection, work.context, wanted=wanted))
    return await reads.walk_in(work.connection, called, work.settings.zone)


@routes.post("/walk-ins/{id}/outcome", summary="Say how it ended for who waited, or put it right")
async def end_walk_in(work: Work, id: uuid.UUID, wanted: wire.WalkInOutcomeInput) -> wire.WalkIn:
    ended = await work.once(lambda: walk_ins.end(work.connection, work.context, walk_in=id, outcome=wanted))
    return await reads.walk_in(work.connection, ended, work.settings.zone)


@routes.delete("/walk-ins/{id}", status_code=204, summary="Take back what was noted by mistake")
async def remove_walk_in(work: Work, id: uuid.UUID) -> None:
    await work.repeat(lambda: walk_ins.remove(work.connection, work.context, walk_in=id))


@routes.get("/queues/{id}", summary="What the wall of a service point shows")
async def queue(connection: Direct, settings: Config, now: Now, id: uuid.UUID) -> wire.Queue:
    """The numbers whose turn it is, and how many wait: for everybody to see."""
    return await reads.queue(connection, id, now=now, zone=settings.zone)
