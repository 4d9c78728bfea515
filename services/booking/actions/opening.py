"""Changing a rule of open time, whatever rule it is.

A change first looks at the appointments that stood in open time and no longer do. Unless the caller has said what
becomes of them, nothing is saved and they are named.
"""

import datetime as dt
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

from services.booking import access
from services.booking.actions.context import Context
from services.booking.actions.locking import lock_with_colleagues
from services.booking.actions.reassigning import settle_affected
from services.booking.actions.spans import outside_open_time, refresh
from services.booking.domain.wall_time import DAY, midnight, outwards
from services.booking.problems import AppointmentsAffected
from services.booking.store import appointments, citizens, copies
from services.booking.store import hours as store
from services.booking.store.appointments import AppointmentRow
from services.booking.store.copies import KnownTutor
from services.booking.store.hours import AbsenceRow, AvailabilityRow, ExtraRow
from shared.db import Connection
from shared.intervals import Interval
from shared.problems import InvalidReference, NotFound, field_problem
from shared.schemas import booking as wire

Write = Callable[[], Awaitable[None]]
StandsIn = Callable[[AppointmentRow], bool]
OwnTime = TypeVar("OwnTime", AvailabilityRow, ExtraRow, AbsenceRow)


async def apply_change(
    connection: Connection,
    context: Context,
    tutors: Sequence[uuid.UUID],
    write: Write,
    *,
    standing: wire.Standing | None,
    reason: wire.Reason = "tutor_away",
    stands_in: StandsIn | None = None,
) -> tuple[uuid.UUID, ...]:
    """Make one change of some tutors' rules, see that the free spans follow, and do what `standing` says with the
    appointments that lose their open time, and with those that had been kept without and that `stands_in` says the
    change concerns. Return the tutors whose time may have fallen free.

    Raises AppointmentsAffected when there are such appointments and `standing` is None.
    """
    now, zone = context.now, context.zone
    colleagues = await lock_with_colleagues(connection, tutors)
    coming = await appointments.coming(connection, tutors, now)
    before = await outside_open_time(connection, tutors, coming, now=now, zone=zone)
    await write()
    await lock_with_colleagues(connection, tutors)  # the change may have made them depend on others
    after = await refresh(connection, [*tutors, *colleagues], coming, now=now, zone=zone)
    booked = [row for row in coming if row.state == "booked" and row.id in after]
    affected = [row for row in booked if row.id not in before or (stands_in and stands_in(row))]
    if affected and standing is None:
        untold = await citizens.unreachable(connection, [row.id for row in affected])
        raise AppointmentsAffected([_named(row, zone, unreachable=row.id in untold) for row in affected])
    freed = list(tutors)
    for row in affected:
        freed += await settle_affected(connection, context, row.id, standing, reason)
    return tuple(freed)


def standing_in(interval: Interval, point: uuid.UUID | None = None) -> StandsIn:
    """Return whether a visit stands in an interval; with `point`, only one at that service point."""
    return lambda row: row.starts < interval.end and row.ends > interval.start and point in {None, row.service_point_id}


def _named(row: AppointmentRow, zone: str, *, unreachable: bool) -> dict[str, object]:
    start = row.starts.astimezone(ZoneInfo(zone)).isoformat()
    return {"id": str(row.id), "start": start, "unreachable": unreachable}


@dataclass(frozen=True)
class WhereAndHow:
    """What open time is for."""

    service_point_id: uuid.UUID | None
    channels: list[str]
    offerings: list[uuid.UUID] | None


async def where_and_how(connection: Connection, tutor: KnownTutor, wanted: wire.WhereAndHow) -> WhereAndHow:
    """Return what open time is for, checked to exist and to be the tutor's to use. Raises InvalidReference."""
    if wanted.service_point_id is not None:
        point = await copies.lock_point(connection, wanted.service_point_id)
        if point is None or not point.active or point.region != tutor.region:
            raise InvalidReference(what=str(wanted.service_point_id))
    for offering in wanted.offerings or []:
        if await copies.organisation_of(connection, offering) != tutor.organisation_id:
            raise InvalidReference(what=str(offering))
    by_default = ["on_site"] if wanted.service_point_id else ["phone", "video"]
    return WhereAndHow(wanted.service_point_id, list(wanted.channels or by_default), wanted.offerings)


async def owned_time(
    connection: Connection, context: Context, kind: type[OwnTime], record: uuid.UUID
) -> tuple[OwnTime, KnownTutor]:
    """Lock and return one of a tutor's rules, and the tutor, whose time the caller may manage. Raises NotFound.

    Their time is locked first and the rule last, as by whoever changes all of a tutor's rules: in the other order, the
    two would wait for each other.
    """
    row = await store.get(connection, kind, record)
    if row is None:
        context.caller.require("availability:write")
        raise NotFound
    tutor = await access.tutor_of(connection, context.caller, row.tutor_id)
    await lock_with_colleagues(connection, [tutor.id])
    row = await store.lock(connection, kind, record)
    if row is None:  # removed while we waited
        raise NotFound
    return row, tutor


def utc_interval(start: dt.date, end: dt.date, zone: str) -> Interval:
    """Return what a caller says: dates are whole local days, the last one included; instants are widened to the minute.
    Raises InvalidInput when the end is not after the start."""
    begins = start if isinstance(start, dt.datetime) else midnight(start, zone)
    ends = end if isinstance(end, dt.datetime) else midnight(end + DAY, zone)
    if ends <= begins:
        raise field_problem("/until", "until")
    return outwards(Interval(begins, ends))
