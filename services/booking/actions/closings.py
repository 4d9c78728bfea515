"""Closings of service points."""

import uuid

from services.booking import access
from services.booking.actions.context import Context, Done
from services.booking.actions.drop_in import refresh_drop_in
from services.booking.actions.opening import StandsIn, Write, apply_change, standing_in, utc_interval
from services.booking.store import hours as store
from services.booking.store.copies import KnownPoint
from services.booking.store.hours import ClosingRow
from services.booking.store.week import tutors_at
from shared.db import Connection, new_id
from shared.feed import emit
from shared.problems import NotFound
from shared.schemas import booking as wire
from shared.schemas import events


async def add_closing(connection: Connection, context: Context, *, wanted: wire.ClosingInput) -> Done:
    """Shut a service point for a while. Raises AppointmentsAffected, InvalidReference."""
    point = await access.point_to_close(connection, context.caller, wanted.service_point_id)
    interval = utc_interval(wanted.start, wanted.end, context.zone)
    row = ClosingRow(new_id(), point.region, point.id, interval.start, interval.end)
    concerns = standing_in(interval, point.id)
    freed = await _change(
        connection, context, point, lambda: store.insert(connection, row), wanted.appointments, concerns
    )
    await _emit(connection, events.ClosingAdded, point, row.id)
    return Done(row.id, freed)


async def remove_closing(connection: Connection, context: Context, *, closing: uuid.UUID) -> Done:
    """Open a service point again. Raises Unauthenticated, Forbidden, NotFound."""
    context.caller.require("closings:write")
    row = await store.lock(connection, ClosingRow, closing)
    if row is None:
        raise NotFound
    point = await access.point_to_close(connection, context.caller, row.service_point_id)
    freed = await _change(connection, context, point, lambda: store.delete(connection, row), "keep")
    await _emit(connection, events.ClosingRemoved, point, row.id)
    return Done(row.id, freed)


async def _change(
    connection: Connection,
    context: Context,
    point: KnownPoint,
    write: Write,
    standing: wire.Standing | None,
    stands_in: StandsIn | None = None,
) -> tuple[uuid.UUID, ...]:
    tutors = await tutors_at(connection, point.id)
    freed = await apply_change(
        connection, context, tutors, write, standing=standing, reason="place_closed", stands_in=stands_in
    )
    await refresh_drop_in(connection, point.id, now=context.now, zone=context.zone)
    return freed


async def _emit(
    connection: Connection, event: type[events.ClosingEvent], point: KnownPoint, subject: uuid.UUID
) -> None:
    written = event(id=subject, service_point_id=point.id)
    await emit(connection, written, organisation_id=point.organisation_id, region=point.region)
