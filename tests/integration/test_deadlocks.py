"""Two transactions that wait for each other: one is asked to try again, and both are done."""

import asyncio
from functools import partial

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from shared import db

pytestmark = pytest.mark.anyio
LOCK = "SELECT pg_advisory_xact_lock(%(key)s)"


async def cross(sessions: db.Sessions, *, behind_savepoints: bool) -> list[str]:
    """Two who take the same two locks, each in its own order, and who meet in the middle the first time."""
    met = asyncio.Barrier(2)
    done: list[str] = []

    async def walk(name: str, first: int, second: int) -> None:
        async with db.transaction(sessions) as session:
            connection = await db.driver(session)
            begin = partial(db.savepoint, session) if behind_savepoints else connection.transaction
            tries = 0

            async def both() -> None:
                nonlocal tries
                tries += 1
                await connection.execute(LOCK, {"key": first})
                if tries == 1:
                    await met.wait()
                await connection.execute(LOCK, {"key": second})
                done.append(name)

            await db.retry_on_deadlock(begin, both)

    await asyncio.wait_for(asyncio.gather(walk("one", 1, 2), walk("other", 2, 1)), 30)
    return done


@pytest.mark.parametrize("behind_savepoints", [True, False])
async def test_both_get_through(booking_db: db.Sessions, behind_savepoints: bool) -> None:
    assert sorted(await cross(booking_db, behind_savepoints=behind_savepoints)) == ["one", "other"]


async def test_what_is_no_circle_is_not_tried_again(booking_db: db.Sessions) -> None:
    tries = 0
    async with db.transaction(booking_db) as session:

        async def fail() -> None:
            nonlocal tries
            tries += 1
            raise OperationalError("", {}, psycopg.OperationalError())

        with pytest.raises(OperationalError):
            await db.retry_on_deadlock(partial(db.savepoint, session), fail)
    assert tries == 1
