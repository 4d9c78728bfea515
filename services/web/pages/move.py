"""Another time for a citizen's own appointment."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.dates import local_midnight, local_today, read_date
from services.web.language import translate
from services.web.pages.keys import ManageKey
from services.web.phases import Phase, phase_of
from services.web.searches import by_day, find_other_times
from services.web.spoken import spoken_by
from services.web.state import settings_of
from shared.clients import Refused
from shared.texts import marked

routes = APIRouter()
TIME_NEEDED = marked("Choose a time.")
MOVABLE: tuple[Phase, ...] = ("to_come", "displaced")


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
    if phase_of(found, dt.datetime.now(dt.UTC)) not in MOVABLE:
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
        days=by_day(slots.items),
        more=slots.next,
        error=error,
        start=start,
        today=local_today(settings),
    )
