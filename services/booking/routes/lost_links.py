"""For who has lost the link to their times."""

import uuid

from fastapi import APIRouter

from services.booking.actions import lost_links
from services.booking.actions.limits import limit_lost_links, limit_opening_links
from services.booking.actions.reading import note_key
from services.booking.reads import lost_links as reads
from services.booking.routes.requests import Config
from services.booking.routes.unit_of_work import Work
from shared.auth import Caller
from shared.clock import Now
from shared.db import Direct
from shared.openapi.allowances import COUNTED
from shared.openapi.security import FOR_ANYBODY
from shared.schemas import booking as wire

routes = APIRouter(tags=["appointments"])


@routes.post("/lost-links", status_code=202, summary="Have lost links sent again", openapi_extra=FOR_ANYBODY | COUNTED)
async def ask_for_links(work: Work, wanted: wire.LostLinkInput) -> wire.LostLink:
    """Whoever is reached there is sent the links to what they have booked and wait for, at most five, if there is any,
    and a code for `…/opening`. The answer is the same for everybody, so that it tells nobody who has booked."""
    asked = lost_links.asked_by(work.context, wanted.contact)
    await work.check(lambda: limit_lost_links(work.connection, work.context, asked))
    made = await work.once(lambda: lost_links.ask(work.connection, asked=asked))
    return await reads.asked(work.connection, made, work.settings, work.context.now)


@routes.post("/lost-links/{id}/opening", summary="Open them by the code", openapi_extra=FOR_ANYBODY | COUNTED)
async def open_links(work: Work, id: uuid.UUID, wanted: wire.VerificationInput) -> wire.TimesToCome:
    """For a phone that opens no links: the code of the message shows them on the screen that asked. It is good for half
    an hour, once, and for five tries (`code-over`)."""
    await work.check(lambda: limit_opening_links(work.connection, work.context))
    await work.check(lambda: lost_links.count_try(work.connection, work.context, id))
    await work.once(lambda: lost_links.open_times(work.connection, work.context, lost_link_id=id, code=wanted.code))
    found = await reads.times_of(work.connection, id, work.settings, work.context.now)
    for each in found.items:
        await note_key(work.connection, work.context, each.id)
    return found


@routes.get("/lost-links/{id}/recipient", include_in_schema=False)
async def recipient_of_links(
    connection: Direct, settings: Config, caller: Caller, now: Now, id: uuid.UUID
) -> wire.LostLinkRecipient:
    caller.require("recipients:read")
    return await reads.recipient(connection, id, settings, now)
