"""The registry: everybody reads it; coordinators and API clients with `registry:write` write it."""

import json
import uuid
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from services.providers import access, domain, models, search, store
from services.providers.actions import catalogue as actions
from services.providers.actions import describing, leaving, reconciling
from services.providers.routes.common import Address, Booking, Config
from services.providers.sources import ptv
from shared.auth import Caller
from shared.clock import Now
from shared.conditional import NOT_MODIFIED, IfMatch, fresh, tag
from shared.db import Direct, Session, driver
from shared.idempotency import Idempotent
from shared.query import parameters_of, read_as
from shared.schemas import providers as wire
from shared.schemas.common import Date, MunicipalityCode, RegionCode, TopicCode

routes = APIRouter(tags=["registry"])

Limit = Annotated[int, Query(ge=1, le=500)]
AfterId = Annotated[uuid.UUID | None, Query(description="`next` of the page before")]
AfterCode = Annotated[str | None, Query(description="`next` of the page before", pattern=r"^[a-z0-9-]{1,50}$")]
PtvId = Annotated[str, Query(max_length=100, description="its id in PTV")]
OrganisationFilter = Annotated[uuid.UUID | None, Query(alias="organisation")]
Versioned = TypeVar(
    "Versioned",
    wire.Organisation,
    wire.ServicePoint,
    wire.Tutor,
    wire.TutorDetails,
    wire.Offering,
    wire.Topic,
    wire.Municipality,
)


def _tagged(response: Response, body: Versioned) -> Versioned:
    tag(response, body.version)
    return body


async def _written(
    session: Session, response: Response, model: type[models.Base], shape: type[Versioned], id: uuid.UUID
) -> Versioned:
    """A record as it is after writing, with its version."""
    return _tagged(response, shape.model_validate(await store.found(session, model, id)))


@routes.get("/organisations", summary="List organisations")
async def organisations(
    session: Session,
    caller: Caller,
    region: RegionCode | None = None,
    status: wire.OrganisationStatus = "active",
    limit: Limit = 100,
    after: AfterId = None,
) -> wire.Organisations:
    """Who gives support, in order of id. Those that have registered themselves and wait (`status=proposed`) are for
    the coordinators of their region."""
    rows, following = await store.page(
        session,
        models.Organisation,
        models.Organisation.id,
        after=after,
        limit=limit,
        only=[access.approvable(caller)] if status == "proposed" else [],
        region=region,
        status=status,
    )
    return wire.Organisations(items=[wire.Organisation.model_validate(row) for row in rows], next=following)


@routes.get("/organisations/{id}", summary="One organisation", response_model=wire.Organisation, responses=NOT_MODIFIED)
async def organisation(request: Request, session: Session, caller: Caller, id: uuid.UUID) -> Response:
    found = await store.found(session, models.Organisation, id)
    await access.may_see(session, caller, found, public=found.status != "proposed")
    return fresh(request, wire.Organisation.model_validate(found))


@routes.post("/organisations", status_code=201, summary="Add an organisation")
async def add_organisation(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.OrganisationInput, response: Response
) -> wire.Organisation:
    made = await once(lambda: actions.write_organisation(session, caller=caller, wanted=wanted))
    return await _written(session, response, models.Organisation, wire.Organisation, made)


@routes.post("/organisations/registrations", status_code=202, summary="Register one's own organisation")
async def propose_organisation(
    session: Session, once: Idempotent, address: Address, wanted: wire.OrganisationInput
) -> wire.Organisation:
    """Needs no account. It is shown to nobody until a coordinator of its region approves it, by replacing its details
    with another `status`."""
    made = await once(lambda: actions.propose_organisation(session, wanted=wanted, address=address))
    return wire.Organisation.model_validate(await store.found(session, models.Organisation, made))


@routes.put("/organisations/{id}", summary="Replace an organisation's details")
async def replace_organisation(
    session: Session,
    caller: Caller,
    id: uuid.UUID,
    wanted: wire.OrganisationInput,
    if_match: IfMatch,
    response: Response,
) -> wire.Organisation:
    await actions.write_organisation(session, caller=caller, wanted=wanted, record=id, if_match=if_match)
    return await _written(session, response, models.Organisation, wire.Organisation, id)


