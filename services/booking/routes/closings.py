"""Closings of service points."""

import uuid

from fastapi import APIRouter

from services.booking.actions import closings
from services.booking.reads import closings as reads
from services.booking.routes.requests import Config
from services.booking.routes.unit_of_work import Work
from shared.clock import Now
from shared.db import Direct
from shared.schemas import booking as wire

routes = APIRouter(tags=["availability"])


@routes.get("/closings", summary="A service point's coming closings")
async def coming_closings(connection: Direct, settings: Config, now: Now, service_point_id: uuid.UUID) -> wire.Closings:
    return await reads.closings(connection, service_point_id, now, settings.zone)


@routes.post("/closings", status_code=201, summary="Shut a service point for a while")
async def add_closing(work: Work, wanted: wire.ClosingInput) -> wire.Closing:
    made = await work.once(lambda: closings.add_closing(work.connection, work.context, wanted=wanted))
    return await reads.one_closing(work.connection, made, work.settings.zone)


@routes.delete("/closings/{id}", status_code=204, summary="Open it again")
async def remove_closing(work: Work, id: uuid.UUID) -> None:
    await work.repeat(lambda: closings.remove_closing(work.connection, work.context, closing=id))
