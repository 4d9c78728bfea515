"""The copies of the registry: written from its feed alone, one list of columns for each, and read by the rules."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from shared.db import Connection
from shared.intervals import Interval


@dataclass(frozen=True)
class Copy:
    """A table that copies records of the registry: by which columns, and which of them hold JSON."""

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    json: frozenset[str] = frozenset()

    @property
    def all_columns(self) -> tuple[str, ...]:
        return (*self.key, *self.columns)

    def upsert(self) -> str:
        """Return the statement that writes a record."""
        names = ", ".join(self.all_columns)
        values = ", ".join(f"%({name})s" for name in self.all_columns)
        sets = ", ".join(f"{name} = excluded.{name}" for name in self.columns)
        insert = f"INSERT INTO {self.table} ({names}) VALUES ({values})"
        return f"{insert} ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {sets}"


MUNICIPALITY = Copy("municipality", ("code",), ("region", "sub_region", "neighbours", "lat", "lon"))
ORGANISATION = Copy("organisation", ("id",), ("region", "phone", "retention_days"))
SERVICE_POINT = Copy(
    "service_point",
    ("id",),
    (
        "region",
        "organisation_id",
        "municipality",
        "name",
        "address",
        "address_sv",
        "phone",
        "lat",
        "lon",
        "features",
        "equipment",
        "drop_in",
        "weekly_hours",
        "active",
    ),
    frozenset({"name", "equipment", "drop_in", "weekly_hours"}),
)
STAFFED_DAY = Copy("staffed_day", ("service_point_id", "date"), ("hours",), frozenset({"hours"}))
CONSENT = Copy("consent", ("service_point_id", "organisation_id"), ("allowed",))
TUTOR = Copy(
    "tutor",
    ("id",),
    (
        "region",
        "organisation_id",
        "display_name",
        "languages",
        "topics",
        "channels",
        "home_municipalities",
        "active_from",
        "active_until",
        "active",
        "ended",
    ),
)
OFFERING = Copy(
    "offering",
    ("id",),
    (
        "organisation_id",
        "topics",
        "channels",
        "duration_minutes",
        "other_durations_minutes",
        "buffer_before_minutes",
        "buffer_after_minutes",
        "grid_minutes",
        "notice_minutes",
        "horizon_days",
        "most_per_day",
        "most_per_week",
        "breaks",
        "capacity",
        "helpers",
        "needs",
        "bring",
        "questions",
        "name",
        "active",
    ),
    frozenset({"breaks", "bring", "questions", "name"}),
)
COPIES = (MUNICIPALITY, ORGANISATION, SERVICE_POINT, STAFFED_DAY, CONSENT, TUTOR, OFFERING)


async def write(connection: Connection, copy: Copy, *records: Mapping[str, object]) -> None:
    """Write records into a copy: its own columns of them, and nothing else. Of two with one key the last counts."""
    last = list({tuple(record[name] for name in copy.key): record for record in records}.values())
    if last:
        rows = [{name: _kept(copy, name, record[name]) for name in copy.all_columns} for record in last]
        await connection.cursor().executemany(copy.upsert(), rows)


def _kept(copy: Copy, name: str, value: object) -> object:
    return Jsonb(value) if name in copy.json and value is not None else value


async def remove_municipality(connection: Connection, code: str) -> None:
    """Remove a municipality that is part of another now."""
    await connection.execute("DELETE FROM municipality WHERE code = %(code)s", {"code": code})


@dataclass(frozen=True)
class KnownTutor:
    """A tutor, as far as who may manage their time depends on it."""

    id: uuid.UUID
    region: str
    organisation_id: uuid.UUID


@dataclass(frozen=True)
class KnownPoint:
    """A service point, as far as who may close it depends on it."""

    id: uuid.UUID
    region: str
    municipality: str
    organisation_id: uuid.UUID | None
    active: bool


GET_TUTOR = "SELECT id, region, organisation_id FROM tutor WHERE id = %(id)s"
GET_POINT = "SELECT id, region, municipality, organisation_id, active FROM service_point WHERE id = %(id)s"
LOCK_POINT = f"{GET_POINT} FOR SHARE"
ORGANISATION_OF = "SELECT organisation_id FROM offering WHERE id = %(id)s"
TUTORS_OF = "SELECT id FROM tutor WHERE organisation_id = ANY (%(organisations)s::uuid[])"


async def tutor(connection: Connection, record: uuid.UUID) -> KnownTutor | None:
    """Return the tutor with this id; None when booking has not heard of them."""
    cursor = connection.cursor(row_factory=class_row(KnownTutor))
    await cursor.execute(GET_TUTOR, {"id": record})
    return await cursor.fetchone()


async def service_point(connection: Connection, record: uuid.UUID) -> KnownPoint | None:
    """Return the service point with this id; None when booking has not heard of it."""
    return await _point(connection, GET_POINT, record)


POINTS_OF = """
    SELECT id, region, municipality, organisation_id, active FROM service_point WHERE id IN (
        SELECT service_point_id FROM availability WHERE tutor_id = %(tutor)s
        UNION ALL SELECT service_point_id FROM appointment
        WHERE tutor_id = %(tutor)s AND starts >= %(start)s AND starts < %(end)s AND state = 'booked')
"""


async def points_of(connection: Connection, tutor: uuid.UUID, day: Interval) -> list[KnownPoint]:
    """Return the service points at which a tutor has weekly hours, or visits on a day."""
    cursor = connection.cursor(row_factory=class_row(KnownPoint))
    await cursor.execute(POINTS_OF, {"tutor": tutor, "start": day.start, "end": day.end})
    return await cursor.fetchall()


async def lock_point(connection: Connection, record: uuid.UUID) -> KnownPoint | None:
    """Return likewise a service point at which time is to be added: what is told of it meanwhile waits until that
    stands, and then finds whose time it is."""
    return await _point(connection, LOCK_POINT, record)


async def _point(connection: Connection, query: str, record: uuid.UUID) -> KnownPoint | None:
    cursor = connection.cursor(row_factory=class_row(KnownPoint))
    await cursor.execute(query, {"id": record})
    return await cursor.fetchone()


async def organisation_of(connection: Connection, offering: uuid.UUID) -> uuid.UUID | None:
    """Return whose offering this is; None when booking has not heard of it."""
    row = await (await connection.execute(ORGANISATION_OF, {"id": offering})).fetchone()
    return row[0] if row else None


async def tutors_of(connection: Connection, organisations: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Return the tutors of these organisations."""
    cursor = await connection.execute(TUTORS_OF, {"organisations": list(organisations)})
    return [row[0] for row in await cursor.fetchall()]
