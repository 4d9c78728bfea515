"""Who comes to a service point without a time: noted with one stroke, or given a number and called."""

import datetime as dt
import uuid

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
ENDS: frozenset[str] = frozenset({"helped", "turned_away", "left"})


async def note(connection: Connection, context: Context, *, wanted: wire.WalkInInput) -> Done:
    """Note who came without a time: as helped or turned away, or as waiting, with the next number of the day. Raises
    Unauthenticated, Forbidden, InvalidReference."""
    host = await access.host_of_walk_ins(connection, context.caller, wanted.service_point_id, ACTION, now=context.now)
    today, waits = _today(context), wanted.state == "waiting"
    row = WalkInRow(
        id=new_id(),
        region=host.point.region,
        organisation_id=host.point.organisation_id,
        service_point_id=host.point.id,
        tutor_id=host.tutor,
        date=today,
        number=await store.draw_number(connection, host.point.id, today) if waits else None,
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
    await _tell(connection, row)
    return Done(row.id)


async def call_next(connection: Connection, context: Context, *, wanted: wire.NextWalkInInput) -> Done:
    """Call who has waited longest today. Raises NobodyWaits, and what `note` raises."""
    host = await access.host_of_walk_ins(connection, context.caller, wanted.service_point_id, ACTION, now=context.now)
    row = await store.call_next(connection, host.point.id, _today(context), context.now, context.named)
    if row is None:
        raise NobodyWaits
    return Done(row.id)


async def end(
    connection: Connection, context: Context, *, walk_in: uuid.UUID, outcome: wire.WalkInOutcomeInput
) -> Done:
    """Set how it ended for somebody; a slip is put right by setting it again. Raises NotFound, NotedTooLongAgo, and
    what `note` raises."""
    row, host = await _lock(connection, context, walk_in)
    how = outcome.model_dump() | {
        "tutor_id": host.tutor or row.tutor_id,
        "noted_by": context.named,
        "now": context.now,
    }
    if ended := await store.end(connection, row.id, how):
        await _tell(connection, ended)
    return Done(row.id)


async def remove(connection: Connection, context: Context, *, walk_in: uuid.UUID) -> Done:
    """Take back what was noted by mistake. Raises what `end` raises."""
    row, _ = await _lock(connection, context, walk_in)
    await store.delete(connection, row.id)
    if row.state in ENDS:
        await _emit(connection, row, events.WalkInRemoved.model_validate(row))
    return Done(row.id)


async def _lock(connection: Connection, context: Context, walk_in: uuid.UUID) -> tuple[WalkInRow, access.Host]:
    context.caller.require(ACTION)  # who may not is told so before what exists
    row = await store.lock(connection, walk_in)
    if row is None:
        raise NotFound
    host = await access.host_of_walk_ins(connection, context.caller, row.service_point_id, ACTION, now=context.now)
    if not may_change(row.date, _today(context)):
        raise NotedTooLongAgo
    return row, host


def _today(context: Context) -> dt.date:
    return local_date(context.now, context.zone)


async def _tell(connection: Connection, row: WalkInRow) -> None:
    """Tell what is counted: who waits is not yet."""
    if row.state in ENDS:
        await _emit(connection, row, events.WalkInNoted.model_validate(row))


async def _emit(connection: Connection, row: WalkInRow, event: events.WalkInEvent) -> None:
    await emit(connection, event, organisation_id=row.organisation_id, region=row.region)
