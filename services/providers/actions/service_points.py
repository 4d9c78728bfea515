"""Writing service points."""

import uuid
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.actions.asking_first import Begin, ask_then_write, refuse_while_point_awaits
from services.providers.actions.saving import add_record, as_json_parts, change_record, lock_record
from services.providers.models import ServicePoint
from services.providers.store.code_lists import referenced_municipality
from services.providers.store.organisations import referenced_organisation
from services.providers.store.records import existing
from shared.auth import Principal
from shared.clients import BookingClient
from shared.conditional import unchanged
from shared.feed import emit
from shared.schemas import providers as wire
from shared.schemas.events import ServicePointChanged, ServicePointWithdrawn

IN_USE = ("active", "published")


async def replace_service_point(
    begin: Begin,
    booking: BookingClient,
    *,
    caller: Principal,
    point: uuid.UUID,
    wanted: wire.ServicePointInput,
    if_match: int | None,
) -> None:
    """Replace a service point. Raises `AppointmentsToCome` when it would shut while somebody is to come there."""

    async def ask() -> int:
        caller.require("registry:write")
        async with begin() as session:
            row = await existing(session, ServicePoint, point)
            await access.require_to_write(session, caller, row)
            unchanged(row.version, if_match)
        state = (wanted.status, wanted.publishing)
        if state not in {IN_USE, (row.status, row.publishing)}:
            await refuse_while_point_awaits(booking, point)
        return row.version

    async def write(seen: int) -> None:
        async with begin() as session:
            await write_service_point(session, caller=caller, wanted=wanted, record=point, if_match=if_match, seen=seen)

    await ask_then_write(ask, write)


async def write_service_point(
    session: AsyncSession,
    *,
    caller: Principal,
    wanted: wire.ServicePointInput,
    record: uuid.UUID | None = None,
    if_match: int | None = None,
    seen: int | None = None,
) -> uuid.UUID:
    """Create or replace a service point; returns its id."""
    caller.require("registry:write")
    region = (await referenced_municipality(session, wanted.municipality)).region
    await _check_organisation(session, caller, wanted.organisation_id, record)
    values = wanted.model_dump() | {
        "region": region,
        "drop_in": as_json_parts(wanted.drop_in),
        "weekly_hours": as_json_parts(wanted.weekly_hours),
    }
    if record is None:
        row = await add_record(session, caller, ServicePoint(**values))
    else:
        found = await lock_record(session, caller, ServicePoint, record, if_match=if_match, seen=seen)
        values["provenance"] = _provenance_after(found, values)
        row = await change_record(session, caller, found, values)
    await emit_service_point(session, row)
    return row.id


async def _check_organisation(
    session: AsyncSession, caller: Principal, organisation_id: uuid.UUID, record: uuid.UUID | None
) -> None:
    """Refuse to give an organisation a service point, new or another's, without the right to write it."""
    organisation = await referenced_organisation(session, organisation_id)
    caller.require_region(organisation.region)
    point = await session.get(ServicePoint, record) if record else None
    if point is None or point.organisation_id != organisation.id:
        await access.require_to_write(session, caller, organisation)


def _provenance_after(row: ServicePoint, values: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """Return the provenance of the fields that an editor leaves as they were imported. What they change follows its
    source no longer."""

    def stays(path: str) -> bool:
        name, _, language = path.partition(".")
        return _part(getattr(row, name), language) == _part(values.get(name), language)

    return {path: source for path, source in row.provenance.items() if stays(path)}


def _part(value: object, language: str) -> object:
    """Return a field, or with a language its text in it."""
    if not language:
        return value
    return value.get(language) if isinstance(value, dict) else None


async def emit_service_point(session: AsyncSession, row: ServicePoint) -> None:
    """Emit a service point's new state. What is not published is for the other services alone; everybody else learns
    only that it is not there, if it was."""
    hidden = row.publishing != "published"
    await emit(session, ServicePointChanged.model_validate(row), internal=hidden)
    if hidden and row.version > 1:
        await emit(session, ServicePointWithdrawn(id=row.id))
