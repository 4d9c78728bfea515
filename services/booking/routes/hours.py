"""Tutors' hours, extra time and absences, and how their week is read."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.booking.access import tutor_of
from services.booking.actions import hours, hours_ics, illness
from services.booking.reads import hours as reads
from services.booking.routes.requests import Config, RequestContext, tagged
from services.booking.routes.unit_of_work import Work
from shared.auth import Caller
from shared.clock import Now
from shared.conditional import IfMatch
from shared.db import Direct
from shared.openapi.bodies import answers, text_body
from shared.schemas import booking as wire

routes = APIRouter(tags=["availability"])
CALENDAR = "text/calendar"
VAVAILABILITY = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//hours//EN
BEGIN:VAVAILABILITY
UID:hours@example.fi
DTSTAMP:20270101T000000Z
BEGIN:AVAILABLE
UID:tuesdays@example.fi
DTSTAMP:20270101T000000Z
DTSTART;TZID=Europe/Helsinki:20270302T100000
DTEND;TZID=Europe/Helsinki:20270302T140000
RRULE:FREQ=WEEKLY
END:AVAILABLE
END:VAVAILABILITY
END:VCALENDAR
"""
Standing = Annotated[
    wire.Standing | None,
    Query(
        alias="appointments",
        description="what becomes of appointments that lose their open time; without it, if there are some, nothing "
        "is saved",
    ),
]


@routes.get("/availability", summary="A tutor's weekly hours")
async def weekly_hours(connection: Direct, caller: Caller, tutor_id: uuid.UUID | None = None) -> wire.Availabilities:
    return await reads.availability(connection, (await tutor_of(connection, caller, tutor_id)).id)


@routes.post("/availability", status_code=201, summary="Add weekly hours")
async def add_weekly_hours(work: Work, wanted: wire.AvailabilityInput, response: Response) -> wire.Availability:
    """ "Tuesdays 10:00 to 14:00 at this library": local wall time, which follows the clock through summer time."""
    made = await work.once(lambda: hours.add_availability(work.connection, work.context, wanted=wanted))
    return tagged(response, await reads.one_availability(work.connection, made))


@routes.put("/availability/{id}", summary="Change weekly hours")
async def replace_weekly_hours(
    work: Work,
    id: uuid.UUID,
    wanted: wire.AvailabilityInput,
    if_match: IfMatch,
    response: Response,
    standing: Standing = None,
) -> wire.Availability:
    await work.repeat(
        lambda: hours.replace_availability(
            work.connection, work.context, hours=id, wanted=wanted, standing=standing, if_match=if_match
        )
    )
    return tagged(response, await reads.one_availability(work.connection, id))


@routes.delete("/availability/{id}", status_code=204, summary="Withdraw weekly hours")
async def remove_weekly_hours(work: Work, id: uuid.UUID, standing: Standing = None) -> None:
    await work.repeat(lambda: hours.remove_availability(work.connection, work.context, hours=id, standing=standing))


@routes.get(
    "/availability.ics",
    summary="A tutor's weekly hours as iCalendar VAVAILABILITY (RFC 7953)",
    response_class=Response,
    responses=answers(CALENDAR),
)
async def hours_as_calendar(connection: Direct, context: RequestContext, tutor_id: uuid.UUID | None = None) -> Response:
    text = await hours_ics.export_hours(connection, context, tutor_id=tutor_id)
    return Response(text, media_type=CALENDAR)


@routes.put(
    "/availability.ics",
    summary="Replace a tutor's weekly hours by those of a VAVAILABILITY",
    openapi_extra=text_body(CALENDAR, VAVAILABILITY),
)
async def replace_hours_by_calendar(
    request: Request,
    work: Work,
    tutor_id: uuid.UUID | None = None,
    service_point_id: uuid.UUID | None = None,
    standing: Standing = None,
) -> wire.Availabilities:
    """At one service point, or remotely without one. The body is `text/calendar`."""
    text = await request.body()
    tutor = await work.repeat(
        lambda: hours_ics.import_hours(
            work.connection,
            work.context,
            text=text,
            tutor_id=tutor_id,
            service_point_id=service_point_id,
            standing=standing,
        )
    )
    return await reads.availability(work.connection, tutor)


@routes.get("/extra-time", summary="A tutor's coming extra time")
async def coming_extra_time(
    connection: Direct, settings: Config, caller: Caller, now: Now, tutor_id: uuid.UUID | None = None
) -> wire.ExtraTimes:
    tutor = await tutor_of(connection, caller, tutor_id)
    return await reads.extra_time(connection, tutor.id, now, settings.zone)


@routes.post("/extra-time", status_code=201, summary="Open on one occasion")
async def add_extra_time(work: Work, wanted: wire.ExtraTimeInput) -> wire.ExtraTime:
    made = await work.once(lambda: hours.add_extra_time(work.connection, work.context, wanted=wanted))
    return await reads.one_extra_time(work.connection, made, work.settings.zone)


@routes.delete("/extra-time/{id}", status_code=204, summary="Remove extra time")
async def remove_extra_time(work: Work, id: uuid.UUID, standing: Standing = None) -> None:
    await work.repeat(lambda: hours.remove_extra_time(work.connection, work.context, extra=id, standing=standing))


@routes.get("/absences", summary="A tutor's coming absences")
async def coming_absences(
    connection: Direct, settings: Config, caller: Caller, now: Now, tutor_id: uuid.UUID | None = None
) -> wire.Absences:
    tutor = await tutor_of(connection, caller, tutor_id)
    return await reads.absences(connection, tutor.id, now, settings.zone)


@routes.post("/absences", status_code=201, summary="Add an absence")
async def add_absence(work: Work, wanted: wire.AbsenceInput) -> wire.Absence:
    """ "Away 1 to 31 July": nothing can be booked then. When appointments stand in it, say what becomes of them."""
    made = await work.once(lambda: hours.add_absence(work.connection, work.context, wanted=wanted))
    return await reads.one_absence(work.connection, made, work.settings.zone)


@routes.post("/tutors/{id}/illness", status_code=201, summary="Say that a tutor has fallen ill")
async def fall_ill(work: Work, id: uuid.UUID, wanted: wire.IllnessInput) -> wire.Absence:
    """By their manager, or by staff at whose service point they help: the day is closed, and their visits find other
    tutors or are offered other times. Taken back, it is an absence like others."""
    made = await work.once(lambda: illness.fall_ill(work.connection, work.context, tutor_id=id, wanted=wanted))
    return await reads.one_absence(work.connection, made, work.settings.zone)


@routes.delete("/absences/{id}", status_code=204, summary="Remove an absence")
async def remove_absence(work: Work, id: uuid.UUID) -> None:
    await work.repeat(lambda: hours.remove_absence(work.connection, work.context, absence=id))


@routes.get("/tutors/{id}/time", summary="How a tutor's week is read")
async def tutor_time(connection: Direct, settings: Config, caller: Caller, id: uuid.UUID) -> wire.TutorTime:
    tutor = await tutor_of(connection, caller, id)
    return await reads.tutor_time(connection, tutor.id, settings.zone)


@routes.put("/tutors/{id}/time", summary="Say how a tutor's week is read")
async def set_tutor_time(work: Work, id: uuid.UUID, wanted: wire.TutorTime) -> wire.TutorTime:
    """The zone of their wall clock, and whose public holidays are closed."""
    await work.repeat(lambda: hours.set_tutor_time(work.connection, work.context, tutor_id=id, wanted=wanted))
    return await reads.tutor_time(work.connection, id, work.settings.zone)
