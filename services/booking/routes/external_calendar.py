"""A tutor's external calendar."""

import uuid

from fastapi import APIRouter

from services.booking.access import tutor_of
from services.booking.actions import external_calendar
from services.booking.reads import external_calendar as reads
from services.booking.routes.unit_of_work import Work
from shared.auth import Caller
from shared.db import Direct
from shared.schemas import booking as wire

routes = APIRouter(tags=["availability"])


@routes.get("/tutors/{id}/calendar", summary="How reading a tutor's external calendar goes")
async def calendar(connection: Direct, caller: Caller, id: uuid.UUID) -> wire.ExternalCalendar:
    return await reads.require_calendar(connection, (await tutor_of(connection, caller, id)).id)


@routes.put("/tutors/{id}/calendar", summary="Give the address of a tutor's external calendar")
async def set_calendar(work: Work, id: uuid.UUID, wanted: wire.ExternalCalendarInput) -> wire.ExternalCalendar:
    """It is read every quarter of an hour; while it says that the tutor is busy, nothing is offered."""
    await work.repeat(
        lambda: external_calendar.set_calendar(work.connection, work.context, tutor_id=id, url=wanted.url)
    )
    return await reads.require_calendar(work.connection, id)


@routes.delete("/tutors/{id}/calendar", status_code=204, summary="Forget it")
async def remove_calendar(work: Work, id: uuid.UUID) -> None:
    await work.repeat(lambda: external_calendar.remove_calendar(work.connection, work.context, tutor_id=id))
