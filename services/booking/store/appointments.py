"""Appointments: writing them with their history, and reading them as they are shown."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from services.booking.domain.appointments import State
from shared.db import Connection


@dataclass(frozen=True)
class Appointment:
    """A row, and what its visit takes."""

    id: uuid.UUID
    session_id: uuid.UUID
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
    booked_by: str
    booked_for_organisation: uuid.UUID | None
    created_at: dt.datetime

    @property
    def duration(self) -> int:
        """Minutes."""
        return int((self.ends - self.starts).total_seconds()) // 60


COLUMNS = ", ".join(name for name in Appointment.__dataclass_fields__)
GET = f"SELECT {COLUMNS} FROM appointment WHERE id = %(id)s"
OF_SESSION = f"SELECT {COLUMNS} FROM appointment WHERE live_session = %(id)s ORDER BY seat FOR UPDATE"


async def get(connection: Connection, appointment: uuid.UUID, *, lock: bool = False) -> Appointment | None:
    """The appointment called that."""
    cursor = connection.cursor(row_factory=class_row(Appointment))
    await cursor.execute(GET + (" FOR UPDATE" if lock else ""), {"id": appointment})
    return await cursor.fetchone()


async def of_session(connection: Connection, session: uuid.UUID) -> list[Appointment]:
    """The seats of a session that are taken, locked."""
    cursor = connection.cursor(row_factory=class_row(Appointment))
    await cursor.execute(OF_SESSION, {"id": session})
    return await cursor.fetchall()


INSERT = """
    INSERT INTO appointment (id, session_id, region, organisation_id, tutor_id, offering_id, service_point_id,
        municipality, channel, topic, starts, ends, state, seat, capacity, series_id, waiting_id, expires, booked_by,
        booked_for_organisation, created_at)
    VALUES (%(id)s, %(session_id)s, %(region)s, %(organisation_id)s, %(tutor_id)s, %(offering_id)s,
        %(service_point_id)s, %(municipality)s, %(channel)s, %(topic)s, %(starts)s, %(ends)s, %(state)s, %(seat)s,
        %(capacity)s, %(series_id)s, %(waiting_id)s, %(expires)s, %(booked_by)s, %(booked_for_organisation)s,
        %(created_at)s)
"""
INSERT_CITIZEN = """
    INSERT INTO citizen (appointment_id, name, phone, email, language, note, answers, address, code_word,
        token_hash)
    VALUES (%(appointment_id)s, %(name)s, %(phone)s, %(email)s, %(language)s, %(note)s, %(answers)s, %(address)s,
        %(code_word)s, %(token_hash)s)
"""
STEP = """
    INSERT INTO transition (appointment_id, at, step, from_state, to_state, actor, caller, reason, minutes_before)
    VALUES (%(id)s, %(at)s, %(step)s, %(from_state)s, %(to_state)s, %(actor)s, %(caller)s, %(reason)s,
        %(minutes_before)s)
"""


async def insert(connection: Connection, row: dict[str, Any]) -> None:
    """Write a new appointment or hold."""
    await connection.execute(INSERT, row)


async def insert_citizen(connection: Connection, row: dict[str, Any]) -> None:
    """Keep what a visit needs to know of its citizen."""
    await connection.execute(INSERT_CITIZEN, row)


async def record(connection: Connection, row: dict[str, Any]) -> None:
    """Write a step of an appointment into its history."""
    await connection.execute(STEP, row)


async def update(connection: Connection, appointment: uuid.UUID, **values: Any) -> Appointment:
    """Change columns of an appointment and count the change; answers the row as it is now."""
    sets = ", ".join(f"{name} = %({name})s" for name in values)
    cursor = connection.cursor(row_factory=class_row(Appointment))
    await cursor.execute(
        f"UPDATE appointment SET sequence = sequence + 1, {sets} WHERE id = %(id)s RETURNING {COLUMNS}",
        {**values, "id": appointment},
    )
    found = await cursor.fetchone()
    assert found is not None
    return found


@dataclass(frozen=True)
class Shown:
    """An appointment with the words that a person sees."""

    id: uuid.UUID
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
    series_id: uuid.UUID | None
    expires: dt.datetime | None
    result: str | None
    booked_by: str
    booked_for_organisation: uuid.UUID | None
    tutor_name: str | None
    bring: dict[str, Any] | None
    place_name: dict[str, Any] | None
    place_address: str | None
    takes_place_in: str | None
    name: str | None
    phone: str | None
    email: str | None
    language: str | None
    note: str | None
    answers: dict[str, str] | None
    questions: list[dict[str, Any]] | None
    address: str | None
    code_word: str | None


SHOWN = """
    SELECT a.id, a.region, a.organisation_id, a.tutor_id, a.offering_id, a.service_point_id, a.municipality, a.channel,
           a.topic, a.starts, a.ends, a.state, a.sequence, a.series_id, a.expires, a.result, a.booked_by,
           a.booked_for_organisation, t.display_name AS tutor_name, o.bring, p.name AS place_name,
           p.address AS place_address, coalesce(a.municipality, p.municipality) AS takes_place_in,
           c.name, c.phone, c.email, c.language, c.note, c.answers, o.questions, c.address, c.code_word
    FROM appointment a LEFT JOIN tutor t ON t.id = a.tutor_id LEFT JOIN offering o ON o.id = a.offering_id
         LEFT JOIN service_point p ON p.id = a.service_point_id LEFT JOIN citizen c ON c.appointment_id = a.id
    WHERE a.id = ANY (%(ids)s::uuid[]) ORDER BY a.starts, a.id
