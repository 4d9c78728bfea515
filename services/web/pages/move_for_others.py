"""Another time for somebody else's appointment: at the desk, on the day's list, or for who is called."""

import datetime as dt
import uuid
from typing import Annotated, Literal, Unpack

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.dates import read_date
from services.web.language import translate
from services.web.login import AccessToken
from services.web.pages.day import back_to, way_of
from services.web.pages.move import TIME_NEEDED, ForThem, Shown, move_page
from services.web.phases import is_movable
from services.web.removal import NOT_FOUND
from services.web.state import catalogue_of
from shared.clients import BookingClient, Refused
from shared.schemas import booking as wire

routes = APIRouter(prefix="/day/{id}")
Origin = Literal["calls", "day", "desk"]
# Where one speaks with the citizen, who knows the new time then.
SPOKEN_WITH: set[Origin] = {"calls", "desk"}


@routes.get("/move/{origin}")
async def show_times_for_them(
    request: Request, token: AccessToken, id: uuid.UUID, origin: Origin, date: str | None = None, day: str | None = None
) -> Response:
    """Show other times, and whose time it is."""
    found = await booking(request, token).appointment(id)
    if not is_movable(found, dt.datetime.now(dt.UTC)):
        return view.redirect(_back(origin, found.start.date()))
    return await _move_page(request, found, origin, date=read_date(date), day=read_date(day))


@routes.post("/move/{origin}")
async def move_for_them(
    request: Request,
    token: AccessToken,
    id: uuid.UUID,
    origin: Origin,
    slot: Annotated[str, Form()] = "",
    date: Annotated[str, Form()] = "",
) -> Response:
    """Move to the time that was chosen. Sent twice, it is moved once."""
    client = booking(request, token)
    if not slot:
        error = translate(request, TIME_NEEDED)
        return await _move_page(request, await client.appointment(id), origin, error=error, status=422)
    try:
        await _move(client, id, origin, slot)
    except Refused as refused:
        if not refused.is_(NOT_FOUND):  # it is a colleague's already, who alone sees it
            error, status = view.in_one_line(refused.problem), refused.problem.status
            return await _move_page(request, await client.appointment(id), origin, error=error, status=status)
    return view.redirect(f"/day/{id}/moved/{origin}?date={read_date(date) or ''}")


@routes.get("/moved/{origin}")
async def show_moved(request: Request, token: AccessToken, id: uuid.UUID, origin: Origin, date: str = "") -> Response:
    """Show the new time, to be read aloud; `date` is the day of the old one."""
    try:
        found = await booking(request, token).appointment(id)
    except Refused as refused:
        if not refused.is_(NOT_FOUND):
            raise
        return back_to(date, "&reassigned=1")
    return view.page(
        request,
        "moved.html",
        appointment=found,
        way=way_of(request)(found),
        knows=origin in SPOKEN_WITH,
        back=_back(origin, read_date(date) or found.start.date()),
    )


async def _move(client: BookingClient, id: uuid.UUID, origin: Origin, slot: str) -> None:
    moved = await client.move(id, slot)
    if origin in SPOKEN_WITH:
        await client.told(id, version=moved.sequence)


async def _move_page(request: Request, found: wire.Appointment, origin: Origin, **shown: Unpack[Shown]) -> Response:
    topics = {topic.code: topic.name for topic in await catalogue_of(request).topics.get()}
    return await move_page(
        request,
        found,
        path=f"/day/{found.id}/move/{origin}",
        back=_back(origin, found.start.date()),
        for_them=ForThem(way_of(request)(found), topics),
        **shown,
    )


def _back(origin: Origin, day: dt.date) -> str:
    return f"/day?date={day}" if origin == "day" else f"/{origin}"