@routes.get(
    "/service-points",
    summary="Find service points",
    response_model=wire.ServicePoints,
    responses=NOT_MODIFIED,
    openapi_extra=parameters_of(wire.ServicePointSearch),
)
async def service_points(
    request: Request,
    connection: Direct,
    wanted: Annotated[wire.ServicePointSearch, Depends(read_as(wire.ServicePointSearch))],
) -> Response:
    """Published ones: the nearest first with `near`, the likeliest first with `q`, else in order of id."""
    found = await search.points(connection, wanted)
    items = [wire.FoundServicePoint.model_validate(row, extra="ignore") for row in found.rows]
    return fresh(request, wire.ServicePoints(items=items, next=found.next, understood=found.understood))


@routes.get("/service-points/{id}/completeness", summary="What is missing for a citizen")
async def completeness(session: Session, caller: Caller, id: uuid.UUID) -> wire.Completeness:
    """In per cent; fields are named, what matters most first."""
    point = await store.found(session, models.ServicePoint, id)
    await access.may_see(session, caller, point, public=point.publishing == "published")
    municipality = await session.get_one(models.Municipality, point.municipality)
    score, missing = domain.completeness(await store.known_of(session, point), municipality.languages)
    return wire.Completeness(score=score, missing=missing)


@routes.get("/reconciliation", summary="Where the registry and its sources disagree")
async def reconciliation(
    session: Session, caller: Caller, limit: Limit = 100, after: AfterId = None
) -> wire.Reconciliation:
    """What the registry says of its service points, what Kirkanta, PTV and others say, where they differ. For
    coordinators, of their region; `limit` counts service points."""
    caller.require("reconciliation:read")
    return await reconciling.report(session, caller.within("reconciliation:read"), after=after, limit=limit)


@routes.get("/service-points/{id}/ptv", summary="A service point as a document for PTV")
async def as_ptv(
    session: Session, caller: Caller, id: uuid.UUID, organisation: PtvId, service: PtvId
) -> dict[str, Any]:
    """A service location (PTV v11) of the PTV `organisation`, at which the PTV `service` is given."""
    found = await store.found(session, models.ServicePoint, id)
    await access.may_write(session, caller, found)
    return ptv.document_of(
        wire.ServicePoint.model_validate(found).model_dump(mode="json", by_alias=True), organisation, [service]
    )


@routes.get(
    "/service-points/{id}/schema-org",
    summary="A service point and its help for search engines",
    response_class=Response,
    responses={200: {"content": {"application/ld+json": {}}}},
)
async def as_schema_org(session: Session, settings: Config, now: Now, id: uuid.UUID) -> Response:
    """schema.org in JSON-LD, to be put into any page about the place. Only of what is published and in use."""
    today = now.astimezone(ZoneInfo(settings.zone)).date()
    graph = await describing.for_search_engines(session, point=id, today=today, public_url=settings.public_url)
    return Response(json.dumps(graph, ensure_ascii=False), media_type="application/ld+json")


@routes.get(
    "/service-points/{id}", summary="One service point", response_model=wire.ServicePoint, responses=NOT_MODIFIED
)
async def service_point(request: Request, session: Session, caller: Caller, id: uuid.UUID) -> Response:
    found = await store.found(session, models.ServicePoint, id)
    await access.may_see(session, caller, found, public=found.publishing == "published")
    return fresh(request, wire.ServicePoint.model_validate(found))


@routes.post("/service-points", status_code=201, summary="Add a service point")
async def add_service_point(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.ServicePointInput, response: Response
) -> wire.ServicePoint:
    made = await once(lambda: actions.write_service_point(session, caller=caller, wanted=wanted))
    return await _written(session, response, models.ServicePoint, wire.ServicePoint, made)


@routes.put("/service-points/{id}", summary="Replace a service point's details")
async def replace_service_point(
    session: Session,
    booking: Booking,
    caller: Caller,
    id: uuid.UUID,
    wanted: wire.ServicePointInput,
    if_match: IfMatch,
    response: Response,
) -> wire.ServicePoint:
    """One with appointments to come is not ended or withdrawn: they are listed instead."""
    await actions.write_service_point(
        session,
        caller=caller,
        wanted=wanted,
        record=id,
        if_match=if_match,
        unless=lambda: leaving.nothing_to_come(booking, service_point=id),
    )
    return await _written(session, response, models.ServicePoint, wire.ServicePoint, id)