"""


async def shown(connection: Connection, appointments: Sequence[uuid.UUID]) -> list[Shown]:
    """These appointments, in order of time."""
    cursor = connection.cursor(row_factory=class_row(Shown))
    await cursor.execute(SHOWN, {"ids": list(appointments)})
    return await cursor.fetchall()


BY_TOKEN = "SELECT appointment_id FROM citizen WHERE token_hash = %(hash)s"


async def by_token(connection: Connection, token_hash: bytes) -> uuid.UUID | None:
    """The appointment that a citizen's key opens."""
    row = await (await connection.execute(BY_TOKEN, {"hash": token_hash})).fetchone()
    return row[0] if row else None


HISTORY = """
    SELECT at, step, from_state, to_state, actor, reason, minutes_before FROM transition
    WHERE appointment_id = %(id)s ORDER BY id
"""


async def history(connection: Connection, appointment: uuid.UUID) -> list[tuple[Any, ...]]:
    """Every step that was taken."""
    return await (await connection.execute(HISTORY, {"id": appointment})).fetchall()


COMING = f"""
    SELECT {COLUMNS} FROM appointment
    WHERE tutor_id = ANY (%(tutors)s::uuid[]) AND ends > %(now)s
      AND (state = 'booked' OR (state = 'held' AND expires > %(now)s))
    ORDER BY starts, id
"""


async def coming(connection: Connection, tutors: Sequence[uuid.UUID], now: dt.datetime) -> list[Appointment]:
    """The appointments of these tutors that are not over, and the times that are held."""
    cursor = connection.cursor(row_factory=class_row(Appointment))
    await cursor.execute(COMING, {"tutors": list(tutors), "now": now})
    return await cursor.fetchall()


# Who is to be forgotten: their visit is longer ago than their organisation keeps details. An address goes the day
# after the visit.
FORGET = """
    DELETE FROM citizen USING appointment a LEFT JOIN organisation o ON o.id = a.organisation_id
    WHERE citizen.appointment_id = a.id
      AND a.ends < %(now)s - make_interval(days => coalesce(o.retention_days, 90))
    RETURNING a.id
"""
FORGET_ADDRESSES = """
    UPDATE citizen SET address = NULL FROM appointment a
    WHERE citizen.appointment_id = a.id AND citizen.address IS NOT NULL
      AND (a.ends < %(now)s - interval '1 day' OR a.state = 'cancelled')
"""
FORGET_ONE = "DELETE FROM citizen WHERE appointment_id = %(id)s"


async def forget_old(connection: Connection, now: dt.datetime) -> list[uuid.UUID]:
    """Erase whoever has been kept long enough; answers whose appointments they were."""
    await connection.execute(FORGET_ADDRESSES, {"now": now})
    return [row[0] for row in await (await connection.execute(FORGET, {"now": now})).fetchall()]


FORGET_ADDRESS = "UPDATE citizen SET address = NULL WHERE appointment_id = %(id)s"


async def forget_address(connection: Connection, appointment: uuid.UUID) -> None:
    """Erase where a visit would have been."""
    await connection.execute(FORGET_ADDRESS, {"id": appointment})


async def forget(connection: Connection, appointment: uuid.UUID) -> None:
    """Erase the citizen of an appointment."""
    await connection.execute(FORGET_ONE, {"id": appointment})
