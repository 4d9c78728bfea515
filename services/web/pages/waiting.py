"""What a citizen sees of the queue: join it, take the time that is offered, or leave."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError

from services.web import view
from services.web.catalogue import Catalogue
from services.web.pages.citizen import NAME_NEEDED, ONE_CONTACT, Key
from services.web.session import booking
from services.web.settings import Settings
from shared.clients import Refused
from shared.schemas import booking as wire

routes = APIRouter()
WEEKS = 8


@dataclass
class Queue:
    """The form of the queue."""

    topic: Annotated[str, Form()] = ""
    municipality: Annotated[str, Form()] = ""
    name: Annotated[str, Form()] = ""
    phone: Annotated[str, Form()] = ""
    email: Annotated[str, Form()] = ""
    nonce: Annotated[str, Form()] = field(default_factory=lambda: str(uuid.uuid4()))


@routes.get("/wait")
async def ask(request: Request, topic: str = "", municipality: str = "") -> Response:
    """Ask how to reach the one who waits."""
    return await _page(request, Queue(topic, municipality, nonce=str(uuid.uuid4())))


async def _page(request: Request, form: Queue, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    catalogue: Catalogue = request.app.state.catalogue
    topics = {topic.code: topic for topic in await catalogue.topics.get()}
    municipalities = {row.code: row for row in await catalogue.municipalities.get()}
    if form.topic not in topics or form.municipality not in municipalities:
        return view.redirect("/")
    return view.page(
        request,
        "wait.html",
        status,
        here=f"/wait?topic={form.topic}&municipality={form.municipality}",
        form=form,
        topic=topics[form.topic],
        municipality=municipalities[form.municipality],
        errors=errors or {},
    )


@routes.post("/wait")
async def join(request: Request, form: Annotated[Queue, Depends()]) -> Response:
    """Join the queue for the next eight weeks."""
    if not form.name.strip():
        return await _page(request, form, {"name": view.say(request, NAME_NEEDED)}, 422)
    if not (form.phone.strip() or form.email.strip()):
        return await _page(request, form, {"phone": view.say(request, ONE_CONTACT)}, 422)
    settings: Settings = request.app.state.settings
    try:
        wanted = wire.WaitlistInput.model_validate(
            {
                "topic": form.topic,
                "municipality": form.municipality,
                "until": view.today(settings) + dt.timedelta(weeks=WEEKS),
                "citizen": {
                    "name": form.name,
                    "phone": form.phone.strip() or None,
                    "email": form.email.strip() or None,
                    "language": view.language(request),
                },
            }
        )
        key = uuid.uuid5(uuid.NAMESPACE_OID, form.nonce + wanted.model_dump_json())
        made = await booking(request).wait(wanted, str(key))
    except ValidationError:
        return await _page(request, form, {"name": view.say(request, NAME_NEEDED)}, 422)
    except Refused as refused:
        problem = refused.problem
        errors = {error.pointer.rpartition("/")[2]: error.detail for error in problem.errors or []}
        if refused.is_("there-is-time"):
            return view.redirect(f"/times?topic={form.topic}&municipality={form.municipality}")
        return await _page(request, form, errors or {"name": problem.detail or problem.title}, problem.status)
    return view.redirect(f"/w/{made.manage_token}")


@routes.get("/w/{token}")
async def place(request: Request, token: Key) -> Response:
    """Where one stands: waiting, a time is offered, or it is over."""
    return await _place(request, token)


async def _place(request: Request, token: str, error: str | None = None, status: int = 200) -> Response:
    found = await booking(request).waiting(token)
    return view.page(request, "waiting.html", status, waiting=found, token=token, error=error)


@routes.post("/w/{token}/take")
async def take(request: Request, token: Key) -> Response:
    """Take the time that is offered."""
    client = booking(request)
    try:
        taken = await client.answer((await client.waiting(token)).id, token, "acceptance")
    except Refused as refused:
        return await _place(request, token, refused.problem.detail, refused.problem.status)
    manage = (taken.appointment.manage_url or "").rpartition("/")[2] if taken.appointment else ""
    return view.redirect(f"/a/{manage}?booked=1" if manage else f"/w/{token}")


@routes.post("/w/{token}/leave")
async def leave(request: Request, token: Key) -> Response:
    """Wait no longer."""
    client = booking(request)
    try:
        await client.answer((await client.waiting(token)).id, token, "withdrawal")
    except Refused as refused:
        return await _place(request, token, refused.problem.detail, refused.problem.status)
    return view.redirect(f"/w/{token}")