@routes.get("/service-points/{id}/hours", summary="A service point's hours")
async def hours(
    session: Session,
    caller: Caller,
    id: uuid.UUID,
    now: Now,
    start: Annotated[Date | None, Query(alias="from", description="by default today")] = None,
    days: Annotated[int, Query(ge=1, le=366)] = 28,
) -> wire.OpeningDays:
    """What is known of its hours, date by date; a date that is not listed is not known."""
    point = await store.found(session, models.ServicePoint, id)
    await access.may_see(session, caller, point, public=point.publishing == "published")
    rows = await store.opening_days(session, id, start or now.date(), days)
    return wire.OpeningDays(items=[wire.OpeningDay.model_validate(row) for row in rows])


@routes.put("/service-points/{id}/hours", summary="Say a service point's hours on some dates")
async def replace_hours(
    session: Session,
    caller: Caller,
    id: uuid.UUID,
    wanted: Annotated[list[wire.OpeningDay], Body(max_length=1000)],
    if_match: IfMatch,
    response: Response,
) -> wire.OpeningDays:
    """Dates that are not named stay as they are. `If-Match` takes the service point's version."""
    tag(response, await actions.write_hours(session, caller=caller, point=id, days=wanted, if_match=if_match))
    return wire.OpeningDays(items=wanted)


@routes.get("/tutors", summary="List tutors")
async def tutors(
    session: Session,
    region: RegionCode | None = None,
    organisation: OrganisationFilter = None,
    limit: Limit = 100,
    after: AfterId = None,
) -> wire.Tutors:
    """Active tutors by the names that they have agreed to show, in order of id."""
    rows, following = await store.page(
        session,
        models.Tutor,
        models.Tutor.id,
        after=after,
        limit=limit,
        region=region,
        organisation_id=organisation,
        status="active",
    )
    return wire.Tutors(items=[wire.Tutor.model_validate(row) for row in rows], next=following)


@routes.get("/tutors/{id}", summary="One tutor", response_model=wire.Tutor, responses=NOT_MODIFIED)
async def tutor(request: Request, session: Session, id: uuid.UUID) -> Response:
    return fresh(request, wire.Tutor.model_validate(await store.found(session, models.Tutor, id)))


@routes.get("/tutors/{id}/details", summary="A tutor as their editors see them")
async def tutor_details(session: Session, caller: Caller, id: uuid.UUID, response: Response) -> wire.TutorDetails:
    """With what is never shown: their full name and their training."""
    found = await store.found(session, models.Tutor, id)
    await access.may_write(session, caller, found)
    return _tagged(response, wire.TutorDetails.model_validate(found))


@routes.post("/tutors", status_code=201, summary="Add a tutor")
async def add_tutor(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.TutorInput, response: Response
) -> wire.Tutor:
    made = await once(lambda: actions.write_tutor(session, caller=caller, wanted=wanted))
    return await _written(session, response, models.Tutor, wire.Tutor, made)


@routes.put("/tutors/{id}", summary="Replace a tutor's details")
async def replace_tutor(
    session: Session,
    booking: Booking,
    caller: Caller,
    id: uuid.UUID,
    wanted: wire.TutorInput,
    if_match: IfMatch,
    response: Response,
) -> wire.Tutor:
    """One with appointments to come does not end: they are listed instead."""
    await actions.write_tutor(
        session,
        caller=caller,
        wanted=wanted,
        record=id,
        if_match=if_match,
        unless=lambda inside: leaving.nothing_to_come(booking, tutor=id, inside=inside),
    )
    return await _written(session, response, models.Tutor, wire.Tutor, id)


@routes.delete("/tutors/{id}", status_code=204, summary="A tutor leaves")
async def remove_tutor(session: Session, booking: Booking, caller: Caller, id: uuid.UUID) -> None:
    """Their name, their training and their account are forgotten; how often they helped stays. Refused, with the list,
    while they have appointments to come."""
    await leaving.remove_tutor(session, booking, caller=caller, tutor=id)


