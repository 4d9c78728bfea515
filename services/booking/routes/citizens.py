"""The citizen of an appointment: what is held of them, corrected, sent again, forgotten; and whom to write to."""

import uuid

from fastapi import APIRouter, Response

from services.booking import access
from services.booking.actions import erasure
from services.booking.actions.correcting import correct
from services.booking.actions.limits import limit_corrections, limit_sending_again
from services.booking.actions.reading import note_key
from services.booking.actions.sending_again import send_again
from services.booking.reads import appointments, citizen_data, recipients
from services.booking.routes.requests import Config, ManageToken, RequestContext, given_key
from services.booking.routes.seen import as_seen, view_of
from services.booking.routes.unit_of_work import Work
from shared.auth import Caller
from shared.conditional import IfMatch
from shared.db import Direct
from shared.openapi.allowances import COUNTED
from shared.openapi.security import BY_KEY
from shared.problems import Unauthenticated
from shared.schemas import booking as wire

routes = APIRouter(tags=["appointments"])


@routes.get("/appointments/mine/data", summary="All that booking holds of the citizen", openapi_extra=BY_KEY)
async def data_of_citizen(
    connection: Direct, settings: Config, context: RequestContext, manage_token: ManageToken
) -> wire.CitizenData:
    """GDPR, articles 15 and 20: the details, what happened, and until when the details are kept."""
    found = await appointments.opened_by(connection, given_key(manage_token), settings)
    await note_key(connection, context, found)
    return await citizen_data.data_of(connection, found, settings)


@routes.post("/appointments/{id}/correction", summary="Correct the citizen's details", openapi_extra=COUNTED)
async def correct_details(
    work: Work,
    id: uuid.UUID,
    wanted: wire.CorrectionInput,
    if_match: IfMatch,
    response: Response,
    manage_token: ManageToken,
) -> wire.Appointment:
    """GDPR, article 16. All of them are given, also those that stay. A new phone number or e-mail address gets the
    confirmation again. When it replaces another, they have a new key (`manage_url`), and the former contact is told
    that its link opens nothing any more; the address of a home is given anew, unless it is the citizen who corrects.
    The same request with the former key and the same Idempotency-Key is answered once more."""
    view = await _view_of_who_corrects(work, id, wanted, manage_token)
    actor = access.require_actor(work.context.caller, view)
    await work.check(lambda: limit_corrections(work.connection, work.context, id, wanted.citizen))
    await work.once(
        lambda: correct(work.connection, work.context, appointment_id=id, actor=actor, wanted=wanted, if_match=if_match)
    )
    return await as_seen(work, response, id, view)


async def _view_of_who_corrects(
    work: Work, appointment: uuid.UUID, wanted: wire.CorrectionInput, manage_token: str | None
) -> access.View:
    # A correction that replaces a contact ends the key that it came with: sent again, it is answered all the same.
    try:
        return await view_of(work, appointment, manage_token)
    except Unauthenticated:
        was_opened = await appointments.was_opened_until_corrected(
            work.connection, appointment, manage_token, wanted.citizen, work.settings
        )
        if was_opened and await work.key.earlier() == appointment:
            return access.CITIZEN
        raise


@routes.post(
    "/appointments/{id}/confirmation", summary="Send the citizen the confirmation again", openapi_extra=COUNTED
)
async def send_confirmation_again(
    work: Work, id: uuid.UUID, response: Response, manage_token: ManageToken
) -> wire.Appointment:
    """To the contacts that they gave; of what is `held` until it is verified, the code. Nothing else changes."""
    view = await view_of(work, id, manage_token)
    actor = access.require_actor(work.context.caller, view)
    await work.check(lambda: limit_sending_again(work.connection, work.context, id))
    await work.once(lambda: send_again(work.connection, work.context, appointment_id=id, actor=actor))
    return await as_seen(work, response, id, view)


@routes.post("/appointments/{id}/erasure", status_code=204, summary="Forget the citizen")
async def erase_citizen(work: Work, id: uuid.UUID, manage_token: ManageToken) -> None:
    """GDPR, article 17. At once; a visit that is still to come is cancelled, and the citizen is told. What happened
    stays, without a name."""
    view = await view_of(work, id, manage_token)
    actor = access.require_actor(work.context.caller, view)
    await work.once(lambda: erasure.erase(work.connection, work.context, appointment_id=id, actor=actor))


@routes.get("/appointments/{id}/recipient", include_in_schema=False)
async def recipient_of(connection: Direct, settings: Config, caller: Caller, id: uuid.UUID) -> wire.Recipient:
    caller.require("recipients:read")
    return await recipients.recipient(connection, id, settings)


@routes.get("/appointments/{id}/former-recipient", include_in_schema=False)
async def former_recipient_of(connection: Direct, caller: Caller, id: uuid.UUID) -> wire.FormerRecipient:
    caller.require("recipients:read")
    return await recipients.former_recipient(connection, id)
