"""The copies of the registry, made from the feed of `providers` and from nothing else."""

import functools
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking.actions import leaving
from services.booking.models import Base, Municipality, Offering, Organisation, ServicePoint, StaffedDay, Tutor
from services.booking.store import spans
from shared import revoked
from shared.db import driver
from shared.schemas import providers as wire
from shared.schemas.common import CloudEvent
from shared.schemas.events import AccessRevoked, parse

log = logging.getLogger(__name__)


async def apply(session: AsyncSession, event: CloudEvent) -> None:
    """Write an event of `providers` into the copies, and mark whose free spans follow from it. The spans themselves
    are worked out right after, one tutor at a time, so that a long batch holds no tutor's lock."""
    if isinstance(told := parse(event), AccessRevoked):
        await revoked.apply(session, told)
    change = CHANGES.get(event.type)
    if change is not None:
        stale = await change(session, event.data)
        await spans.mark_stale(await driver(session), stale)


@functools.cache
def _upserting(model: type[Base], names: frozenset[str]) -> sa.Executable:
    """The statement that writes these columns of a copy; the same object each time, so that it is compiled once."""
    table = model.__table__
    assert isinstance(table, sa.Table)
    keys = [column.name for column in table.primary_key]
    new = insert(table)
    return new.on_conflict_do_update(
        index_elements=keys, set_={name: new.excluded[name] for name in sorted(names) if name not in keys}
    )


async def _upsert(session: AsyncSession, model: type[Base], *rows: dict[str, Any]) -> None:
    keys = [column.name for column in model.__table__.primary_key]
    last = list({tuple(row[key] for key in keys): row for row in rows}.values())
    if last:
        await (await session.connection()).execute(_upserting(model, frozenset(last[0])), last)


async def _municipality(session: AsyncSession, data: dict[str, Any]) -> list[uuid.UUID]:
    state = wire.Municipality.model_validate(data, extra="ignore")
    values = state.model_dump(include={"code", "region", "sub_region", "neighbours", "lat", "lon"})
    await _upsert(session, Municipality, values)
    return []


async def _merged(session: AsyncSession, data: dict[str, Any]) -> list[uuid.UUID]:
    """What was in it has been told to be in the other."""
    await session.execute(sa.delete(Municipality).where(Municipality.code == data["code"]))
    return []


async def _service_point(session: AsyncSession, data: dict[str, Any]) -> list[uuid.UUID]:
    state = wire.ServicePoint.model_validate(data, extra="ignore")
    copied = {
        "id",
        "region",
        "organisation_id",
        "municipality",
        "name",
        "address",
        "lat",
        "lon",
        "features",
        "equipment",
    }
    values = state.model_dump(include=copied) | {
        "drop_in": [window.model_dump(mode="json", by_alias=True) for window in state.drop_in],
        "weekly_hours": [hours.model_dump(mode="json", by_alias=True) for hours in state.weekly_hours],
        "active": state.status == "active" and state.publishing == "published",
        "refreshed_on": None,
    }
    await _upsert(session, ServicePoint, values)
    return await spans.tutors_at(await driver(session), state.id)


async def _organisation(session: AsyncSession, data: dict[str, Any]) -> list[uuid.UUID]:
    state = wire.Organisation.model_validate(data, extra="ignore")
    await _upsert(session, Organisation, state.model_dump(include={"id", "region", "retention_days"}))
    return []


async def _hours(session: AsyncSession, data: dict[str, Any]) -> list[uuid.UUID]:
    point = uuid.UUID(data["id"])
    days = [day for day in map(_day, data["days"]) if day is not None]
    await _upsert(
        session,
        StaffedDay,
        *({"service_point_id": point, "date": day.date, "hours": _staffed(day)} for day in days),
    )
    await session.execute(sa.update(ServicePoint).where(ServicePoint.id == point).values(refreshed_on=None))
    return await spans.tutors_at(await driver(session), point)


def _day(data: Any) -> wire.OpeningDay | None:
    """A date's hours; None for what cannot be read, which must not keep all that follows it from being heard."""
    try:
        return wire.OpeningDay.model_validate(data, extra="ignore")
    except ValidationError:
        log.error("The hours of a service point on a date cannot be read, and are passed over")
        return None


def _staffed(day: wire.OpeningDay) -> list[list[str]]:
    return [[hours.opens.isoformat(), hours.closes.isoformat()] for hours in day.hours if hours.kind == "staffed"]


async def _tutor(session: AsyncSession, data: dict[str, Any]) -> list[uuid.UUID]:
    state = wire.Tutor.model_validate(data, extra="ignore")
    left = {"status", "kind", "other_organisations", "guidelines_accepted_on", "version"}
    values = state.model_dump(exclude=left)
    await _upsert(session, Tutor, values | {"active": state.status == "active", "ended": state.status == "ended"})
    return [state.id]


async def _offering(session: AsyncSession, data: dict[str, Any]) -> list[uuid.UUID]:
    state = wire.Offering.model_validate(data, extra="ignore")
    before = await session.scalar(sa.select(Offering.organisation_id).where(Offering.id == state.id))
    left = {"status", "name", "region", "description", "for_whom", "safety_promise", "version"}
    values = state.model_dump(exclude=left) | {
        "breaks": [part.model_dump(mode="json", by_alias=True) for part in state.breaks],
        "questions": [question.model_dump(mode="json") for question in state.questions],
        "active": state.status == "active",
    }
    values["helpers"] = values.pop("tutors")  # the column keeps its former name
    await _upsert(session, Offering, values)
    owners = {state.organisation_id, before or state.organisation_id}
    return list((await session.scalars(sa.select(Tutor.id).where(Tutor.organisation_id.in_(owners)))).all())


async def _forgotten(session: AsyncSession, data: dict[str, Any]) -> list[uuid.UUID]:
    await leaving.forget(session, uuid.UUID(data["id"]))
    return [uuid.UUID(data["id"])]


Change = Callable[[AsyncSession, dict[str, Any]], Awaitable[list[uuid.UUID]]]

# Each writes the copy and answers whose free spans follow from it.
CHANGES: dict[str, Change] = {
    "fi.vuoro.municipality.changed": _municipality,
    "fi.vuoro.municipality.merged": _merged,
    "fi.vuoro.organisation.changed": _organisation,
    "fi.vuoro.service-point.changed": _service_point,
    "fi.vuoro.service-point.hours-changed": _hours,
    "fi.vuoro.tutor.changed": _tutor,
    "fi.vuoro.tutor.forgotten": _forgotten,
    "fi.vuoro.offering.changed": _offering,
}
