"""Who comes without a time: noted with one tap, counted, or given a number and called."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.dates import local_today, read_date
from services.web.forms.findings import told_in
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.forms.walk_in import USUAL_LENGTHS, WalkInForm
from services.web.login import AccessToken
from services.web.receiving import receives_at
from services.web.removal import gone_is_fine
from services.web.state import catalogue_of, settings_of
from shared.clients import Refused

routes = APIRouter(prefix="/walk-ins")
DAY = dt.timedelta(days=1)
Sent = Annotated[WalkInForm, Depends()]


@dataclass(frozen=True)
class Happened:
    """What somebody has just done: how a walk-in was `noted`, or which number they have `given` or `called`."""

    noted: str = ""
    given: int = 0
    called: int = 0


NOTHING = Happened()


@routes.get("")
async def show_walk_ins(
    request: Request,
    token: AccessToken,
    point: uuid.UUID | None = None,
    date: str | None = None,
    noted: str = "",
    given: int = 0,
    called: int = 0,
) -> Response:
    """Show the queue and the tally of a service point. What has just happened is said first."""
    return await _page(request, token, point, date, happened=Happened(noted, given, called))


@routes.post("")
async def note_walk_in(request: Request, token: AccessToken, form: Sent) -> Response:
    """Note who was helped or turned away, or give a number. The same form sent twice notes once."""
    wanted = form.noted()
    made = await booking(request, token).note_walk_in(wanted, idempotency_key(form.nonce, wanted))
    return _back(form.point, f"given={made.number}" if made.number else f"noted={made.state}")


@routes.post("/next")
async def call_next(request: Request, token: AccessToken, form: Sent) -> Response:
    """Call the next number. The same form sent twice calls one."""
    wanted = form.next()
    try:
        found = await booking(request, token).call_next(wanted, idempotency_key(form.nonce, wanted))
    except Refused as refused:
        return await _page(request, token, wanted.service_point_id, refused=refused)
    return _back(form.point, f"called={found.number}")


@routes.post("/{id}/outcome")
async def end_walk_in(request: Request, token: AccessToken, id: uuid.UUID, form: Sent) -> Response:
    """Say how it ended for somebody who had a number."""
    wanted = form.ended()
    await booking(request, token).end_walk_in(id, wanted, idempotency_key(f"{form.nonce}/{id}", wanted))
    return _back(form.point, f"noted={wanted.state}")


@routes.post("/{id}/removal")
async def remove_walk_in(request: Request, token: AccessToken, id: uuid.UUID, form: Sent) -> Response:
    """Take back what was noted by mistake."""
    with gone_is_fine():
        await booking(request, token).remove_walk_in(id)
    return _back(form.point, "noted=removed")


def _back(point: uuid.UUID, happened: str) -> Response:
    return view.redirect(f"/walk-ins?point={point}&{happened}")


async def _page(
    request: Request,
    token: str,
    point: uuid.UUID | None,
    date: str | None = None,
    *,
    happened: Happened = NOTHING,
    refused: Refused | None = None,
) -> Response:
    places, today = await receives_at(request, token), local_today(settings_of(request))
    chosen = point or next(iter(places), None)
    day = read_date(date) or today
    return view.page(
        request,
        "walk_ins.html",
        refused.problem.status if refused else 200,
        here="/walk-ins",
        places=places,
        point=chosen,
        date=day,
        today=today,
        before=day - DAY,
        after=day + DAY,
        may_undo=day >= today - DAY,  # as long as booking has it (may_change)
        tally=await booking(request, token).walk_ins(chosen, day) if chosen else None,
        topics={topic.code: topic.name for topic in await catalogue_of(request).bookable_topics()},
        lengths=USUAL_LENGTHS,
        error=told_in(refused) if refused else None,
        nonce=new_nonce(),
        happened=happened,
    )
