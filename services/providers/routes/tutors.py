"""Tutors: everybody reads the names that they have agreed to show; who may write the registry writes them."""

import uuid

from fastapi import APIRouter, Request, Response

from services.providers import access, models
from services.providers.actions import departures, tutor_phones
from services.providers.actions import tutors as actions
from services.providers.routes.dependencies import Booking, Transactions
from services.providers.routes.registry import TUTORS, AfterId, Limit, OrganisationFilter, with_tag
from services.providers.store.records import existing
from shared.auth import Caller
from shared.conditional import NOT_MODIFIED, IfMatch
from shared.db import Session
from shared.http.paging import Linked
from shared.idempotency import Idempotent
from shared.openapi.security import FOR_ANYBODY
from shared.schemas import providers as wire
from shared.schemas.common import RegionCode

routes = APIRouter(tags=["registry"])


@routes.get("/tutors", summary="List tutors", openapi_extra=FOR_ANYBODY)
async def list_tutors(
    session: Session,
    linked: Linked,
    region: RegionCode | None = None,
    organisation: OrganisationFilter = None,
    limit: Limit = 100,
    after: AfterId = None,
) -> wire.Tutors:
    """Active tutors by the names that they have agreed to show, in order of id."""
    key = models.Tutor.id
    items, following = await TUTORS.list(
        session, key, after=after, limit=limit, region=region, organisation_id=organisation, status="active"
    )
    return linked(wire.Tutors(items=items, next=following))


@routes.get(
    "/tutors/{id}", summary="One tutor", response_model=wire.Tutor, responses=NOT_MODIFIED, openapi_extra=FOR_ANYBODY
)
async def show_tutor(request: Request, session: Session, caller: Caller, id: uuid.UUID) -> Response:
    return await TUTORS.show(request, session, caller, id)


@routes.get("/tutors/{id}/details", summary="A tutor as their editors see them")
async def tutor_details(session: Session, caller: Caller, id: uuid.UUID, response: Response) -> wire.TutorDetails:
    """With what is never shown: their full name and their training."""
    caller.require("registry:write")
    found = await existing(session, models.Tutor, id)
    await access.require_to_write(session, caller, found)
    return with_tag(response, wire.TutorDetails.model_validate(found))


@routes.post("/tutors", status_code=201, summary="Add a tutor")
async def add_tutor(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.TutorInput, response: Response
) -> wire.Tutor:
    made = await once(lambda: actions.write_tutor(session, caller=caller, wanted=wanted))
    return await TUTORS.written(session, response, made)


@routes.put("/tutors/{id}", summary="Replace a tutor's details")
async def replace_tutor(
    session: Session,
    begin: Transactions,
    booking: Booking,
    caller: Caller,
    id: uuid.UUID,
    wanted: wire.TutorInput,
    if_match: IfMatch,
    response: Response,
) -> wire.Tutor:
    """One with appointments to come does not end: they are listed instead."""
    await actions.replace_tutor(begin, booking, caller=caller, tutor=id, wanted=wanted, if_match=if_match)
    return await TUTORS.written(session, response, id)


@routes.delete("/tutors/{id}", status_code=204, summary="A tutor leaves")
async def remove_tutor(begin: Transactions, booking: Booking, caller: Caller, id: uuid.UUID) -> None:
    """Their name, their training and their account are forgotten; how often they helped stays. Refused, with the list,
    while they have appointments to come."""
    await departures.remove_tutor(begin, booking, caller=caller, tutor=id)


@routes.get("/tutors/{id}/phone", summary="The number at which a tutor is called")
async def tutor_phone(session: Session, caller: Caller, id: uuid.UUID, response: Response) -> wire.TutorPhone:
    """For who may see it, such as their service point, and never for citizens. Nobody signs in with it: that is done
    with the account's."""
    found = await tutor_phones.tutor_with_phone(session, caller=caller, tutor=id)
    return with_tag(response, wire.TutorPhone.model_validate(found))


@routes.put("/tutors/{id}/phone", summary="Change the number at which a tutor is called")
async def replace_tutor_phone(
    session: Session, caller: Caller, id: uuid.UUID, wanted: wire.TutorPhoneInput, if_match: IfMatch, response: Response
) -> wire.TutorPhone:
    """Null, or an empty text, removes it. Written as people write numbers; `If-Match` takes the tutor's version."""
    changed = await tutor_phones.change_phone(session, caller=caller, tutor=id, phone=wanted.phone, if_match=if_match)
    return with_tag(response, wire.TutorPhone.model_validate(changed))
