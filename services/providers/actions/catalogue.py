"""Writing the registry. Each write checks, saves and tells of the record's new state in one transaction."""

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access, store
from services.providers.actions import people
from services.providers.models import (
    Municipality,
    Offering,
    OpeningDay,
    Organisation,
    ServicePoint,
    Topic,
    Tutor,
)
from shared.auth import Principal
from shared.feed import emit
from shared.problems import InvalidReference, NotFound
from shared.schemas import providers as wire
from shared.schemas.common import Wire

Row = TypeVar("Row", Organisation, ServicePoint, Tutor, Offering)


async def _save(
    session: AsyncSession,
    caller: Principal,
    model: type[Row],
    record: uuid.UUID | None,
    values: dict[str, Any],
) -> Row:
    """Create or replace a record, after checking that the caller may write what it was and what it becomes."""
    if record is None:
        row = model(**values)
        session.add(row)
    else:
        found = await session.get(model, record, with_for_update=True)
        if found is None:
            raise NotFound
        row = found
        access.may_write(caller, row.region, _owner(row))
        for name, value in values.items():
            setattr(row, name, value)
    await session.flush()
    access.may_write(caller, row.region, _owner(row))
    return row


def _plain(parts: Sequence[Wire]) -> list[dict[str, Any]]:
    """Parts of a record as JSON keeps them."""
    return [part.model_dump(mode="json", by_alias=True) for part in parts]


def _owner(row: Organisation | ServicePoint | Tutor | Offering) -> uuid.UUID:
    return row.id if isinstance(row, Organisation) else row.organisation_id


async def _check_topics(session: AsyncSession, codes: list[str]) -> None:
    if unknown := await store.unknown_topics(session, codes):
        raise InvalidReference(what=", ".join(sorted(unknown)))


async def write_organisation(
    session: AsyncSession,
    *,
    caller: Principal,
    wanted: wire.OrganisationInput,
    record: uuid.UUID | None = None,
) -> uuid.UUID:
    """Create or replace an organisation."""
    caller.require("registry:write")
    region = (await store.municipality(session, wanted.municipality)).region
    row = await _save(session, caller, Organisation, record, wanted.model_dump(mode="json") | {"region": region})
    await emit(session, "organisation.changed", row.id, wire.Organisation.model_validate(row).model_dump(mode="json"))
    return row.id


async def write_service_point(
    session: AsyncSession,
    *,
    caller: Principal,
    wanted: wire.ServicePointInput,
    record: uuid.UUID | None = None,
) -> uuid.UUID:
    """Create or replace a service point."""
    caller.require("registry:write")
    region = (await store.municipality(session, wanted.municipality)).region
    caller.require_region((await store.organisation(session, wanted.organisation_id)).region)
    values = wanted.model_dump() | {"region": region, "drop_in": _plain(wanted.drop_in)}
    row = await _save(session, caller, ServicePoint, record, values)
    await emit_service_point(session, row)
    return row.id


async def emit_service_point(session: AsyncSession, row: ServicePoint) -> None:
    """Tell of a service point's new state."""
    state = wire.ServicePoint.model_validate(row).model_dump(mode="json", by_alias=True)
    await emit(session, "service-point.changed", row.id, state)


async def write_hours(
    session: AsyncSession, *, caller: Principal, point: uuid.UUID, days: list[wire.OpeningDay]
) -> None:
    """Say what is known of a service point's hours on some dates; other dates stay as they are."""
    row = await session.get(ServicePoint, point, with_for_update=True)
    if row is None:
        raise NotFound
    access.may_write(caller, row.region, row.organisation_id)
    days = list({day.date: day for day in days}.values())  # of a date that stands twice, the last word counts
    states = [day.model_dump(mode="json", by_alias=True) for day in days]
    for day, state in zip(days, states, strict=True):
        await session.merge(OpeningDay(service_point_id=point, date=day.date, hours=state["hours"]))
    await emit_hours(session, point, states)


async def emit_hours(session: AsyncSession, point: uuid.UUID, days: list[dict[str, Any]]) -> None:
    """Tell of the dates whose hours have changed."""
    await emit(session, "service-point.hours-changed", point, {"id": str(point), "days": days})


async def write_tutor(
    session: AsyncSession, *, caller: Principal, wanted: wire.TutorInput, record: uuid.UUID | None = None
) -> uuid.UUID:
    """Create or replace a tutor, with the account that they sign in to if they can be reached."""
    caller.require("registry:write")
    region = (await store.organisation(session, wanted.organisation_id)).region
    await _check_topics(session, wanted.topics)
    for code in wanted.home_municipalities:
        await store.municipality(session, code)
    values = wanted.model_dump(exclude={"email", "phone"}) | {"region": region}
    row = await _save(session, caller, Tutor, record, values)
    await people.give_tutor_an_account(session, row, email=wanted.email, phone=wanted.phone)
    await emit(session, "tutor.changed", row.id, wire.Tutor.model_validate(row).model_dump(mode="json"))
    return row.id


async def write_offering(
    session: AsyncSession, *, caller: Principal, wanted: wire.OfferingInput, record: uuid.UUID | None = None
) -> uuid.UUID:
    """Create or replace an offering."""
    caller.require("registry:write")
    region = (await store.organisation(session, wanted.organisation_id)).region
    await _check_topics(session, wanted.topics)
    values = wanted.model_dump() | {"region": region, "breaks": _plain(wanted.breaks)}
    row = await _save(session, caller, Offering, record, values)
    state = wire.Offering.model_validate(row).model_dump(mode="json", by_alias=True)
    await emit(session, "offering.changed", row.id, state)
    return row.id


async def write_topic(session: AsyncSession, *, caller: Principal, code: str, wanted: wire.TopicInput) -> None:
    """Create or rename a topic."""
    access.may_write_code_lists(caller)
    row = insert(Topic).values(code=code, **wanted.model_dump())
    await session.execute(row.on_conflict_do_update(index_elements=["code"], set_=wanted.model_dump()))
    await emit(session, "topic.changed", code, wire.Topic(code=code, **wanted.model_dump()).model_dump(mode="json"))


async def write_municipality(
    session: AsyncSession, *, caller: Principal, code: str, wanted: wire.MunicipalityInput
) -> None:
    """Rename a municipality of the caller's region."""
    access.may_write_code_lists(caller)
    row = await session.get(Municipality, code, with_for_update=True)
    if row is None:
        raise NotFound
    caller.require_region(row.region)
    row.name = wanted.name.model_dump()
    await _emit_municipality(session, row)


async def _emit_municipality(session: AsyncSession, row: Municipality) -> None:
    state = wire.Municipality.model_validate(row).model_dump(mode="json")
    await emit(session, "municipality.changed", row.code, state)
