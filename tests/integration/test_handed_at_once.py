"""A visit that several hand over at once: nobody waits for somebody who waits for them."""

import asyncio
import uuid

import pytest

from services.booking.actions import reassigning
from services.booking.actions.locking import lock_appointment
from services.booking.store import locks
from shared import db
from tests.integration.registry import Registry, connected, context, helsinki
from tests.integration.test_who_could_take_over import another

pytestmark = pytest.mark.anyio
WAITING_FOR = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))"


async def lock(sessions: db.Sessions, appointment: uuid.UUID) -> uuid.UUID:
    """Lock an appointment for a change, and return whose it is then."""
    async with connected(sessions) as connection, connection.transaction():
        return (await lock_appointment(connection, appointment)).tutor_id


async def wait_for(sessions: db.Sessions, other: db.Connection, *, waiting: int) -> None:
    """Return once so many transactions wait for a lock that `other` has."""
    async with connected(sessions) as connection, asyncio.timeout(20):
        while (await (await connection.execute(WAITING_FOR, [other.info.backend_pid])).fetchone()) != (waiting,):
            await connection.execute("SELECT pg_sleep(0.01)")


async def test_who_waited_while_a_visit_went_to_a_colleague_keeps_it_from_nobody(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booked, colleague = await registry.book(booking_db, helsinki(8, 10)), await another(booking_db, registry)
    desk = context(registry.staff())
    async with connected(booking_db) as last, last.transaction():
        async with connected(booking_db) as first, first.transaction():
            await reassigning.reassign(first, desk, appointment_id=booked, actor="staff", to=colleague)
            second = asyncio.create_task(lock(booking_db, booked))
            locking = asyncio.create_task(locks.lock_tutors(last, [colleague]))
            await wait_for(booking_db, first, waiting=2)
        await locking
        await wait_for(booking_db, last, waiting=1)
        assert (await lock_appointment(last, booked)).tutor_id == colleague
    assert await second == colleague
