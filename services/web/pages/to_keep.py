"""What a citizen keeps of their appointment: a slip in large type, and a file for their calendar."""

import datetime as dt

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.language import page_language
from services.web.own_calendar import own_calendar
from services.web.pages.keys import ManageKey
from services.web.pages.slip import slip_page
from services.web.phases import phase_of
from services.web.spoken import on_paper
from shared.schemas.booking import Appointment

routes = APIRouter()


@routes.get("/a/{token}/slip")
async def show_slip(request: Request, token: ManageKey, booked: bool = False) -> Response:
    """Show the appointment to be printed, or copied by hand; of what is not to come there is nothing to keep."""
    found = await booking(request).mine(token)
    if not _is_to_come(found):
        return view.redirect(f"/a/{token}")
    return await slip_page(request, found, back=f"/a/{token}", here=f"/a/{token}/slip", is_booked_now=booked)


@routes.get("/a/{token}/calendar.ics")
async def give_calendar(request: Request, token: ManageKey) -> Response:
    """Give the appointment as a calendar. Calendars are copied to clouds and shared, so what may not be disclosed is in
    none."""
    found = await booking(request).mine(token)
    if found.non_disclosure or not _is_to_come(found):
        return view.redirect(f"/a/{token}")
    language = on_paper(request, found.citizen) or page_language(request)
    content = own_calendar(found, language, dt.datetime.now(dt.UTC))
    headers = {"Content-Disposition": 'inline; filename="vuoro.ics"'}  # phones offer to add what is not a download
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def _is_to_come(found: Appointment) -> bool:
    return phase_of(found, dt.datetime.now(dt.UTC)) == "to_come"
