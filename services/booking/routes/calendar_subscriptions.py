"""A tutor's visits as a calendar that other programs subscribe to."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.booking import access
from services.booking.actions import calendar_subscriptions
from services.booking.actions.limits import limit_calendar_guesses, limit_calendar_reading
from services.booking.reads import calendar_subscriptions as reads
from services.booking.routes.requests import Config, context_of
from services.booking.routes.unit_of_work import Work
from shared.auth import ANONYMOUS, Caller
from shared.clock import Now
from shared.conditional import NOT_MODIFIED, fresh_text
from shared.db import Direct
from shared.openapi.allowances import COUNTED
from shared.openapi.bodies import answers
from shared.problems import NotFound
from shared.schemas import booking as wire

routes = APIRouter(tags=["availability"])
CALENDAR = "text/calendar"
# The address is a secret: the reader's own program may keep the answer, and nobody is told whence a link was followed.
ITS_OWN = {"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@routes.get("/tutors/{id}/calendar-subscription", summary="Whether a tutor's visits can be read as a calendar")
async def subscription(
    connection: Direct, settings: Config, caller: Caller, id: uuid.UUID
) -> wire.CalendarSubscription:
    tutor = await access.tutor_whose_visits(connection, caller, id)
    return await reads.require_subscription(connection, tutor.id, settings.zone)


@routes.post(
    "/tutors/{id}/calendar-subscription",
    status_code=201,
    summary="Make, or renew, the secret address of a tutor's visits",
)
async def make_subscription(
    work: Work, id: uuid.UUID, wanted: wire.CalendarSubscriptionInput | None = None
) -> wire.NewCalendarSubscription:
    """For a calendar program to subscribe to. The address is told here and never again; at one from before, nothing is
    read any more."""
    language = (wanted or wire.CalendarSubscriptionInput()).language
    made = await work.once(
        lambda: calendar_subscriptions.make_subscription(work.connection, work.context, tutor_id=id, language=language)
    )
    return await reads.made_subscription(work.connection, made, work.settings)


@routes.delete("/tutors/{id}/calendar-subscription", status_code=204, summary="End it")
async def end_subscription(work: Work, id: uuid.UUID) -> None:
    await work.repeat(lambda: calendar_subscriptions.end_subscription(work.connection, work.context, tutor_id=id))


@routes.get(
    "/calendar-subscriptions/{secret}.ics",
    summary="A tutor's visits as iCalendar (RFC 5545)",
    response_class=Response,
    responses=answers(CALENDAR) | NOT_MODIFIED,
    openapi_extra=COUNTED,
)
async def subscribed_calendar(
    request: Request,
    connection: Direct,
    settings: Config,
    now: Now,
    secret: Annotated[str, Path(max_length=200, description="the last part of `url`; it is all that is needed")],
) -> Response:
    """From thirty days ago on, without who comes. Whatever was cancelled stays in it for a week."""
    context = context_of(request, settings, ANONYMOUS, now)
    found = await reads.opened_by_secret(connection, secret)
    if found is None:
        await limit_calendar_guesses(connection, context)
        raise NotFound
    await limit_calendar_reading(connection, context, found.id)
    text = await reads.subscribed_visits(connection, found, settings, now)
    return fresh_text(request, text, CALENDAR, ITS_OWN)
