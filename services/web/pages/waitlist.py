"""What a citizen sees of the waitlist: join it, take the time that is offered, or leave."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError

from services.web import view
from services.web.clients import booking
from services.web.forms.citizen import NAME_NEEDED
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.forms.waitlist import WaitlistForm, missing_field, refused_entry, waitlist_input
from services.web.language import translate
from services.web.pages.keys import ManageKey, manage_token_of
from services.web.state import catalogue_of
from shared.clients import Refused

routes = APIRouter()


@routes.get("/wait")
async def ask_whom_to_tell(request: Request, topic: str = "", municipality: str = "") -> Response:
    """Ask how to reach the one who waits."""
    return await _join_page(request, WaitlistForm(topic, municipality, nonce=new_nonce()))


@routes.post("/wait")
async def join_waitlist(request: Request, form: Annotated[WaitlistForm, Depends()]) -> Response:
    """Join the waitlist for the next eight weeks, and go on to the entry's own page."""
    if errors := missing_field(request, form):
        return await _join_page(request, form, errors, 422)
    try:
        wanted = waitlist_input(request, form)
        made = await booking(request).join_waitlist(wanted, idempotency_key(form.nonce, wanted))
    except ValidationError:
        return await _join_page(request, form, {"name": translate(request, NAME_NEEDED)}, 422)
    except Refused as refused:
        return await _not_joined(request, form, refused)
    return view.redirect(f"/w/{made.manage_token}")


async def _not_joined(request: Request, form: WaitlistForm, refused: Refused) -> Response:
    if refused.is_("there-is-time"):  # nobody needs to wait: a time has come free meanwhile
        return view.redirect(f"/times?topic={form.topic}&municipality={form.municipality}")
    return await _join_page(request, form, refused_entry(refused), refused.problem.status)


async def _join_page(
    request: Request, form: WaitlistForm, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    topic = await catalogue_of(request).topic(form.topic)
    municipality = await catalogue_of(request).municipality(form.municipality)
    if topic is None or municipality is None:
        return view.redirect("/")
    return view.page(
        request,
        "waitlist_join.html",
        status,
        here=f"/wait?topic={form.topic}&municipality={form.municipality}",
        form=form,
        topic=topic,
        municipality=municipality,
        errors=errors or {},
    )


@routes.get("/w/{token}")
async def show_entry(request: Request, token: ManageKey) -> Response:
    """Show how an entry stands: waiting, a time is offered, or it is over."""
    return await _entry_page(request, token)


@routes.post("/w/{token}/take")
async def take_offer(request: Request, token: ManageKey) -> Response:
    """Take the time that is offered, and go on to the appointment's own page."""
    client = booking(request)
    try:
        taken = await client.answer_offer((await client.my_entry(token)).id, token, "acceptance")
    except Refused as refused:
        return await _entry_page(request, token, refused)
    manage = manage_token_of(taken.appointment) if taken.appointment else ""
    return view.redirect(f"/a/{manage}?booked=1" if manage else f"/w/{token}")


@routes.post("/w/{token}/leave")
async def leave_waitlist(request: Request, token: ManageKey) -> Response:
    """Wait no longer."""
    client = booking(request)
    try:
        await client.answer_offer((await client.my_entry(token)).id, token, "withdrawal")
    except Refused as refused:
        return await _entry_page(request, token, refused)
    return view.redirect(f"/w/{token}")


async def _entry_page(request: Request, token: str, refused: Refused | None = None) -> Response:
    entry = await booking(request).my_entry(token)
    error, status = (refused.problem.detail, refused.problem.status) if refused else (None, 200)
    return view.page(request, "waitlist_entry.html", status, entry=entry, token=token, error=error)