@routes.get("/offerings", summary="List offerings")
async def offerings(
    session: Session,
    region: RegionCode | None = None,
    organisation: OrganisationFilter = None,
    limit: Limit = 100,
    after: AfterId = None,
) -> wire.Offerings:
    """Active kinds of help, in order of id."""
    rows, following = await store.page(
        session,
        models.Offering,
        models.Offering.id,
        after=after,
        limit=limit,
        region=region,
        organisation_id=organisation,
        status="active",
    )
    return wire.Offerings(items=[wire.Offering.model_validate(row) for row in rows], next=following)


@routes.get("/offerings/{id}", summary="One offering", response_model=wire.Offering, responses=NOT_MODIFIED)
async def offering(request: Request, session: Session, id: uuid.UUID) -> Response:
    return fresh(request, wire.Offering.model_validate(await store.found(session, models.Offering, id)))


@routes.post("/offerings", status_code=201, summary="Add an offering")
async def add_offering(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.OfferingInput, response: Response
) -> wire.Offering:
    made = await once(lambda: actions.write_offering(session, caller=caller, wanted=wanted))
    return await _written(session, response, models.Offering, wire.Offering, made)


@routes.put("/offerings/{id}", summary="Replace an offering's details")
async def replace_offering(
    session: Session, caller: Caller, id: uuid.UUID, wanted: wire.OfferingInput, if_match: IfMatch, response: Response
) -> wire.Offering:
    await actions.write_offering(session, caller=caller, wanted=wanted, record=id, if_match=if_match)
    return await _written(session, response, models.Offering, wire.Offering, id)


@routes.get("/topics", summary="List topics")
async def topics(
    session: Session,
    q: Annotated[str | None, Query(max_length=200, description="what a person says: puhelimen, verkkopankissa")] = None,
    limit: Limit = 100,
    after: AfterCode = None,
) -> wire.Topics:
    """What the trouble can be with, in order of code; with `q`, what somebody may mean, the likeliest first."""
    if q is not None:
        codes = (await search.find_topics(await driver(session), q))[:limit]
        meant = [wire.Topic.model_validate(await session.get(models.Topic, code)) for code in codes]
        return wire.Topics(items=meant)
    rows, following = await store.page(session, models.Topic, models.Topic.code, after=after, limit=limit)
    return wire.Topics(items=[wire.Topic.model_validate(row) for row in rows], next=following)


@routes.put("/topics/{code}", summary="Add or rename a topic")
async def write_topic(
    session: Session, caller: Caller, code: TopicCode, wanted: wire.TopicInput, if_match: IfMatch, response: Response
) -> wire.Topic:
    row = await actions.write_topic(session, caller=caller, code=code, wanted=wanted, if_match=if_match)
    return _tagged(response, wire.Topic.model_validate(row))


@routes.get("/municipalities", summary="List municipalities")
async def municipalities(
    session: Session,
    region: RegionCode | None = None,
    postal_code: Annotated[str | None, Query(pattern=r"^[0-9]{5}$", description="the one that it is in")] = None,
    limit: Limit = 100,
    after: AfterCode = None,
) -> wire.Municipalities:
    """The municipalities of 2026 (Statistics Finland), in order of code."""
    rows, following = await store.page(
        session,
        models.Municipality,
        models.Municipality.code,
        after=after,
        limit=limit,
        only=[store.has_postal_code(postal_code)] if postal_code else [],
        region=region,
    )
    return wire.Municipalities(items=[wire.Municipality.model_validate(row) for row in rows], next=following)


@routes.get("/former-municipalities", summary="List municipalities that are part of another now")
async def former_municipalities(
    session: Session, limit: Limit = 100, after: AfterCode = None
) -> wire.FormerMunicipalities:
    """In order of code. Lists that name them are understood."""
    rows, following = await store.page(
        session, models.FormerMunicipality, models.FormerMunicipality.code, after=after, limit=limit
    )
    return wire.FormerMunicipalities(
        items=[wire.FormerMunicipality.model_validate(row) for row in rows], next=following
    )


@routes.put("/municipalities/{code}", summary="Rename a municipality")
async def write_municipality(
    session: Session,
    caller: Caller,
    code: MunicipalityCode,
    wanted: wire.MunicipalityInput,
    if_match: IfMatch,
    response: Response,
) -> wire.Municipality:
    row = await actions.write_municipality(session, caller=caller, code=code, wanted=wanted, if_match=if_match)
    return _tagged(response, wire.Municipality.model_validate(row))
