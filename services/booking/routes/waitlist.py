"""The waitlist for times that are not free yet."""

import uuid

from fastapi import APIRouter

from services.booking import access
from services.booking.actions import waitlist
from services.booking.actions.limits import limit_corrections, limit_taking_offer, limit_waiting
from services.booking.actions.reading import note_key
from services.booking.reads.waitlist import entry, entry_opened_by, entry_recipient, offer_recipient
from services.booking.routes.requests import Config, ManageToken, RequestContext, given_key, require_entry_key
from services.booking.routes.unit_of_work import Work
from shared.auth import Caller
from shared.db import Direct
from shared.openapi.allowances import COUNTED
from shared.openapi.security import BY_KEY, FOR_ANYBODY
from shared.schemas import booking as wire

routes = APIRouter(tags=["waitlist"])


@routes.post("/waitlist", status_code=201, summary="Wait for a time", openapi_extra=FOR_ANYBODY | COUNTED)
async def join_waitlist(work: Work, wanted: wire.WaitlistInput) -> wire.WaitlistEntry:
    """First come, first served within what each asked for. A time that falls free is offered to one at a time, and kept
    for them until `offered_until`; then it goes to the next. Who joins is sent a message with the link to their entry.
    Where nobody helps with that, now or later, there is nothing to wait for (`nobody-helps`)."""
    access.require_may_book(work.context.caller)
    await work.check(lambda: limit_waiting(work.connection, work.context, wanted))
    made = await work.once(lambda: waitlist.join(work.connection, work.context, wanted=wanted))
    return await entry(work.connection, made, work.settings, with_key=True)


@routes.get("/waitlist/mine", summary="The waitlist entry that a citizen's key opens")
async def my_entry(
    connection: Direct, settings: Config, context: RequestContext, manage_token: ManageToken
) -> wire.WaitlistEntry:
    found = await entry_opened_by(connection, given_key(manage_token), settings)
    await note_key(connection, context, found)
    return await entry(connection, found, settings, with_key=False)


@routes.get("/waitlist/{id}", summary="One waitlist entry")
async def one_entry(
    connection: Direct, settings: Config, context: RequestContext, id: uuid.UUID, manage_token: ManageToken
) -> wire.WaitlistEntry:
    require_entry_key(settings, manage_token, id)
    await note_key(connection, context, id)
    return await entry(connection, id, settings, with_key=False)


@routes.post("/waitlist/{id}/acceptance", summary="Take the time that is offered", openapi_extra=BY_KEY | COUNTED)
async def accept_offer(work: Work, id: uuid.UUID, manage_token: ManageToken) -> wire.WaitlistEntry:
    """It is counted as a booking. Without signing in, more than usual stays `offered` and its appointment `held` until
    `offered_until`; the code that the citizen is sent books it (`POST /appointments/{id}/verification`)."""
    require_entry_key(work.settings, manage_token, id)
    unusual = await work.check(lambda: limit_taking_offer(work.connection, work.context, id))
    await work.once(lambda: waitlist.accept(work.connection, work.context, entry_id=id, to_verify=bool(unusual)))
    return await entry(work.connection, id, work.settings, with_key=False)


@routes.post("/waitlist/{id}/correction", summary="Correct who waits", openapi_extra=BY_KEY | COUNTED)
async def correct_waiting(
    work: Work, id: uuid.UUID, wanted: wire.EntryCorrectionInput, manage_token: ManageToken
) -> wire.WaitlistEntry:
    """A new phone number or e-mail address is told of a time that is offered, too, or of the place in the queue."""
    require_entry_key(work.settings, manage_token, id)
    await work.check(lambda: limit_corrections(work.connection, work.context, id, wanted.citizen))
    await work.once(lambda: waitlist.correct_entry(work.connection, work.context, entry_id=id, wanted=wanted))
    return await entry(work.connection, id, work.settings, with_key=False)


@routes.post("/waitlist/{id}/withdrawal", summary="Wait no longer", openapi_extra=BY_KEY)
async def withdraw_entry(work: Work, id: uuid.UUID, manage_token: ManageToken) -> wire.WaitlistEntry:
    """Who waits is erased, and a time that was kept goes to the next entry."""
    require_entry_key(work.settings, manage_token, id)
    await work.once(lambda: waitlist.withdraw(work.connection, work.context, entry_id=id))
    return await entry(work.connection, id, work.settings, with_key=False)


@routes.get("/waitlist/{id}/recipient", include_in_schema=False)
async def recipient_of_offer(connection: Direct, settings: Config, caller: Caller, id: uuid.UUID) -> wire.Recipient:
    caller.require("recipients:read")
    return await offer_recipient(connection, id, settings)


@routes.get("/waitlist/{id}/entry-recipient", include_in_schema=False)
async def recipient_of_entry(
    connection: Direct, settings: Config, caller: Caller, id: uuid.UUID
) -> wire.EntryRecipient:
    caller.require("recipients:read")
    return await entry_recipient(connection, id, settings)
