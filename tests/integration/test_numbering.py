"""Who reads a feed is woken by whoever writes to it, in this process or another, and a read writes nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from shared import db, numbering
from shared.feed import Event, emit
from shared.keys import SigningKey
from shared.numbering import Numberer
from shared.schemas.events import CodeEvent
from tests.integration.registry import address_of

pytestmark = pytest.mark.anyio
LONG = 60.0
"""Seconds that nothing here takes: what is waited for so long has been missed."""


class Changed(CodeEvent):
    """An event of these tests alone."""

    type = "fi.vuoro.test.changed"


async def emit_one(sessions: db.Sessions) -> None:
    async with db.transaction(sessions) as session:
        await emit(session, Changed(code="1"))


@asynccontextmanager
async def numbering_by(
    sessions: db.Sessions, *looks: Callable[[db.Connection], Awaitable[None]]
) -> AsyncIterator[Numberer]:
    """A numberer at work, as a process has it, which has found what there is."""
    numberer = Numberer(address_of(sessions), looks)
    numberer.ask()
    task = asyncio.create_task(numberer.run())
    await wait_for_run(numberer)
    yield numberer
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def wait_for_run(numberer: Numberer) -> None:
    async with asyncio.timeout(LONG):
        while numberer._done < numberer._asked:
            await numberer.settle()


async def test_whoever_waits_is_woken_by_a_run_of_this_process_and_of_another(
    notify_db: db.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "SECONDS_BETWEEN_LOOKS", 10 * LONG)  # nobody finds it by looking
    async with numbering_by(notify_db) as writing, numbering_by(notify_db) as other:
        await emit_one(notify_db)
        waiting = [asyncio.create_task(each.grow(0, LONG)) for each in (writing, other)]
        writing.ask()
        assert await asyncio.gather(*waiting) == [True, True]
        assert (writing.last, other.last) == (1, 1)
        assert not await writing.grow(1, 0.01)


async def test_what_nobody_asked_for_is_found_by_looking(
    notify_db: db.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "SECONDS_BETWEEN_LOOKS", 0.05)
    async with numbering_by(notify_db) as numberer:
        await emit_one(notify_db)  # by a command in a terminal, or a process that died before it asked
        assert await numberer.grow(0, LONG)


async def test_numbering_goes_on_when_its_connection_is_lost(
    notify_db: db.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "SECONDS_BETWEEN_LOOKS", 0.05)
    async with numbering_by(notify_db) as numberer:
        async with db.transaction(notify_db) as session:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%position IS NULL%'"
            await session.execute(sa.text(f"{ended} AND pid <> pg_backend_pid() AND datname = current_database()"))
        await emit_one(notify_db)
        assert await numberer.grow(0, LONG)


async def test_what_else_is_looked_at_stops_no_numbering_and_not_each_run_looks(
    notify_db: db.Sessions, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(numbering, "SECONDS_BETWEEN_LOOKS", 10 * LONG)

    async def look(_connection: db.Connection) -> None:
        raise LookupError

    async with numbering_by(notify_db, look) as numberer:
        for last in range(3):
            await emit_one(notify_db)
            numberer.ask()
            assert await numberer.grow(last, LONG)
    (record,) = caplog.records
    assert record.exc_info is not None


async def test_a_process_looks_at_once_and_again(notify_db: db.Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "SECONDS_BETWEEN_LOOKS", 0.05)
    looked, third = count(1), asyncio.Event()

    async def look(_connection: db.Connection) -> None:
        if next(looked) == 3:
            third.set()

    async with numbering_by(notify_db, look):
        await asyncio.wait_for(third.wait(), LONG)


async def test_reading_the_feed_writes_nothing(notify_app: FastAPI, tmp_path: Path) -> None:
    """The app does not run what goes on beside its requests, so that only the request could number the event."""
    await emit_one(notify_app.state.sessions)
    key = SigningKey.from_file("booking", tmp_path / "keys" / "booking.pem")
    headers = {"Authorization": f"Bearer {key.sign_call('notify')}"}
    transport = httpx2.ASGITransport(app=notify_app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://notify", headers=headers) as http:
        answer = await http.get("/api/notify/v1/events")
    assert (answer.status_code, answer.json()) == (200, [])
    async with db.transaction(notify_app.state.sessions) as session:
        assert await session.scalar(sa.select(Event.position)) is None
