"""Organisations: everybody reads them; who may write the registry writes them, and anybody may propose one."""

import uuid

from fastapi import APIRouter, Request, Response

from services.providers import access, models
from services.providers.actions import organisations as actions
from services.providers.routes.audit import Address
from services.providers.routes.registry import ORGANISATIONS, AfterId, Limit
from services.providers.store.records import existing
from shared.auth import Caller
from shared.conditional import NOT_MODIFIED, IfMatch
from shared.db import Session
from shared.http.allowances import Allowances
from shared.http.paging import Linked
from shared.idempotency import Idempotent
from shared.openapi.allowances import COUNTED
from shared.openapi.security import FOR_ANYBODY
from shared.schemas import providers as wire
from shared.schemas.common import RegionCode

routes = APIRouter(tags=["registry"])
# `{id:uuid}` below: "registrations" is no id, so that its address has its own methods alone.


@routes.get("/organisations", summary="List organisations", openapi_extra=FOR_ANYBODY)
async def list_organisations(
    session: Session,
    linked: Linked,
    caller: Caller,
    region: RegionCode | None = None,
    status: wire.OrganisationStatus = "active",
    limit: Limit = 100,
    after: AfterId = None,
) -> wire.Organisations:
    """Who gives support, in order of id. Those that have registered themselves and wait (`status=proposed`) are for
    the coordinators of their region."""
    only = [access.approvable(caller)] if status == "proposed" else []
    key = models.Organisation.id
    items, following = await ORGANISATIONS.list(
        session, key, after=after, limit=limit, only=only, region=region, status=status
    )
    return linked(wire.Organisations(items=items, next=following))


@routes.get(
    "/organisations/{id:uuid}",
    summary="One organisation",
    response_model=wire.Organisation,
    responses=NOT_MODIFIED,
    openapi_extra=FOR_ANYBODY,
)
async def show_organisation(request: Request, session: Session, caller: Caller, id: uuid.UUID) -> Response:
    return await ORGANISATIONS.show(request, session, caller, id)


@routes.post("/organisations", status_code=201, summary="Add an organisation")
async def add_organisation(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.OrganisationInput, response: Response
) -> wire.Organisation:
    made = await once(lambda: actions.write_organisation(session, caller=caller, wanted=wanted))
    return await ORGANISATIONS.written(session, response, made)


@routes.post(
    "/organisations/registrations",
    status_code=202,
    summary="Register one's own organisation",
    openapi_extra=FOR_ANYBODY | COUNTED,
)
async def propose_organisation(
    session: Session, once: Idempotent, address: Address, allowances: Allowances, wanted: wire.OrganisationInput
) -> wire.Organisation:
    """Needs no account. It is shown to nobody until a coordinator of its region approves it, by replacing its details
    with another `status`."""
    made = await once(
        lambda: actions.propose_organisation(session, wanted=wanted, address=address, allowances=allowances)
    )
    return wire.Organisation.model_validate(await existing(session, models.Organisation, made))


@routes.put("/organisations/{id:uuid}", summary="Replace an organisation's details")
async def replace_organisation(
    session: Session,
    caller: Caller,
    id: uuid.UUID,
    wanted: wire.OrganisationInput,
    if_match: IfMatch,
    response: Response,
) -> wire.Organisation:
    await actions.write_organisation(session, caller=caller, wanted=wanted, record=id, if_match=if_match)
    return await ORGANISATIONS.written(session, response, id)
