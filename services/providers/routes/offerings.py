"""Offerings: everybody reads them; who may write the registry writes them."""

import uuid

from fastapi import APIRouter, Request, Response

from services.providers import models
from services.providers.actions.offerings import write_offering
from services.providers.routes.registry import OFFERINGS, AfterId, Limit, OrganisationFilter
from shared.auth import Caller
from shared.conditional import NOT_MODIFIED, IfMatch
from shared.db import Session
from shared.http.paging import Linked
from shared.idempotency import Idempotent
from shared.openapi.security import FOR_ANYBODY
from shared.schemas import providers as wire
from shared.schemas.common import RegionCode

routes = APIRouter(tags=["registry"])


@routes.get("/offerings", summary="List offerings", openapi_extra=FOR_ANYBODY)
async def list_offerings(
    session: Session,
    linked: Linked,
    region: RegionCode | None = None,
    organisation: OrganisationFilter = None,
    limit: Limit = 100,
    after: AfterId = None,
) -> wire.Offerings:
    """Active kinds of help, in order of id."""
    key = models.Offering.id
    items, following = await OFFERINGS.list(
        session, key, after=after, limit=limit, region=region, organisation_id=organisation, status="active"
    )
    return linked(wire.Offerings(items=items, next=following))


@routes.get(
    "/offerings/{id}",
    summary="One offering",
    response_model=wire.Offering,
    responses=NOT_MODIFIED,
    openapi_extra=FOR_ANYBODY,
)
async def show_offering(request: Request, session: Session, caller: Caller, id: uuid.UUID) -> Response:
    return await OFFERINGS.show(request, session, caller, id)


@routes.post("/offerings", status_code=201, summary="Add an offering")
async def add_offering(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.OfferingInput, response: Response
) -> wire.Offering:
    made = await once(lambda: write_offering(session, caller=caller, wanted=wanted))
    return await OFFERINGS.written(session, response, made)


@routes.put("/offerings/{id}", summary="Replace an offering's details")
async def replace_offering(
    session: Session, caller: Caller, id: uuid.UUID, wanted: wire.OfferingInput, if_match: IfMatch, response: Response
) -> wire.Offering:
    await write_offering(session, caller=caller, wanted=wanted, record=id, if_match=if_match)
    return await OFFERINGS.written(session, response, id)
