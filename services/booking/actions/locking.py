"""Loading an appointment under the locks that a change of it needs."""

import uuid
from collections.abc import Sequence

import psycopg

from services.booking.store import appointments, claims, locks, week
from services.booking.store.appointments import AppointmentRow
from shared.db import Connection
from shared.problems import NotFound


async def lock_appointment(connection: Connection, appointment_id: uuid.UUID, *tutors: uuid.UUID) -> AppointmentRow:
    """Lock the time of an appointment's tutors (and of the others named), then its row; return it as it is under the
    locks. Raises NotFound. Its tutor may change while we wait; then the locks are given back, and those of the new one
    taken: whoever has the new one's already may wait for the row."""
    found = await appointments.get(connection, appointment_id)
    while found is not None:
        async with connection.transaction() as attempt:
            of_visit = await claims.tutors_of(connection, found.visit_id)
            await locks.lock_tutors(connection, [found.tutor_id, *of_visit, *tutors])
            seen = found.tutor_id
            found = await appointments.lock(connection, appointment_id)
            if found is not None and found.tutor_id == seen:
                return found
            raise psycopg.Rollback(attempt)
    raise NotFound


async def lock_with_colleagues(connection: Connection, tutors: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Lock the time of these tutors and of those whose free spans depend on theirs; return the latter."""
    colleagues = await week.colleagues(connection, tutors)
    region = await locks.region_of(connection, tutors) if colleagues else None
    await locks.lock_tutors(connection, [*tutors, *colleagues], region=region)
    return colleagues
