"""The transaction of a request: its statements travel together, and what goes wrong with one undoes them all."""

import asyncio

import psycopg
import pytest

from shared import db
from shared.db import pipelined
from tests.integration.registry import address_of, connected

pytestmark = pytest.mark.anyio
LOCK = "SELECT pg_advisory_xact_lock(%(key)s)"
ADD = "INSERT INTO notice (minutes) VALUES (%(minutes)s)"
COUNT = "SELECT count(*) FROM notice WHERE minutes = %(minutes)s"


async def count(connection: db.Connection, minutes: int) -> int:
    row = await (await connection.execute(COUNT, {"minutes": minutes})).fetchone()
    assert row
    return int(row[0])


async def test_what_nobody_waited_for_is_written_at_the_end(booking_db: db.Sessions) -> None:
    async with connected(booking_db) as connection:
        async with pipelined(connection):
            await connection.execute(ADD, {"minutes": 7})
        assert await count(connection, 7) == 1


async def add_twice(connection: db.Connection, minutes: int) -> None:
    async with pipelined(connection):
        await connection.execute(ADD, {"minutes": minutes})
        await connection.execute(ADD, {"minutes": minutes})


async def add_and_give_up(connection: db.Connection, minutes: int) -> None:
    async with pipelined(connection):
        await connection.execute(ADD, {"minutes": minutes})
        raise ValueError("given up")


async def test_a_refused_statement_is_noticed_at_the_end_and_undoes_all(booking_db: db.Sessions) -> None:
    """Nobody waits for its answer, so that only the end can tell. The connection goes back to the pool, whole."""
    async with connected(booking_db) as connection:
        with pytest.raises(psycopg.errors.UniqueViolation):
            await add_twice(connection, 8)
        assert await count(connection, 8) == 0
        async with pipelined(connection):
            await connection.execute(ADD, {"minutes": 8})
        assert await count(connection, 8) == 1


async def test_whoever_gives_up_leaves_no_trace(booking_db: db.Sessions) -> None:
    async with connected(booking_db) as connection:
        with pytest.raises(ValueError, match="given up"):
            await add_and_give_up(connection, 9)
        assert await count(connection, 9) == 0


async def test_what_is_no_circle_is_not_tried_again(booking_db: db.Sessions) -> None:
    """Not even when its text speaks of one, as what quotes somebody may."""
    tries = 0
    async with connected(booking_db) as connection:

        async def fail() -> None:
            nonlocal tries
            tries += 1
            raise psycopg.OperationalError("deadlock detected")

        with pytest.raises(psycopg.OperationalError):
            await db.retry_on_deadlock(lambda: pipelined(connection), fail)
    assert tries == 1


async def test_two_who_wait_for_each_other_both_get_through(booking_db: db.Sessions) -> None:
    met, done = asyncio.Barrier(2), list[str]()

    async def walk(name: str, first: int, second: int) -> None:
        async with connected(booking_db) as connection:
            tries = 0

            async def both() -> None:
                nonlocal tries
                tries += 1
                await (await connection.execute(LOCK, {"key": first})).fetchone()
                if tries == 1:
                    await met.wait()
                await connection.execute(LOCK, {"key": second})  # answered with the end of the transaction
                done.append(name)

            await db.retry_on_deadlock(lambda: pipelined(connection), both)

    await asyncio.wait_for(asyncio.gather(walk("one", 1, 2), walk("other", 2, 1)), 30)
    assert set(done) == {"one", "other"}
    assert len(done) == 3  # one of them went twice


async def test_whoever_waits_too_long_for_a_lock_gives_up_and_frees_their_connection(booking_db: db.Sessions) -> None:
    """One stuck lock must not take every connection, those of searches among them; it is answered as 503."""
    async with connected(booking_db) as holder, db.pool(address_of(booking_db), size=1) as pool, pipelined(holder):
        await (await holder.execute(LOCK, {"key": 3})).fetchone()
        async with pool.connection() as connection:
            given = await (await connection.execute("SHOW lock_timeout")).fetchone()
            assert given == ("10s",)
            await connection.execute("SET lock_timeout = '50ms'")
            with pytest.raises(psycopg.OperationalError, match="lock timeout"):
                await connection.execute(LOCK, {"key": 3})
