"""Tutors' hours, extra time, absences and own calendars; closings of service points."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.booking import views
from services.booking.actions import exchange, leaving, time
from services.booking.routes.common import Asked, Config, Rules, tagged
from shared.auth import Caller
from shared.clock import Now
from shared.conditional import IfMatch
from shared.db import Session
from shared.schemas import booking as wire

routes = APIRouter(tags=["availability"])
Standing = Annotated[
    wire.Standing | None,
    Query(
        alias="appointments",
        description="what becomes of appointments that lose their open time; without it, if there are some, nothing "
        "is saved",
    ),
]


@routes.get("/availability", summary="A tutor's weekly hours")
async def availability(session: Session, caller: Caller, tutor_id: uuid.UUID | None = None) -> wire.Availabilities:
    return await views.availability(session, (await time.tutor_of(session, caller, tutor_id)).id)


@routes.post("/availability", status_code=201, summary="Add weekly hours")
async def add_availability(rules: Rules, wanted: wire.AvailabilityInput, response: Response) -> wire.Availability:
    """ "Tuesdays 10:00 to 14:00 at this library": local wall time, which follows the clock through summer time."""
    made = await views.one_availability(rules.session, await rules.do(time.add_availability, wanted=wanted))
    return tagged(response, made)


@routes.put("/availability/{id}", summary="Change weekly hours")
async def replace_availability(
    rules: Rules,
    id: uuid.UUID,
    wanted: wire.AvailabilityInput,
    if_match: IfMatch,
    response: Response,
    standing: Standing = None,
) -> wire.Availability:
    await rules.again(time.replace_availability, hours=id, wanted=wanted, standing=standing, if_match=if_match)
    return tagged(response, await views.one_availability(rules.session, id))


@routes.delete("/availability/{id}", status_code=204, summary="Withdraw weekly hours")
async def remove_availability(rules: Rules, id: uuid.UUID, standing: Standing = None) -> None:
    await rules.again(time.remove_availability, hours=id, standing=standing)


@routes.get("/availability.ics", summary="A tutor's weekly hours as iCalendar VAVAILABILITY (RFC 7953)")
async def export(session: Session, context: Asked, tutor_id: uuid.UUID | None = None) -> Response:
    return Response(await exchange.export(session, context, tutor_id=tutor_id), media_type="text/calendar")


@routes.put("/availability.ics", summary="Replace a tutor's weekly hours by those of a VAVAILABILITY")
async def take_in(
    request: Request,
    rules: Rules,
    tutor_id: uuid.UUID | None = None,
    service_point_id: uuid.UUID | None = None,
    standing: Standing = None,
) -> wire.Availabilities:
    """At one service point, or remotely without one. The body is `text/calendar`."""
    tutor = await rules.again(
        exchange.take_in,
        text=await request.body(),
        tutor_id=tutor_id,
        service_point_id=service_point_id,
        standing=standing,
    )
    return await views.availability(rules.session, tutor)


@routes.get("/extra-time", summary="A tutor's coming extra time")
async def extra_time(
    session: Session, settings: Config, caller: Caller, now: Now, tutor_id: uuid.UUID | None = None
) -> wire.ExtraTimes:
    tutor = await time.tutor_of(session, caller, tutor_id)
    return await views.extra_time(session, tutor.id, now, settings.zone)


@routes.post("/extra-time", status_code=201, summary="Open on one occasion")
async def add_extra_time(rules: Rules, settings: Config, wanted: wire.ExtraTimeInput) -> wire.ExtraTime:
    made = await rules.do(time.add_extra_time, wanted=wanted)
    return await views.one_extra_time(rules.session, made, settings.zone)


@routes.delete("/extra-time/{id}", status_code=204, summary="Remove extra time")
async def remove_extra_time(rules: Rules, id: uuid.UUID, standing: Standing = None) -> None:
    await rules.again(time.remove_extra_time, extra=id, standing=standing)


@routes.get("/absences", summary="A tutor's coming absences")
async def absences(
    session: Session, settings: Config, caller: Caller, now: Now, tutor_id: uuid.UUID | None = None
) -> wire.Absences:
    tutor = await time.tutor_of(session, caller, tutor_id)
    return await views.absences(session, tutor.id, now, settings.zone)


@routes.post("/absences", status_code=201, summary="Add an absence")
async def add_absence(rules: Rules, settings: Config, wanted: wire.AbsenceInput) -> wire.Absence:
    """ "Away 1 to 31 July": nothing can be booked then. When appointments stand in it, say what becomes of them."""
    made = await rules.do(time.add_absence, wanted=wanted)
    return await views.one_absence(rules.session, made, settings.zone)


@routes.delete("/absences/{id}", status_code=204, summary="Remove an absence")
async def remove_absence(rules: Rules, id: uuid.UUID) -> None:
    await rules.again(time.remove_absence, absence=id)


@routes.get("/closings", summary="A service point's coming closings")
async def closings(session: Session, settings: Config, now: Now, service_point_id: uuid.UUID) -> wire.Closings:
    return await views.closings(session, service_point_id, now, settings.zone)


@routes.post("/closings", status_code=201, summary="Shut a service point for a while")
async def add_closing(rules: Rules, settings: Config, wanted: wire.ClosingInput) -> wire.Closing:
    made = await rules.do(time.add_closing, wanted=wanted)
    return await views.one_closing(rules.session, made, settings.zone)


@routes.delete("/closings/{id}", status_code=204, summary="Open it again")
async def remove_closing(rules: Rules, id: uuid.UUID) -> None:
    await rules.again(time.remove_closing, closing=id)


@routes.get("/tutors/{id}/time", summary="How a tutor's week is read")
async def tutor_time(session: Session, settings: Config, caller: Caller, id: uuid.UUID) -> wire.TutorTime:
    tutor = await time.tutor_of(session, caller, id)
    return await views.tutor_time(session, tutor.id, settings.zone)


@routes.put("/tutors/{id}/time", summary="Say how a tutor's week is read")
async def set_tutor_time(rules: Rules, settings: Config, id: uuid.UUID, wanted: wire.TutorTime) -> wire.TutorTime:
    """The zone of their wall clock, and whose public holidays are closed."""
    await rules.again(time.set_tutor_time, tutor_id=id, wanted=wanted)
    return await views.tutor_time(rules.session, id, settings.zone)


@routes.get("/me/data", summary="All that booking holds of my time")
async def my_data(session: Session, settings: Config, caller: Caller) -> wire.MyTime:
    """GDPR, article 15, for tutors. What the registry holds of a person is at `/api/providers/v1/me/data`."""
    return await leaving.data_of(session, (await time.tutor_of(session, caller, None)).id, settings.zone)


@routes.get("/tutors/{id}/calendar", summary="How reading a tutor's own calendar goes")
async def calendar(session: Session, caller: Caller, id: uuid.UUID) -> wire.OwnCalendar:
    return await views.own_calendar(session, (await time.tutor_of(session, caller, id)).id)


@routes.put("/tutors/{id}/calendar", summary="Give the address of a tutor's own calendar")
async def set_calendar(rules: Rules, id: uuid.UUID, wanted: wire.OwnCalendarInput) -> wire.OwnCalendar:
    """It is read every quarter of an hour; while it says that the tutor is busy, nothing is offered."""
    await rules.again(exchange.set_calendar, tutor_id=id, url=wanted.url)
    return await views.own_calendar(rules.session, id)


@routes.delete("/tutors/{id}/calendar", status_code=204, summary="Forget it")
async def remove_calendar(rules: Rules, id: uuid.UUID) -> None:
    await rules.again(exchange.remove_calendar, tutor_id=id)
