"""The queue for times that are not free yet."""

import uuid

from fastapi import APIRouter

from services.booking import access, views
from services.booking.actions import waiting
from services.booking.routes.common import Act, Config, ManageToken, require_key
from shared.auth import Caller
from shared.db import Direct
from shared.schemas import booking as wire

routes = APIRouter(tags=["waiting"])


@routes.post("/waiting", status_code=201, summary="Wait for a time")
async def wait(act: Act, settings: Config, wanted: wire.WaitlistInput) -> wire.WaitlistEntry:
    """First come, first served within what each asked for. A time that falls free is offered to one at a time, and kept
    for them until `offered_until`; then it goes to the next."""
    access.may_book(act.context.caller)
    made = await act.do(waiting.wait, wanted=wanted)
    return await views.waiting(act.connection, made, settings, with_key=True)


@routes.get("/waiting/mine", summary="The place in the queue that a citizen's key opens")
async def mine(connection: Direct, settings: Config, manage_token: ManageToken = None) -> wire.WaitlistEntry:
    found = await views.waiting_opened_by(connection, manage_token or "")
    return await views.waiting(connection, found, settings, with_key=False)


@routes.get("/waiting/{id}", summary="One's place in the queue")
async def place(
    connection: Direct, settings: Config, id: uuid.UUID, manage_token: ManageToken = None
) -> wire.WaitlistEntry:
    require_key(settings, manage_token, id)
    return await views.waiting(connection, id, settings, with_key=False)


@routes.post("/waiting/{id}/acceptance", summary="Take the time that is offered")
async def accept(act: Act, settings: Config, id: uuid.UUID, manage_token: ManageToken = None) -> wire.WaitlistEntry:
    require_key(settings, manage_token, id)
    await act.do(waiting.accept, waiting_id=id)
    return await views.waiting(act.connection, id, settings, with_key=False)


@routes.post("/waiting/{id}/withdrawal", summary="Wait no longer")
async def leave(act: Act, settings: Config, id: uuid.UUID, manage_token: ManageToken = None) -> wire.WaitlistEntry:
    """A time that was kept goes to the next in line."""
    require_key(settings, manage_token, id)
    await act.do(waiting.leave, waiting_id=id)
    return await views.waiting(act.connection, id, settings, with_key=False)


@routes.get("/waiting/{id}/recipient", include_in_schema=False)
async def recipient(connection: Direct, settings: Config, caller: Caller, id: uuid.UUID) -> wire.Recipient:
    caller.require("recipients:read")
    return await views.waiting_recipient(connection, id, settings)
