"""The page of times: the next days that have room, with times at which somebody is really there. Choosing one keeps it,
and leads to the form that books it."""

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.catalogue import booked_as
from services.web.clients import booking
from services.web.dates import local_today
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.forms.search import NEEDS, Search
from services.web.login import DeskToken
from services.web.pages.booking_form import NO_HOLD, form_path, is_kept
from services.web.pages.start import old_link
from services.web.searches import TimesFound, find_times
from services.web.state import catalogue_of, settings_of
from services.web.whom_to_call import whom_to_call
from shared.clients import BookingClient, Refused
from shared.http.unattended import is_unattended
from shared.schemas import booking as wire
from shared.schemas.providers import Municipality, Topic

routes = APIRouter()
MINUTES_KEPT = 20  # a form takes an old person longer than ten; it can be kept for an hour


@routes.get("/times")
async def show_times(request: Request) -> Response:
    """Show times for a topic in a municipality; the first page, which says so, for a link whose codes are none."""
    search = Search.of(request.query_params)
    # With a day, somebody goes on with what they have sought.
    counted = not (search.date or search.day or is_unattended(request))
    return await _times_page(request, search, counted=counted)


@routes.post("/times")
async def keep_time(request: Request, token: DeskToken) -> Response:
    """Keep the time that was chosen, and go on to the form; or say that somebody else has it, and show others."""
    sent = await request.form()
    search, slot = Search.of(sent), str(sent.get("slot", ""))
    if not slot:
        return view.redirect(search.address())
    topic = await catalogue_of(request).booked(search.topic)
    wanted = wire.HoldInput(slot_id=slot, topic=topic, minutes=MINUTES_KEPT)
    try:
        kept = await keep_slot(booking(request, token), wanted, str(sent.get("nonce", "")))
    except Refused as refused:
        return await _times_page(request, search, refused=refused)
    return view.redirect(f"{form_path(kept)}?{search.with_slot(slot)}")


async def keep_slot(client: BookingClient, wanted: wire.HoldInput, nonce: str) -> wire.Hold:
    """Keep a time. The same form sent again keeps the same; what it has kept and is kept no longer, anew: whoever goes
    back to a page, or to a time of before, chooses again. Raises Refused."""
    try:
        kept = await client.hold(wanted, idempotency_key(nonce, wanted))
    except Refused as refused:
        if not refused.is_(NO_HOLD):
            raise
    else:
        if is_kept(kept):
            return kept
    return await client.hold(wanted, idempotency_key(new_nonce(), wanted))


@dataclass(frozen=True)
class Sought:
    """What was looked for, by its codes, and what was found."""

    topic: Topic
    municipality: Municipality
    found: TimesFound


async def seek(request: Request, search: Search, *, counted: bool = False) -> Sought | None:
    """Return the times of a search; None when its codes are none."""
    topic = await catalogue_of(request).topic(search.topic)
    municipality = await catalogue_of(request).municipality(search.municipality)
    if topic is None or municipality is None:
        return None
    asked = replace(search, topic=booked_as(topic))
    return Sought(topic, municipality, await find_times(booking(request), asked, settings_of(request), counted=counted))


async def _times_page(
    request: Request, search: Search, *, counted: bool = False, refused: Refused | None = None
) -> Response:
    sought = await seek(request, search, counted=counted)
    if sought is None:
        return await old_link(request, search)
    found = sought.found
    return view.page(
        request,
        "times.html",
        refused.problem.status if refused else 200,
        here=search.address(),
        search=search,
        topic=sought.topic,
        municipality=sought.municipality,
        error=view.in_one_line(refused.problem) if refused else None,
        today=local_today(settings_of(request)),
        found=found,
        needs=NEEDS,
        otherwise=found.otherwise or wire.Otherwise(),
        to_call=[] if found.days else await whom_to_call(request, sought.municipality),
        nonce=new_nonce(),
    )
