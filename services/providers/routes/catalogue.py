"""The registry: everybody reads it; coordinators and API clients with `registry:write` write it."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Body, Query

from services.providers import models, store
from services.providers.actions import catalogue as actions
from shared.auth import Caller
from shared.clock import Now
from shared.db import Session
from shared.idempotency import Idempotent
from shared.schemas import providers as wire
from shared.schemas.common import Date, MunicipalityCode, RegionCode, TopicCode

routes = APIRouter(tags=["registry"])

Limit = Annotated[int, Query(ge=1, le=500)]
AfterId = Annotated[uuid.UUID | None, Query(description="`next` of the page before")]
AfterCode = Annotated[str | None, Query(description="`next` of the page before", pattern=r"^[a-z0-9-]{1,50}$")]
OrganisationFilter = Annotated[uuid.UUID | None, Query(alias="organisation")]


@routes.get("/organisations", summary="List organisations")
async def organisations(
    session: Session, region: RegionCode | None = None, limit: Limit = 100, after: AfterId = None
) -> wire.Organisations:
    """Who gives support, in order of id."""
    rows, following = await store.page(
        session, models.Organisation, models.Organisation.id, after=after, limit=limit, region=region
    )
    return wire.Organisations(items=[wire.Organisation.model_validate(row) for row in rows], next=following)


@routes.get("/organisations/{id}", summary="One organisation")
async def organisation(session: Session, id: uuid.UUID) -> wire.Organisation:
    return wire.Organisation.model_validate(await store.found(session, models.Organisation, id))


@routes.post("/organisations", status_code=201, summary="Add an organisation")
async def add_organisation(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.OrganisationInput
) -> wire.Organisation:
    return await organisation(
        session, await once(lambda: actions.write_organisation(session, caller=caller, wanted=wanted))
    )


@routes.put("/organisations/{id}", summary="Replace an organisation's details")
async def replace_organisation(
    session: Session, caller: Caller, id: uuid.UUID, wanted: wire.OrganisationInput
) -> wire.Organisation:
    return await organisation(
        session, await actions.write_organisation(session, caller=caller, wanted=wanted, record=id)
    )


@routes.get("/service-points", summary="List service points")
async def service_points(
    session: Session,
    region: RegionCode | None = None,
    municipality: MunicipalityCode | None = None,
    organisation: OrganisationFilter = None,
    limit: Limit = 100,
    after: AfterId = None,
) -> wire.ServicePoints:
    """Active service points, in order of id."""
    rows, following = await store.page(
        session,
        models.ServicePoint,
        models.ServicePoint.id,
        after=after,
        limit=limit,
        region=region,
        municipality=municipality,
        organisation_id=organisation,
        status="active",
    )
    return wire.ServicePoints(items=[wire.ServicePoint.model_validate(row) for row in rows], next=following)


@routes.get("/service-points/{id}", summary="One service point")
async def service_point(session: Session, id: uuid.UUID) -> wire.ServicePoint:
    return wire.ServicePoint.model_validate(await store.found(session, models.ServicePoint, id))


@routes.post("/service-points", status_code=201, summary="Add a service point")
async def add_service_point(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.ServicePointInput
) -> wire.ServicePoint:
    return await service_point(
        session, await once(lambda: actions.write_service_point(session, caller=caller, wanted=wanted))
    )


@routes.put("/service-points/{id}", summary="Replace a service point's details")
async def replace_service_point(
    session: Session, caller: Caller, id: uuid.UUID, wanted: wire.ServicePointInput
) -> wire.ServicePoint:
    return await service_point(
        session, await actions.write_service_point(session, caller=caller, wanted=wanted, record=id)
    )


@routes.get("/service-points/{id}/hours", summary="A service point's hours")
async def hours(
    session: Session,
    id: uuid.UUID,
    now: Now,
    start: Annotated[Date | None, Query(alias="from", description="by default today")] = None,
    days: Annotated[int, Query(ge=1, le=366)] = 28,
) -> wire.OpeningDays:
    """What is known of its hours, date by date; a date that is not listed is not known."""
    rows = await store.opening_days(session, id, start or now.date(), days)
    return wire.OpeningDays(items=[wire.OpeningDay.model_validate(row) for row in rows])


@routes.put("/service-points/{id}/hours", summary="Say a service point's hours on some dates")
async def replace_hours(
    session: Session, caller: Caller, id: uuid.UUID, wanted: Annotated[list[wire.OpeningDay], Body(max_length=1000)]
) -> wire.OpeningDays:
    """Dates that are not named stay as they are."""
    await actions.write_hours(session, caller=caller, point=id, days=wanted)
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


@routes.get("/tutors/{id}", summary="One tutor")
async def tutor(session: Session, id: uuid.UUID) -> wire.Tutor:
    return wire.Tutor.model_validate(await store.found(session, models.Tutor, id))


@routes.post("/tutors", status_code=201, summary="Add a tutor")
async def add_tutor(session: Session, caller: Caller, once: Idempotent, wanted: wire.TutorInput) -> wire.Tutor:
    return await tutor(session, await once(lambda: actions.write_tutor(session, caller=caller, wanted=wanted)))


@routes.put("/tutors/{id}", summary="Replace a tutor's details")
async def replace_tutor(session: Session, caller: Caller, id: uuid.UUID, wanted: wire.TutorInput) -> wire.Tutor:
    return await tutor(session, await actions.write_tutor(session, caller=caller, wanted=wanted, record=id))


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


@routes.get("/offerings/{id}", summary="One offering")
async def offering(session: Session, id: uuid.UUID) -> wire.Offering:
    return wire.Offering.model_validate(await store.found(session, models.Offering, id))


@routes.post("/offerings", status_code=201, summary="Add an offering")
async def add_offering(session: Session, caller: Caller, once: Idempotent, wanted: wire.OfferingInput) -> wire.Offering:
    return await offering(session, await once(lambda: actions.write_offering(session, caller=caller, wanted=wanted)))


@routes.put("/offerings/{id}", summary="Replace an offering's details")
async def replace_offering(
    session: Session, caller: Caller, id: uuid.UUID, wanted: wire.OfferingInput
) -> wire.Offering:
    return await offering(session, await actions.write_offering(session, caller=caller, wanted=wanted, record=id))


@routes.get("/topics", summary="List topics")
async def topics(session: Session, limit: Limit = 100, after: AfterCode = None) -> wire.Topics:
    """What the trouble can be with, in order of code."""
    rows, following = await store.page(session, models.Topic, models.Topic.code, after=after, limit=limit)
    return wire.Topics(items=[wire.Topic.model_validate(row) for row in rows], next=following)


@routes.put("/topics/{code}", summary="Add or rename a topic")
async def write_topic(session: Session, caller: Caller, code: TopicCode, wanted: wire.TopicInput) -> wire.Topic:
    await actions.write_topic(session, caller=caller, code=code, wanted=wanted)
    return wire.Topic(code=code, **wanted.model_dump())


@routes.get("/municipalities", summary="List municipalities")
async def municipalities(
    session: Session, region: RegionCode | None = None, limit: Limit = 100, after: AfterCode = None
) -> wire.Municipalities:
    """The municipalities of 2026 (Statistics Finland), in order of code."""
    rows, following = await store.page(
        session, models.Municipality, models.Municipality.code, after=after, limit=limit, region=region
    )
    return wire.Municipalities(items=[wire.Municipality.model_validate(row) for row in rows], next=following)


@routes.put("/municipalities/{code}", summary="Rename a municipality")
async def write_municipality(
    session: Session, caller: Caller, code: MunicipalityCode, wanted: wire.MunicipalityInput
) -> wire.Municipality:
    await actions.write_municipality(session, caller=caller, code=code, wanted=wanted)
    return wire.Municipality.model_validate(await session.get(models.Municipality, code))
