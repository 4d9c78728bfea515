"""Other times for who has chosen one already: what they have typed goes along, and so does the time until they have
another."""

import contextlib
from dataclasses import replace

from fastapi import Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.forms.booking import Details
from services.web.forms.search import Search
from services.web.pages.booking_form import Said, form_page
from services.web.pages.start import old_link
from services.web.pages.times import MINUTES_KEPT, keep_slot, seek
from services.web.state import catalogue_of
from shared.clients import Refused
from shared.schemas import booking as wire

# What the buttons say themselves; all else that is sent has been typed.
OF_BUTTONS = {"do", "slot"}


async def other_times_page(request: Request, kept: wire.Hold | None, refused: Refused | None = None) -> Response:
    """Return other times of the same search, in a form that has all that was sent; `kept` is None for a time that was
    given back."""
    search = Search.of(request.query_params)
    sought = await seek(request, search)
    if sought is None:
        return await old_link(request, search)
    return view.page(
        request,
        "other_times.html",
        refused.problem.status if refused else 200,
        action=request.url.path,
        search=search,
        slot=request.query_params.get("slot", ""),
        kept=kept,
        typed=[(name, value) for name, value in (await request.form()).items() if name not in OF_BUTTONS],
        error=view.in_one_line(refused.problem) if refused else None,
        found=sought.found,
    )


async def keep_other(
    request: Request, desk: str | None, kept: wire.Hold | None, details: Details, slot: str
) -> Response:
    """Keep another time and give the one before back; the form stays as it is filled in."""
    topic = kept.topic if kept else await catalogue_of(request).booked(Search.of(request.query_params).topic)
    wanted = wire.HoldInput(slot_id=slot, topic=topic, minutes=MINUTES_KEPT)
    try:
        other = await keep_slot(booking(request, desk), wanted, details.nonce)
    except Refused as refused:
        if kept is None:
            return await other_times_page(request, kept, refused)
        return await form_page(request, kept, details, Said.of(refused))
    if kept:
        with contextlib.suppress(Refused):  # it has lapsed, or somebody took it: there is nothing to give back
            await booking(request).release_hold(kept.id, kept.manage_token)
    return await form_page(request, other, replace(details, beside=""), slot=slot)
