"""Who comes to a service point without a time: noted with one stroke, or given a number and called."""

import datetime as dt
import uuid
from dataclasses import replace

from services.booking import access
from services.booking.actions.context import Context, Done
from services.booking.domain.walk_ins import may_change
from services.booking.domain.wall_time import local_date
from services.booking.problems import NobodyWaits, NotedTooLongAgo
from services.booking.store import walk_ins as store
from services.booking.store.walk_ins import WalkInRow
from shared.db import Connection, new_id
from shared.feed import emit
from shared.problems import NotFound
from shared.roles import Action
from shared.schemas import booking as wire
from shared.schemas import events

ACTION: Action = "walk-ins:write"


async def note(connection: Connection, context: Context, *, wanted: wire.WalkInInput) -> Done:
    """Note who came without a time: as helped or turned away, or as waiting, with the next number of the day. Raises
    Unauthenticated, Forbidden, InvalidReference."""
    reception = await _reception(connection, context, wanted.service_point_id)
    point, today, waits = reception.point, _today(context), wanted.state == "waiting"
    row = WalkInRow(
        id=new_id(),
        region=point.region,
        organisation_id=point.organisation_id,
        service_point_id=point.id,
        tutor_id=reception.tutor,
        date=today,
        number=await store.draw_number(connection, point.id, today) if waits else None,
        state=wanted.state,
        topic=wanted.topic,
        minutes_helped=wanted.minutes_helped,
        device=wanted.device,
        came_at=context.now,
        called_at=None,
        ended_at=None if waits else context.now,
        noted_by=context.named,
    )
    await store.insert(connection, row)
    if not waits:  # nothing is counted of who waits yet
        await _emit(connection, row, events.WalkInNoted.model_validate(row))
    return Done(row.id)


async def call_next(connection: Connection, context: Context, *, wanted: wire.NextWalkInInput) -> Done:
    """Call who has waited longest today. Raises NobodyWaits, and what `note` raises."""
    reception = await _reception(connection, context, wanted.service_point_id)
    row = await store.call_next(connection, reception.point.id, _today(context), context.now, context.named)
    if row is None:
        raise NobodyWaits
    return Done(row.id)


async def end(
    connection: Connection, context: Context, *, walk_in: uuid.UUID, outcome: wire.WalkInOutcomeInput
) -> Done:
    """Set how it ended for somebody; a mistake is put right by setting it again. Raises NotFound, NotedTooLongAgo, and
    what `note` raises."""
    row, reception = await _lock(connection, context, walk_in)
    ended = replace(
        row,
        state=outcome.state,
        topic=outcome.topic,
        minutes_helped=outcome.minutes_helped,
        device=outcome.device,
        tutor_id=reception.tutor or row.tutor_id,
        ended_at=row.ended_at or context.now,
        noted_by=context.named,
    )
    await store.end(connection, ended)
    await _emit(connection, ended, events.WalkInNoted.model_validate(ended))
    return Done(row.id)


async def remove(connection: Connection, context: Context, *, walk_in: uuid.UUID) -> Done:
    """Take back what was noted by mistake: whoever has a number, which nobody else gets, is in the queue again. Raises
    what `end` raises."""
    row, _ = await _lock(connection, context, walk_in)
    if row.ended_at and row.number is not None:
        await store.put_back(connection, row.id)
    else:
        await store.delete(connection, row.id)
    if row.ended_at:
        await _emit(connection, row, events.WalkInRemoved.model_validate(row))
    return Done(row.id)


async def _reception(connection: Connection, context: Context, point: uuid.UUID) -> access.Reception:
    return await access.reception_at(connection, context.caller, point, ACTION, now=context.now)


async def _lock(connection: Connection, context: Context, walk_in: uuid.UUID) -> tuple[WalkInRow, access.Reception]:
    context.caller.require(ACTION)  # who may not is told so before what exists
    row = await store.lock(connection, walk_in)
    if row is None:
        raise NotFound
    reception = await _reception(connection, context, row.service_point_id)
    if not may_change(row.date, _today(context)):
        raise NotedTooLongAgo
    return row, reception


def _today(context: Context) -> dt.date:
    return local_date(context.now, context.zone)


async def _emit(connection: Connection, row: WalkInRow, event: events.WalkInEvent) -> None:
    await emit(connection, event, organisation_id=row.organisation_id, region=row.region)
