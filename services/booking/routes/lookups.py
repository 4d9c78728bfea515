"""Looking up an appointment."""

from fastapi import APIRouter

from services.booking.actions.limits import limit_lookups
from services.booking.actions.reading import note_reading
from services.booking.reads import lookup
from services.booking.routes.requests import Config, RequestContext
from shared.db import Direct
from shared.schemas import booking as wire

routes = APIRouter(tags=["appointments"])


@routes.post("/lookups", summary="Find the appointment of somebody at the desk or on the phone")
async def look_up_appointment(
    connection: Direct, settings: Config, context: RequestContext, wanted: wire.LookupInput
) -> wire.FoundAppointments:
    """By name, number or code word, among those whose citizens the caller may see, from yesterday on. The words are in
    the body, since an address is kept in logs. It takes no `Idempotency-Key`: it changes nothing."""
    context.caller.require("citizens:read")
    await limit_lookups(connection, context)
    found = await lookup.look_up(connection, context.caller, wanted.words, settings, now=context.now)
    await note_reading(connection, context, found.items)
    return found
