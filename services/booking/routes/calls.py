"""The call list."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.booking import access
from services.booking.actions import calls as actions
from services.booking.actions.reading import note_reading
from services.booking.reads import calls
from services.booking.routes.requests import Config, RequestContext
from services.booking.routes.seen import as_seen, view_of
from services.booking.routes.unit_of_work import Work
from shared.conditional import IfMatch
from shared.db import Direct
from shared.schemas import booking as wire

routes = APIRouter(tags=["appointments"])


@routes.get("/calls", summary="Whom somebody must call")
async def list_calls(
    connection: Direct, settings: Config, context: RequestContext, wanted: Annotated[wire.CallsWanted, Query()]
) -> wire.Calls:
    """Citizens whose appointment, today or to come, was changed by somebody else, and whom no message reaches: what is
    first to come first. With a limit of 0, only how many."""
    found = await calls.to_make(connection, context.caller, wanted, settings, now=context.now)
    await note_reading(connection, context, [each.appointment for each in found.items])
    return found


@routes.post("/calls/{id}/told", summary="Say that they have been told")
async def told(work: Work, id: uuid.UUID, if_match: IfMatch, response: Response) -> wire.Appointment:
    """By the id of the appointment, which is taken off the list as long as it is not changed again. Saying it again
    changes nothing."""
    view = await view_of(work, id)
    access.require_actor(work.context.caller, view)
    await work.once(lambda: actions.tell(work.connection, work.context, appointment_id=id, if_match=if_match))
    return await as_seen(work, response, id, view)
