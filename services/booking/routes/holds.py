"""Times that are kept for somebody who is about to book."""

import uuid

from fastapi import APIRouter

from services.booking import access
from services.booking.actions import holds
from services.booking.actions.limits import limit_at_slot
from services.booking.reads import holds as reads
from services.booking.refusals import decoded, refuse_if_taken
from services.booking.routes.requests import Config, ManageToken, require_key
from services.booking.routes.unit_of_work import Work
from shared.clock import Now
from shared.db import Direct
from shared.openapi.allowances import COUNTED
from shared.openapi.security import BY_KEY, FOR_ANYBODY
from shared.schemas import booking as wire

routes = APIRouter(tags=["appointments"])


@routes.post("/holds", status_code=201, summary="Keep a time for a while", openapi_extra=FOR_ANYBODY | COUNTED)
async def hold_slot(work: Work, wanted: wire.HoldInput) -> wire.Hold:
    """It is nobody else's until `expires`, then free again by itself. Book it by `hold_id`, with its `manage_token` in
    `Manage-Token`."""
    access.require_may_book(work.context.caller)
    await work.check(lambda: refuse_if_taken(work.connection, wanted.slot_id, wanted.topic, work.context.now))
    await work.check(lambda: limit_at_slot(work.connection, work.context, "hold", decoded(wanted.slot_id)))
    made = await work.once(lambda: holds.hold(work.connection, work.context, wanted=wanted))
    return await reads.hold(work.connection, made, work.settings, work.context.now, is_new=True)


@routes.get("/holds/{id}", summary="A time that is kept", openapi_extra=BY_KEY)
async def show_hold(
    connection: Direct, settings: Config, now: Now, id: uuid.UUID, manage_token: ManageToken
) -> wire.Hold:
    """Until it is booked or given back."""
    await require_key(connection, settings, manage_token, id)
    return await reads.hold(connection, id, settings, now)


@routes.post("/holds/{id}/extension", summary="Keep it ten minutes more", openapi_extra=BY_KEY)
async def extend_hold(work: Work, id: uuid.UUID, manage_token: ManageToken) -> wire.Hold:
    """Up to an hour from the beginning."""
    await require_key(work.connection, work.settings, manage_token, id)
    kept = await work.once(lambda: holds.extend(work.connection, work.context, hold_id=id))
    return await reads.hold(work.connection, kept, work.settings, work.context.now)


@routes.delete("/holds/{id}", status_code=204, summary="Give it back", openapi_extra=BY_KEY)
async def release_hold(work: Work, id: uuid.UUID, manage_token: ManageToken) -> None:
    await require_key(work.connection, work.settings, manage_token, id)
    await work.repeat(lambda: holds.release(work.connection, work.context, hold_id=id))
