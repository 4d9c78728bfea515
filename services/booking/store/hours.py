"""Tutors' rules of time: weekly hours, extra time, absences, how their week is read; and closings of service points."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal, TypeVar

from psycopg.rows import class_row

from shared.db import Connection, JsonObject


@dataclass(frozen=True)
class AvailabilityRow:
    """Weekly hours; `version` counts their changes."""

    id: uuid.UUID
    region: str
    tutor_id: uuid.UUID
    service_point_id: uuid.UUID | None
    channels: list[str]
    offerings: list[uuid.UUID] | None
    opens: dt.time
    closes: dt.time
    zone: str
    starts_on: dt.date
    last_on: dt.date | None
    recurrence: str
    version: int = 0


@dataclass(frozen=True)
class ExtraRow:
    """Open time on one occasion."""

    id: uuid.UUID
    region: str
    tutor_id: uuid.UUID
    service_point_id: uuid.UUID | None
    channels: list[str]
    offerings: list[uuid.UUID] | None
    starts: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True)
class AbsenceRow:
    """Time that a tutor is away; `first_on` and `last_on` where it was given as dates."""

    id: uuid.UUID
    region: str
    tutor_id: uuid.UUID
    starts: dt.datetime
    ends: dt.datetime
    first_on: dt.date | None
    last_on: dt.date | None


@dataclass(frozen=True)
class ClosingRow:
    """Time that a service point is shut."""

    id: uuid.UUID
    region: str
    service_point_id: uuid.UUID
    starts: dt.datetime
    ends: dt.datetime


TimeRow = AvailabilityRow | ExtraRow | AbsenceRow | ClosingRow
Kept = TypeVar("Kept", AvailabilityRow, ExtraRow, AbsenceRow, ClosingRow)
Owner = Literal["tutor_id", "service_point_id"]
TABLES: dict[type[TimeRow], str] = {
    AvailabilityRow: "availability",
    ExtraRow: "extra_time",
    AbsenceRow: "absence",
    ClosingRow: "closing",
}


def _columns(kind: type[TimeRow]) -> list[str]:
    return list(kind.__dataclass_fields__)


def _select(kind: type[TimeRow], where: str) -> str:
    return f"SELECT {', '.join(_columns(kind))} FROM {TABLES[kind]} WHERE {where}"


async def _rows(connection: Connection, kind: type[Kept], where: str, values: JsonObject) -> list[Kept]:
    cursor = connection.cursor(row_factory=class_row(kind))
    await cursor.execute(_select(kind, where), values)
    return await cursor.fetchall()


async def get(connection: Connection, kind: type[Kept], record: uuid.UUID) -> Kept | None:
    """Return the row with this id; None when there is none."""
    return next(iter(await _rows(connection, kind, "id = %(id)s", {"id": record})), None)


async def lock(connection: Connection, kind: type[Kept], record: uuid.UUID) -> Kept | None:
    """Lock the row with this id, and return it as it is then; None when there is none."""
    return next(iter(await _rows(connection, kind, "id = %(id)s FOR UPDATE", {"id": record})), None)


async def availability_of(connection: Connection, tutor: uuid.UUID) -> list[AvailabilityRow]:
    """Return a tutor's weekly hours."""
    return await _rows(connection, AvailabilityRow, "tutor_id = %(tutor)s", {"tutor": tutor})


async def coming(connection: Connection, kind: type[Kept], of: Owner, owner: uuid.UUID, now: dt.datetime) -> list[Kept]:
    """Return what a tutor or service point has of one kind that is not over, in order of time."""
    where = f"{of} = %(owner)s AND ends > %(now)s ORDER BY starts"
    return await _rows(connection, kind, where, {"owner": owner, "now": now})


async def insert(connection: Connection, row: TimeRow) -> None:
    """Write a new row."""
    columns = _columns(type(row))
    values = ", ".join(f"%({column})s" for column in columns)
    statement = f"INSERT INTO {TABLES[type(row)]} ({', '.join(columns)}) VALUES ({values})"
    await connection.execute(statement, vars(row))


async def update(connection: Connection, row: TimeRow) -> None:
    """Write a row that is there already."""
    sets = ", ".join(f"{column} = %({column})s" for column in _columns(type(row)) if column != "id")
    await connection.execute(f"UPDATE {TABLES[type(row)]} SET {sets} WHERE id = %(id)s", vars(row))


async def delete(connection: Connection, row: TimeRow) -> None:
    """Delete a row."""
    await connection.execute(f"DELETE FROM {TABLES[type(row)]} WHERE id = %(id)s", {"id": row.id})


@dataclass(frozen=True)
class WeekSettings:
    """How a tutor's week is read: the zone of their wall clock, and whose public holidays close it (ISO 3166)."""

    zone: str
    holidays: str | None


GET_SETTINGS = "SELECT zone, holidays FROM tutor_time WHERE tutor_id = %(tutor)s"
PUT_SETTINGS = """
    INSERT INTO tutor_time (tutor_id, zone, holidays) VALUES (%(tutor)s, %(zone)s, %(holidays)s)
    ON CONFLICT (tutor_id) DO UPDATE SET zone = excluded.zone, holidays = excluded.holidays
"""
SET_ZONE = (
    "UPDATE availability SET zone = %(zone)s WHERE tutor_id = %(tutor)s",
    """
    UPDATE absence SET starts = coalesce(first_on::timestamp AT TIME ZONE %(zone)s, starts),
        ends = coalesce((last_on + 1)::timestamp AT TIME ZONE %(zone)s, ends) WHERE tutor_id = %(tutor)s
    """,
)


async def settings_of(connection: Connection, tutor: uuid.UUID) -> WeekSettings | None:
    """Return how a tutor's week is read; None when they have not said."""
    cursor = connection.cursor(row_factory=class_row(WeekSettings))
    await cursor.execute(GET_SETTINGS, {"tutor": tutor})
    return await cursor.fetchone()


async def zone_of(connection: Connection, tutor: uuid.UUID, by_default: str) -> str:
    """Return the zone of a tutor's wall clock."""
    own = await settings_of(connection, tutor)
    return own.zone if own else by_default


async def put_settings(connection: Connection, tutor: uuid.UUID, settings: WeekSettings) -> None:
    """Set how a tutor's week is read. Weekly hours keep the wall time they were given in, absences their dates, in the
    new zone."""
    await connection.execute(PUT_SETTINGS, {"tutor": tutor, **vars(settings)})
    for statement in SET_ZONE:
        await connection.execute(statement, {"tutor": tutor, "zone": settings.zone})


FORGET = (
    "DELETE FROM availability WHERE tutor_id = %(tutor)s",
    "DELETE FROM extra_time WHERE tutor_id = %(tutor)s",
    "DELETE FROM absence WHERE tutor_id = %(tutor)s",
    "DELETE FROM tutor_time WHERE tutor_id = %(tutor)s",
)


async def forget(connection: Connection, tutor: uuid.UUID) -> None:
    """Delete all rules of a tutor's time."""
    for statement in FORGET:
        await connection.execute(statement, {"tutor": tutor})
