"""The page of times: the earliest times that somebody is really there, and the form that books one."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError

from services.web import view
from services.web.access_token import BOOKS_FOR_OTHERS, roles
from services.web.clients import booking
from services.web.dates import local_midnight, local_today, read_date
from services.web.forms.booking import TimesForm, Wish, appointment_input, missing_fields
from services.web.forms.findings import invalid_fields, refused_fields
from services.web.forms.nonce import idempotency_key
from services.web.login import access_token_of
from services.web.pages.keys import manage_token_of
from services.web.searches import TimesFound, find_times
from services.web.state import catalogue_of, settings_of
from shared.clients import Refused
from shared.http.unattended import is_unattended
from shared.schemas import booking as wire

routes = APIRouter()
HELD = "held"  # until the citizen types the code that they are sent


@routes.get("/times")
async def show_times(request: Request, topic: str = "", municipality: str = "", date: str | None = None) -> Response:
    """Show times for a topic in a municipality; the first page again for a link whose codes are none."""
    # With a day, somebody goes on with what they have sought.
    counted = date is None and not is_unattended(request)
    return await _times_page(request, Wish(topic, municipality, start=read_date(date)), counted=counted)


@routes.post("/times")
async def book_time(request: Request, form: Annotated[TimesForm, Depends()]) -> Response:
    """Book, and go on to the appointment's own page; or show other times, or say what is missing, with nothing lost."""
    wish = await form.wish(request)
    if form.show is not None:
        return await _times_page(request, wish)
    if errors := missing_fields(request, wish):
        return await _times_page(request, wish, errors, 422)
    try:
        made = await _book(request, wish)
    except ValidationError as error:
        return await _times_page(request, wish, invalid_fields(request, error, wish), 422)
    except Refused as refused:
        return await _times_page(request, wish, refused_fields(refused, wish), refused.problem.status)
    return view.redirect(f"/a/{manage_token_of(made)}{'' if made.state == HELD else '?booked=1'}")


async def _book(request: Request, wish: Wish) -> wire.Appointment:
    wanted = appointment_input(request, wish)
    key = idempotency_key(wish.nonce, wanted)
    return await booking(request, _token_at_desk(request)).book(wanted, key)


def _token_at_desk(request: Request) -> str | None:
    """Return the token of staff or a tutor who books for the person before them; None for a citizen."""
    token = access_token_of(request)
    return token if roles(token) & BOOKS_FOR_OTHERS else None


async def _times_page(
    request: Request,
    wish: Wish,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    *,
    counted: bool = False,
) -> Response:
    topic = await catalogue_of(request).topic(wish.topic)
    municipality = await catalogue_of(request).municipality(wish.municipality)
    if topic is None or municipality is None:
        return view.redirect("/")
    return view.page(
        request,
        "times.html",
        status,
        here="/times?" + urlencode({"topic": wish.topic, "municipality": wish.municipality}),
        wish=wish,
        topic=topic,
        municipality=municipality,
        errors=errors or {},
        today=local_today(settings_of(request)),
        found=await _find(request, wish, counted=counted),
    )


async def _find(request: Request, wish: Wish, *, counted: bool) -> TimesFound:
    settings = settings_of(request)
    return await find_times(
        booking(request),
        wish.topic,
        wish.municipality,
        start=local_midnight(wish.start, settings) if wish.start else None,
        after=wish.after,
        today=local_today(settings),
        counted=counted,
    )
