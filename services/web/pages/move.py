"""Another time for a citizen's own appointment."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypedDict, Unpack

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.dates import local_today, read_date
from services.web.language import translate
from services.web.pages.keys import ManageKey
from services.web.phases import is_movable
from services.web.searches import find_other_times, later_than
from services.web.sent_to import Way
from services.web.spoken import spoken_by
from services.web.state import settings_of
from shared.clients import Refused
from shared.schemas import booking as wire
from shared.schemas.common import LocalisedText
from shared.texts import marked

routes = APIRouter()
TIME_NEEDED = marked("Choose a time.")


class Shown(TypedDict, total=False):
    """What the page shows beside the times: of which day they are, and what went wrong."""

    date: dt.date | None
    day: dt.date | None
    error: str
    status: int


@dataclass(frozen=True)
class ForThem:
    """What who moves the appointment of somebody else is told: how these hear of it, and what topics are called."""

    way: Way
    topics: Mapping[str, LocalisedText]


@routes.get("/a/{token}/move")
async def show_other_times(
    request: Request, token: ManageKey, date: str | None = None, day: str | None = None
) -> Response:
    """Show other times for the same trouble, as the page of times does."""
    return await _own_move_page(request, token, date=read_date(date), day=read_date(day))


@routes.post("/a/{token}/move")
async def move_to_time(request: Request, token: ManageKey, slot: Annotated[str, Form()] = "") -> Response:
    """Move to the chosen time."""
    if not slot:
        return await _own_move_page(request, token, error=translate(request, TIME_NEEDED), status=422)
    client = booking(request)
    try:
        await client.move((await client.mine(token)).id, slot, token)
    except Refused as refused:
        error = view.in_one_line(refused.problem)
        return await _own_move_page(request, token, error=error, status=refused.problem.status)
    return view.redirect(f"/a/{token}?moved=1")


async def _own_move_page(request: Request, token: str, **shown: Unpack[Shown]) -> Response:
    found, own = await booking(request).mine(token), f"/a/{token}"
    if not is_movable(found, dt.datetime.now(dt.UTC)):
        return view.redirect(own)
    return await move_page(request, found, path=f"{own}/move", back=own, **shown)


async def move_page(
    request: Request,
    found: wire.Appointment,
    *,
    path: str,
    back: str,
    for_them: ForThem | None = None,
    date: dt.date | None = None,
    day: dt.date | None = None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    """Return the page of other times for an appointment, which is moved at `path`; `back` leads to where nothing is
    changed."""
    settings = settings_of(request)
    times = await find_other_times(booking(request), found, settings, date=date, day=day)
    return view.page(
        request,
        "move.html",
        status,
        spoken=spoken_by(request, found.citizen),
        here=path,
        appointment=found,
        path=path,
        back=back,
        for_them=for_them,
        same_place=_same_place(found, times),
        times=times,
        later=later_than(times.days, times.with_room),
        error=error,
        date=date,
        day=day,
        today=local_today(settings),
    )


def _same_place(found: wire.Appointment, times: wire.Agenda) -> bool:
    points = {slot.service_point_id for day in times.days for slot in (*day.morning, *day.afternoon)}
    return points <= {found.service_point_id}
