"""A citizen's own appointment, which the link in their message opens: see it, cancel it, move it."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.dates import local_midnight, local_today, read_date
from services.web.forms.booking import TIME_NEEDED
from services.web.language import translate
from services.web.pages.feedback import may_say_feedback
from services.web.pages.keys import ManageKey
from services.web.searches import by_day, find_other_times
from services.web.spoken import spoken_by
from services.web.state import settings_of
from shared.clients import Refused
from shared.schemas import booking as wire

routes = APIRouter()
# As long as `notify` has it (REMIND_BEFORE); nothing reminds of what is nearer when it is booked.
REMINDED_BEFORE = dt.timedelta(hours=24)
MOVABLE = ("booked", "displaced")
UNVERIFIED = ("held", "lapsed")
NO_CODE = "-"  # is refused like any other wrong one


@routes.get("/a/{token}")
async def show_appointment(request: Request, token: ManageKey, booked: bool = False, moved: bool = False) -> Response:
    """Show when, where, with whom, what to bring, and the code word."""
    found = await booking(request).mine(token)
    if found.state in UNVERIFIED:
        return _verification_page(request, token, found)
    return view.page(
        request,
        "appointment.html",
        spoken=spoken_by(request, found.citizen),
        appointment=found,
        token=token,
        happened="booked" if booked else "moved" if moved else None,
        may_say_feedback=may_say_feedback(found),
        is_reminded=found.start - dt.datetime.now(dt.UTC) > REMINDED_BEFORE,
    )


def _verification_page(
    request: Request, token: str, appointment: wire.Appointment, refused: Refused | None = None
) -> Response:
    """Ask for the code that the citizen was sent, or say that the time is not kept any more."""
    return view.page(
        request,
        "verification.html",
        refused.problem.status if refused else 200,
        spoken=spoken_by(request, appointment.citizen),
        appointment=appointment,
        token=token,
        error=view.in_one_line(refused.problem) if refused else None,
    )


@routes.post("/a/{token}/verification")
async def verify_booking(request: Request, token: ManageKey, code: Annotated[str, Form()] = "") -> Response:
    """Book what is held, by the code that was typed; a wrong one is told, and the time stays held."""
    client = booking(request)
    found = await client.mine(token)
    try:
        await client.verify(found.id, code.strip() or NO_CODE, token)
    except Refused as refused:
        return _verification_page(request, token, await client.mine(token), refused)
    return view.redirect(f"/a/{token}?booked=1")


@routes.post("/a/{token}/cancel")
async def cancel_own(request: Request, token: ManageKey) -> Response:
    """Cancel the appointment. Sent twice, it cancels once: what is cancelled stays so."""
    client = booking(request)
    await client.cancel((await client.mine(token)).id, token)
    return view.redirect(f"/a/{token}")


@routes.get("/a/{token}/move")
async def show_other_times(
    request: Request, token: ManageKey, date: str | None = None, after: str | None = None
) -> Response:
    """Show other times for the same trouble."""
    return await _move_page(request, token, start=read_date(date), after=after)


@routes.post("/a/{token}/move")
async def move_to_time(request: Request, token: ManageKey, slot: Annotated[str, Form()] = "") -> Response:
    """Move to the chosen time."""
    if not slot:
        return await _move_page(request, token, error=translate(request, TIME_NEEDED), status=422)
    client = booking(request)
    try:
        await client.move((await client.mine(token)).id, slot, token)
    except Refused as refused:
        return await _move_page(request, token, error=view.in_one_line(refused.problem), status=refused.problem.status)
    return view.redirect(f"/a/{token}?moved=1")


async def _move_page(
    request: Request,
    token: str,
    *,
    start: dt.date | None = None,
    after: str | None = None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    client, settings = booking(request), settings_of(request)
    found = await client.mine(token)
    if found.state not in MOVABLE:
        return view.redirect(f"/a/{token}")
    midnight = local_midnight(start, settings) if start else None
    slots = await find_other_times(client, found, start=midnight, after=after)
    return view.page(
        request,
        "move.html",
        status,
        spoken=spoken_by(request, found.citizen),
        here=f"/a/{token}/move",
        appointment=found,
        token=token,
        on_site=by_day(slots.items),
        more=slots.next,
        error=error,
        start=start,
        today=local_today(settings),
    )
