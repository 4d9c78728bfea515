"""Appointments: writing them with their history, and reading them as they are shown."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from psycopg.rows import args_row, class_row

from services.booking.domain.states import State
from shared.db import Connection


@dataclass(frozen=True)
class AppointmentRow:
    """An appointment, and what its visit takes."""

    id: uuid.UUID
    visit_id: uuid.UUID
    region: str
    organisation_id: uuid.UUID
    tutor_id: uuid.UUID
    offering_id: uuid.UUID
    service_point_id: uuid.UUID | None
    municipality: str | None
    channel: str
    topic: str
    starts: dt.datetime
    ends: dt.datetime
    state: State
    sequence: int
    seat: int
    capacity: int
    series_id: uuid.UUID | None
    waiting_id: uuid.UUID | None
    expires: dt.datetime | None
    result: str | None
    manages_alone: bool | None
    minutes_helped: int | None
    device: str | None
    booked_by: str
    booked_for_organisation: uuid.UUID | None
    created_at: dt.datetime

    @property
    def duration(self) -> int:
        """Minutes."""
        return int((self.ends - self.starts).total_seconds()) // 60


# A column keeps its former name as long as the code before may run on this database (docs/decisions/0007).
COLUMNS = ", ".join(AppointmentRow.__dataclass_fields__).replace("visit_id", "session_id AS visit_id")
GET = f"SELECT {COLUMNS} FROM appointment WHERE id = %(id)s"
LOCK = f"{GET} FOR UPDATE"
SEATS_OF = f"SELECT {COLUMNS} FROM appointment WHERE live_session = %(visit)s ORDER BY seat FOR UPDATE"


async def get(connection: Connection, appointment: uuid.UUID) -> AppointmentRow | None:
    """Return the appointment with this id; None when there is none."""
    return await _one(connection, GET, {"id": appointment})


async def lock(connection: Connection, appointment: uuid.UUID) -> AppointmentRow | None:
    """Lock the appointment with this id, and return it as it is then; None when there is none."""
    return await _one(connection, LOCK, {"id": appointment})


async def _one(connection: Connection, statement: str, values: Mapping[str, object]) -> AppointmentRow | None:
    cursor = connection.cursor(row_factory=class_row(AppointmentRow))
    await cursor.execute(statement, values)
    return await cursor.fetchone()


async def lock_seats(connection: Connection, visit: uuid.UUID) -> list[AppointmentRow]:
    """Lock the seats of a visit that are taken, and return them."""
    cursor = connection.cursor(row_factory=class_row(AppointmentRow))
    await cursor.execute(SEATS_OF, {"visit": visit})
    return await cursor.fetchall()


BOOKED_IN = "SELECT id FROM appointment WHERE live_session = %(visit)s AND state = 'booked' ORDER BY seat"


async def booked_in(connection: Connection, visit: uuid.UUID) -> list[uuid.UUID]:
    """Return the appointments that are booked into a visit."""
    return [row[0] for row in await (await connection.execute(BOOKED_IN, {"visit": visit})).fetchall()]


HELD_IN_ITS_SERIES = """
    SELECT other.id, other.tutor_id FROM appointment own JOIN appointment other USING (series_id)
    WHERE own.id = %(id)s AND other.id <> own.id AND other.state = 'held'
    ORDER BY other.starts
"""


async def held_in_its_series(connection: Connection, appointment: uuid.UUID) -> dict[uuid.UUID, uuid.UUID]:
    """Return the other appointments of the same series that are held, each with its tutor."""
    return dict(await (await connection.execute(HELD_IN_ITS_SERIES, {"id": appointment})).fetchall())


INSERT = """
    INSERT INTO appointment (id, session_id, region, organisation_id, tutor_id, offering_id, service_point_id,
        municipality, channel, topic, starts, ends, state, seat, capacity, series_id, waiting_id, expires, booked_by,
        booked_for_organisation, created_at)
    VALUES (%(id)s, %(visit_id)s, %(region)s, %(organisation_id)s, %(tutor_id)s, %(offering_id)s,
        %(service_point_id)s, %(municipality)s, %(channel)s, %(topic)s, %(starts)s, %(ends)s, %(state)s, %(seat)s,
        %(capacity)s, %(series_id)s, %(waiting_id)s, %(expires)s, %(booked_by)s, %(booked_for_organisation)s,
        %(created_at)s)
"""


async def insert(connection: Connection, row: AppointmentRow) -> None:
    """Write a new appointment or hold."""
    await connection.execute(INSERT, vars(row))


# Every change counts: `sequence` is the ETag and iCalendar's SEQUENCE.
SET_STATE = f"""
    UPDATE appointment SET sequence = sequence + 1, state = %(state)s, expires = %(expires)s
    WHERE id = %(id)s RETURNING {COLUMNS}
