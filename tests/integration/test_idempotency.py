"""A retry never acts twice."""

import asyncio
import uuid

import pytest
import sqlalchemy as sa

from shared import db
from shared.idempotency import Once, RetryKey
from shared.problems import KeyReused

pytestmark = pytest.mark.anyio


class Unlucky(Exception):
    """What an action that fails raises."""


async def act_once(sessions: db.Sessions, key: str | None, content: bytes, acted: list[uuid.UUID]) -> uuid.UUID:
    async def act() -> uuid.UUID:
        await asyncio.sleep(0.02)
        acted.append(uuid.uuid4())
        return acted[-1]

    async with db.transaction(sessions) as session:
        return await Once(lambda: db.driver(session), "client:1", key, content)(act)


async def test_the_same_request_gives_the_first_answer_even_at_once(notify_db: db.Sessions) -> None:
    acted: list[uuid.UUID] = []
    answers = await asyncio.gather(*(act_once(notify_db, "k", b"same", acted) for _ in range(10)))
    assert len(acted) == 1
    assert set(answers) == set(acted)


async def test_another_request_under_the_key_is_refused(notify_db: db.Sessions) -> None:
    await act_once(notify_db, "k", b"one", [])
    with pytest.raises(KeyReused):
        await act_once(notify_db, "k", b"other", [])


async def test_a_request_that_failed_may_be_mended_under_the_same_key(notify_db: db.Sessions) -> None:
    async def fail() -> uuid.UUID:
        raise Unlucky

    with pytest.raises(Unlucky):
        async with db.transaction(notify_db) as session:
            await Once(lambda: db.driver(session), "client:1", "k", b"one")(fail)
    acted: list[uuid.UUID] = []
    await act_once(notify_db, "k", b"mended", acted)
    assert len(acted) == 1


async def test_without_a_key_each_request_acts(notify_db: db.Sessions) -> None:
    acted: list[uuid.UUID] = []
    for _ in range(2):
        await act_once(notify_db, None, b"same", acted)
    assert len(acted) == 2


async def test_a_key_is_forgotten_after_a_day(notify_db: db.Sessions) -> None:
    await act_once(notify_db, "k", b"one", [])
    async with db.transaction(notify_db) as session:
        await session.execute(sa.text("UPDATE idempotency_key SET created_at = now() - interval '25 hours'"))
    acted: list[uuid.UUID] = []
    await act_once(notify_db, "k", b"other", acted)
    assert len(acted) == 1


async def test_what_a_key_made_before_is_known_without_acting(notify_db: db.Sessions) -> None:
    made = await act_once(notify_db, "k", b"same", [])
    async with db.transaction(notify_db) as session:
        assert await RetryKey("client:1", "k", b"same").once(session).earlier() == made
        assert await RetryKey("client:1", "new", b"same").once(session).earlier() is None
        assert await RetryKey("client:1", None, b"same").once(session).earlier() is None
        with pytest.raises(KeyReused):
            await RetryKey("client:1", "k", b"other").once(session).earlier()
        await session.execute(sa.text("UPDATE idempotency_key SET created_at = now() - interval '25 hours'"))
        assert await RetryKey("client:1", "k", b"other").once(session).earlier() is None
