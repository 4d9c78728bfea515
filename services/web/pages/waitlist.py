"""What a citizen sees of the waitlist: join it, take the time that is offered, or leave."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError

from services.web import view
from services.web.catalogue import booked_as
from services.web.clients import booking
from services.web.forms.correction import unusable_details
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.forms.search import Search
from services.web.forms.waitlist import WaitlistForm, last_date, missing_details, refused_entry, waitlist_input
from services.web.pages.keys import ManageKey, manage_token_of
from services.web.pages.start import old_link
from services.web.pages.waitlist_entry import entry_page
from services.web.state import catalogue_of
from services.web.whom_to_call import whom_to_call
from shared.clients import Refused
from shared.schemas import booking as wire
from shared.schemas.providers import Municipality, Topic

routes = APIRouter()
JOIN, NOBODY = "waitlist_join.html", "waitlist_nobody.html"


@routes.get("/wait")
async def ask_whom_to_tell(request: Request, topic: str = "", municipality: str = "") -> Response:
    """Ask how to reach the one who waits; where there is time, or where nobody helps, lead on to what there is."""
    form = WaitlistForm(topic, municipality, nonce=new_nonce())
    if (where := await _where(request, form)) is None:
        return await old_link(request, _search(form))
    found = await _times_of(request, form, where)
    if found.items:
        return view.redirect(_search(form).address())
    if found.otherwise is not None and not found.otherwise.waitlist:
        return await _wish_page(request, NOBODY, form, where, otherwise=found.otherwise)
    return await _wish_page(request, JOIN, form, where)


@routes.post("/wait")
async def join_waitlist(request: Request, form: Annotated[WaitlistForm, Depends()]) -> Response:
    """Join the waitlist for the next eight weeks, and go on to the entry's own page."""
    if (where := await _where(request, form)) is None:
        return await old_link(request, _search(form))
    if form.do == "language":
        return await _wish_page(request, JOIN, form, where)
    if errors := missing_details(request, form):
        return await _wish_page(request, JOIN, form, where, 422, errors=errors)
    try:
        wanted = waitlist_input(request, form, booked_as(where[0]))
        made = await booking(request).join_waitlist(wanted, idempotency_key(form.nonce, wanted))
    except ValidationError as error:
        return await _wish_page(request, JOIN, form, where, 422, errors=unusable_details(request, error))
    except Refused as refused:
        return await _not_joined(request, form, where, refused)
    return view.redirect(f"/w/{made.manage_token}")


Where = tuple[Topic, Municipality]


async def _where(request: Request, form: WaitlistForm) -> Where | None:
    """Return what is waited for, and where; None when a code is none."""
    topic = await catalogue_of(request).topic(form.topic)
    municipality = await catalogue_of(request).municipality(form.municipality)
    return (topic, municipality) if topic and municipality else None


async def _times_of(request: Request, form: WaitlistForm, where: Where) -> wire.Slots:
    """Return the first time that there is, or what there is otherwise."""
    area = {"topic": booked_as(where[0]), "municipality": form.municipality, "channel": "on_site"}
    return await booking(request).slots(**area, drop_in="false", limit=1)


def _search(form: WaitlistForm) -> Search:
    return Search(form.topic, form.municipality)


async def _not_joined(request: Request, form: WaitlistForm, where: Where, refused: Refused) -> Response:
    status = refused.problem.status
    if refused.is_("there-is-time"):  # nobody needs to wait: a time has come free meanwhile
        return await _wish_page(request, "waitlist_free.html", form, where, status)
    if refused.is_("nobody-helps"):
        otherwise = (await _times_of(request, form, where)).otherwise
        return await _wish_page(request, NOBODY, form, where, status, otherwise=otherwise)
    return await _wish_page(request, JOIN, form, where, status, errors=refused_entry(refused))


async def _wish_page(
    request: Request,
    name: str,
    form: WaitlistForm,
    where: Where,
    status: int = 200,
    *,
    errors: dict[str, str] | None = None,
    otherwise: wire.Otherwise | None = None,
) -> Response:
    until = last_date(request, form)
    topic, municipality = where
    return view.page(
        request,
        name,
        status,
        here=_search(form).address("/wait"),
        search=_search(form),
        form=replace(form, until=until.isoformat()),
        topic=topic,
        municipality=municipality,
        until=until,
        errors=errors or {},
        otherwise=otherwise or wire.Otherwise(waitlist=False),
        to_call=await whom_to_call(request, municipality) if name == NOBODY else [],
    )


@routes.get("/w/{token}")
async def show_entry(request: Request, token: ManageKey, left: bool = False) -> Response:
    """Show how an entry stands: waiting, a time is offered, or it is over."""
    return await entry_page(request, token, left=left)


@routes.post("/w/{token}/take")
async def take_offer(request: Request, token: ManageKey) -> Response:
    """Take the time that is offered, and go on to the appointment's own page. Sent twice, it is taken once."""
    client = booking(request)
    try:
        taken = await client.answer_offer((await client.my_entry(token)).id, token, "acceptance")
    except Refused as refused:
        return await entry_page(request, token, refused)
    manage = manage_token_of(taken.appointment) if taken.appointment else ""
    return view.redirect(f"/a/{manage}?booked=1" if manage else f"/w/{token}")


@routes.post("/w/{token}/leave")
async def leave_waitlist(request: Request, token: ManageKey) -> Response:
    """Wait no longer. Sent twice, it is left once."""
    client = booking(request)
    try:
        await client.answer_offer((await client.my_entry(token)).id, token, "withdrawal")
    except Refused as refused:
        return await entry_page(request, token, refused)
    return view.redirect(f"/w/{token}?left=1")