"""
SET_BOOKER = """
    UPDATE appointment SET booked_by = %(booked_by)s, booked_for_organisation = %(organisation)s WHERE id = %(id)s
"""
SET_OUTCOME = f"""
    UPDATE appointment SET result = %(result)s, manages_alone = %(manages_alone)s, minutes_helped = %(minutes_helped)s,
        device = %(device)s
    WHERE id = %(id)s RETURNING {COLUMNS}
"""
SET_TIME = f"""
    UPDATE appointment SET sequence = sequence + 1, state = 'booked', session_id = %(visit)s, tutor_id = %(tutor)s,
        offering_id = %(offering)s, service_point_id = %(place)s, municipality = %(municipality)s,
        channel = %(channel)s, starts = %(starts)s, ends = %(ends)s, seat = %(seat)s, capacity = %(capacity)s,
        organisation_id = %(organisation)s, region = %(region)s
    WHERE id = %(id)s RETURNING {COLUMNS}
"""


async def _changed(connection: Connection, statement: str, values: Mapping[str, object]) -> AppointmentRow:
    row = await _one(connection, statement, values)
    assert row is not None, "the caller has locked it"
    return row


async def set_state(
    connection: Connection, appointment: uuid.UUID, state: State, expires: dt.datetime | None
) -> AppointmentRow:
    """Set an appointment's state, and until when it is held; return it as it is then."""
    return await _changed(connection, SET_STATE, {"id": appointment, "state": state, "expires": expires})


async def set_booker(
    connection: Connection, appointment: uuid.UUID, booked_by: str, organisation: uuid.UUID | None
) -> None:
    """Note who booked a time that was held, which may be another than who held it."""
    values = {"id": appointment, "booked_by": booked_by, "organisation": organisation}
    await connection.execute(SET_BOOKER, values)


@dataclass(frozen=True)
class Outcome:
    """How a visit went, of which nothing is known before it ended, or where nobody came."""

    result: str | None = None
    manages_alone: bool | None = None
    minutes_helped: int | None = None
    device: str | None = None


async def set_outcome(connection: Connection, appointment: uuid.UUID, outcome: Outcome) -> AppointmentRow:
    """Set how a visit went; return the appointment as it is then."""
    return await _changed(connection, SET_OUTCOME, {**vars(outcome), "id": appointment})


class AppointmentTime(NamedTuple):
    """When and where an appointment is, with whom, and on which seat of which visit."""

    visit: uuid.UUID
    tutor: uuid.UUID
    offering: uuid.UUID
    place: uuid.UUID | None
    municipality: str | None
    channel: str
    starts: dt.datetime
    ends: dt.datetime
    seat: int
    capacity: int
    organisation: uuid.UUID
    region: str


async def set_time(connection: Connection, appointment: uuid.UUID, time: AppointmentTime) -> AppointmentRow:
    """Give an appointment another time; return it as it is then."""
    return await _changed(connection, SET_TIME, {**time._asdict(), "id": appointment})


@dataclass(frozen=True)
class HistoryLine:
    """A step of an appointment: who took it, and how many minutes before its start."""

    appointment_id: uuid.UUID
    at: dt.datetime
    step: str
    from_state: State | None
    to_state: State
    actor: str
    caller: str
    reason: str | None
    minutes_before: int


RECORD = """
    INSERT INTO transition (appointment_id, at, step, from_state, to_state, actor, caller, reason, minutes_before)
    VALUES (%(appointment_id)s, %(at)s, %(step)s, %(from_state)s, %(to_state)s, %(actor)s, %(caller)s, %(reason)s,
        %(minutes_before)s)
"""
HISTORY = """
    SELECT appointment_id, at, step, from_state, to_state, actor, caller, reason, minutes_before FROM transition
    WHERE appointment_id = %(id)s ORDER BY id
"""


async def record(connection: Connection, line: HistoryLine) -> None:
    """Write a line of an appointment's history."""
    await connection.execute(RECORD, vars(line))


async def history(connection: Connection, appointment: uuid.UUID) -> list[HistoryLine]:
    """Return every step that was taken, in order."""
    cursor = connection.cursor(row_factory=args_row(HistoryLine))
    await cursor.execute(HISTORY, {"id": appointment})
    return await cursor.fetchall()


COMING = f"""
    SELECT {COLUMNS} FROM appointment
    WHERE tutor_id = ANY (%(tutors)s::uuid[]) AND ends > %(now)s
      AND (state = 'booked' OR (state = 'held' AND expires > %(now)s))
    ORDER BY starts, id
"""


async def coming(connection: Connection, tutors: Sequence[uuid.UUID], now: dt.datetime) -> list[AppointmentRow]:
    """Return the appointments of these tutors that are not over, and the times that are held."""
    cursor = connection.cursor(row_factory=class_row(AppointmentRow))
    await cursor.execute(COMING, {"tutors": list(tutors), "now": now})
    return await cursor.fetchall()
