"""Service points and other registers: where they disagree, and what others are given."""

import json
import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.providers import access, models
from services.providers.actions.reconciling import report
from services.providers.actions.search_engines import describe_point
from services.providers.routes.dependencies import Config, Zone
from services.providers.routes.registry import AfterId, Limit
from services.providers.sources.ptv_writing import ptv_document
from services.providers.store.records import existing
from services.providers.store.service_points import source_records
from shared.auth import Caller
from shared.clock import Now
from shared.db import Session
from shared.http.paging import Linked
from shared.openapi.bodies import answers
from shared.openapi.security import FOR_ANYBODY
from shared.schemas import providers as wire

routes = APIRouter(tags=["registry"])
PtvId = Annotated[str, Query(max_length=100, description="its id in PTV")]


@routes.get("/reconciliation", summary="Where the registry and its sources disagree")
async def reconciliation(
    session: Session, linked: Linked, caller: Caller, limit: Limit = 100, after: AfterId = None
) -> wire.Reconciliation:
    """What the registry says of its service points, what Kirkanta, PTV and others say, where they differ. For
    coordinators, of their region; `limit` counts service points."""
    caller.require("reconciliation:read")
    return linked(await report(session, caller.within("reconciliation:read"), after=after, limit=limit))


@routes.get("/service-points/{id}/provenance", summary="Where a service point's details come from")
async def provenance(session: Session, caller: Caller, id: uuid.UUID) -> wire.Provenance:
    """Which source each field follows, what each source said last, and where it says something that is not read. For
    those who may write the point."""
    caller.require("registry:write")
    point = await existing(session, models.ServicePoint, id)
    await access.require_to_write(session, caller, point)
    said = [wire.SourceSays.model_validate(record) for record in await source_records(session, id)]
    return wire.Provenance.model_validate({"fields": point.provenance, "sources": said})


@routes.get("/service-points/{id}/ptv", summary="A service point as a document for PTV")
async def as_ptv(
    session: Session, caller: Caller, id: uuid.UUID, organisation: PtvId, service: PtvId
) -> dict[str, object]:
    """A service location (PTV v11) of the PTV `organisation`, at which the PTV `service` is given."""
    caller.require("registry:write")
    found = await existing(session, models.ServicePoint, id)
    await access.require_to_write(session, caller, found)
    return ptv_document(wire.ServicePoint.model_validate(found), organisation, [service])


@routes.get(
    "/service-points/{id}/schema-org",
    summary="A service point and its help for search engines",
    response_class=Response,
    responses=answers("application/ld+json"),
    openapi_extra=FOR_ANYBODY,
)
async def as_schema_org(session: Session, settings: Config, zone: Zone, now: Now, id: uuid.UUID) -> Response:
    """schema.org in JSON-LD, to be put into any page about the place. Only of what is published and in use."""
    today = now.astimezone(zone).date()
    graph = await describe_point(session, point=id, today=today, public_url=settings.public_url)
    return Response(json.dumps(graph, ensure_ascii=False), media_type="application/ld+json")
