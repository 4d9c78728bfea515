"""A retry never acts twice."""

import asyncio
import uuid

import pytest
import sqlalchemy as sa
from fastapi import Request
from starlette.types import Message

from deploy.local.postgres import Postgres
from shared import db
from shared.hourly import every_hour
from shared.idempotency import Once, RetryKey, forget_old_keys, hash_of_request
from shared.problems import KeyReused
from tests.conftest import as_owner
from tests.integration.registry import address_of

pytestmark = pytest.mark.anyio


class Unlucky(Exception):
    """What an action that fails raises."""


async def act_once(
    sessions: db.Sessions, key: str | None, content: bytes, acted: list[uuid.UUID], caller: str = "client:1"
) -> uuid.UUID:
    async def act() -> uuid.UUID:
        await asyncio.sleep(0.02)
        acted.append(uuid.uuid4())
        return acted[-1]

    async with db.transaction(sessions) as session:
        return await Once(lambda: db.driver(session), caller, key, content)(act)


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


async def test_the_same_key_of_another_caller_is_another_key(notify_db: db.Sessions) -> None:
    acted: list[uuid.UUID] = []
    for caller in ("client:1", "client:2"):
        await act_once(notify_db, "k", b"same", acted, caller)
    assert len(acted) == 2


async def test_who_waited_for_one_that_failed_acts(notify_db: db.Sessions) -> None:
    """The second stands behind the first one's row until that is rolled back."""
    claimed = asyncio.Event()

    async def fail() -> uuid.UUID:
        claimed.set()
        await asyncio.sleep(0.1)
        raise Unlucky

    async def first() -> None:
        async with db.transaction(notify_db) as session:
            await Once(lambda: db.driver(session), "client:1", "k", b"same")(fail)

    failing = asyncio.create_task(first())
    await claimed.wait()
    acted: list[uuid.UUID] = []
    made = await act_once(notify_db, "k", b"same", acted)
    with pytest.raises(Unlucky):
        await failing
    assert acted == [made]


async def test_whether_a_key_was_used_can_be_asked(notify_db: db.Sessions) -> None:
    async def acted(key: str | None) -> bool:
        async with db.transaction(notify_db) as session:
            return await Once(lambda: db.driver(session), "client:1", key, b"x").acted()

    assert not await acted("k")
    await act_once(notify_db, "k", b"one", [])
    assert await acted("k")
    assert not await acted("other")
    assert not await acted(None)


async def test_a_key_whose_action_made_nothing_is_not_used_again(notify_db: db.Sessions) -> None:
    async with db.transaction(notify_db) as session:
        await session.execute(
            sa.text("INSERT INTO idempotency_key (caller, key, request_hash) VALUES ('client:1', 'k', 'same')")
        )
    with pytest.raises(KeyReused):
        await act_once(notify_db, "k", b"same", [])


async def test_only_old_keys_are_deleted(notify_db: db.Sessions) -> None:
    for key in ("old", "new"):
        await act_once(notify_db, key, b"x", [])
    async with db.transaction(notify_db) as session:
        await session.execute(
            sa.text("UPDATE idempotency_key SET created_at = now() - interval '25 hours' WHERE key = 'old'")
        )
    deleting = asyncio.create_task(every_hour(notify_db, [forget_old_keys]))
    await asyncio.sleep(0.2)
    deleting.cancel()
    async with db.transaction(notify_db) as session:
        assert (await session.scalars(sa.text("SELECT key FROM idempotency_key"))).all() == ["new"]


async def test_old_keys_that_cannot_be_deleted_are_logged_and_left(
    postgres: Postgres, notify_db: db.Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    as_owner(postgres, address_of(notify_db), "DROP TABLE idempotency_key")
    deleting = asyncio.create_task(every_hour(notify_db, [forget_old_keys]))
    await asyncio.sleep(0.2)
    assert not deleting.done()
    deleting.cancel()
    (record,) = caplog.records
    assert record.exc_info is not None


@pytest.mark.parametrize(("path", "body", "same"), [("/a", b"1", True), ("/b", b"1", False), ("/a", b"2", False)])
async def test_a_request_is_the_same_by_its_path_and_body(path: str, body: bytes, same: bool) -> None:
    async def hashed(path: str, body: bytes) -> bytes:
        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": []}
        return await hash_of_request(Request(scope, receive))

    assert (await hashed("/a", b"1") == await hashed(path, body)) == same


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
