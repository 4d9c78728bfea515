"""A citizen's own appointment, which the link in their message opens: see it, have it sent again, cancel it."""

import datetime as dt
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.own_visit import about_visit
from services.web.pages.feedback import asks_how_it_went
from services.web.pages.keys import ManageKey, SecondKey
from services.web.pages.two_people import second_of
from services.web.phases import phase_of
from services.web.spoken import spoken_by
from shared.clients import Refused
from shared.schemas import booking as wire

routes = APIRouter()
# As `notify` does it, and a test compares them; nothing reminds of what is nearer when it is booked.
REMIND_BEFORE = dt.timedelta(hours=24)
NO_CODE = "-"  # is refused like any other wrong one
Happened = Literal["booked", "moved", "sent"]


@routes.get("/a/{token}")
async def show_appointment(
    request: Request,
    token: ManageKey,
    booked: bool = False,
    moved: bool = False,
    sent: bool = False,
    second: SecondKey = None,
) -> Response:
    """Show when, where, with whom, what to bring, and the code word; or what can be done when it is over."""
    found = await booking(request).mine(token)
    happened: Happened | None = "booked" if booked else "moved" if moved else "sent" if sent else None
    return await _appointment_page(request, token, found, happened, second=second)


async def _appointment_page(
    request: Request,
    token: str,
    found: wire.Appointment,
    happened: Happened | None = None,
    refused: Refused | None = None,
    second: str | None = None,
) -> Response:
    now = dt.datetime.now(dt.UTC)
    phase = phase_of(found, now)
    return view.page(
        request,
        "verification.html" if phase == "to_verify" else "appointment.html",
        refused.problem.status if refused else 200,
        spoken=spoken_by(request, found.citizen),
        here=_own_page(token, second),
        appointment=found,
        token=token,
        second=await second_of(request, second),
        second_key=second,
        of_second=f"?second={second}" if second else "",
        asks_how_it_went=asks_how_it_went(found),
        error=view.in_one_line(refused.problem) if refused else None,
        happened=happened,
        phase=phase,
        may_cancel=now < found.start,
        nonce=new_nonce(),
        is_reminded=found.start - now > REMIND_BEFORE,
        about=await about_visit(request, found),
    )


def _own_page(token: str, second: str | None, **happened: str) -> str:
    """Return the address of an appointment's page, with the key of who comes along."""
    query = happened | ({"second": second} if second else {})
    return f"/a/{token}{'?' if query else ''}{urlencode(query)}"


@routes.post("/a/{token}/again")
async def send_again(
    request: Request, token: ManageKey, nonce: Annotated[str, Form()] = "", second: SecondKey = None
) -> Response:
    """Send the citizen again what they were sent. The same form sent twice sends once."""
    client = booking(request)
    found = await client.mine(token)
    try:
        await client.send_again(found.id, token, idempotency_key(nonce, wire.ToCome.model_validate(found)))
    except Refused as refused:
        return await _appointment_page(request, token, found, refused=refused, second=second)
    return view.redirect(_own_page(token, second, sent="1"))


@routes.post("/a/{token}/verification")
async def verify_booking(
    request: Request, token: ManageKey, code: Annotated[str, Form()] = "", second: SecondKey = None
) -> Response:
    """Book what is held, by the code that was typed; a wrong one is told, and the time stays held."""
    client = booking(request)
    found = await client.mine(token)
    try:
        await client.verify(found.id, code.strip() or NO_CODE, token)
    except Refused as refused:
        return await _appointment_page(request, token, await client.mine(token), refused=refused, second=second)
    return view.redirect(_own_page(token, second, booked="1"))


@routes.post("/a/{token}/cancel")
async def cancel_own(request: Request, token: ManageKey) -> Response:
    """Cancel the appointment. Sent twice, it cancels once: what is cancelled stays so."""
    client = booking(request)
    found = await client.mine(token)
    try:
        await client.cancel(found.id, token)
    except Refused as refused:
        return await _appointment_page(request, token, found, refused=refused)
    return view.redirect(f"/a/{token}")
