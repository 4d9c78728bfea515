"""The feed under many writers, and its reader."""

import asyncio
import json
import random
import uuid
from collections import defaultdict

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.local.postgres import Postgres
from shared import db, feed, following
from shared.auth import Principal
from shared.feed import Event, emit
from shared.feed_cursors import FeedCursor
from shared.problems import UnknownEvent
from shared.schemas.common import CloudEvent
from shared.schemas.events import CodeEvent
from shared.telemetry import JsonLines
from tests.conftest import as_owner
from tests.integration.registry import address_of, number_events

pytestmark = pytest.mark.anyio
SERVICE = Principal("service", "notify", scopes=frozenset({"events:read"}))
WRITERS, EACH, SUBJECTS = 50, 40, 12
EFFECT = sa.text("INSERT INTO feed_cursor (source) VALUES (:id)")


class Counted(CodeEvent):
    """An event of these tests alone."""

    type = "fi.vuoro.test.changed"
    count: int = 0


async def write(sessions: db.Sessions, chance: random.Random) -> None:
    """Change subjects under their row locks, some for long, some not at all after all."""
    for _ in range(EACH):
        subject = chance.randrange(SUBJECTS)
        try:
            async with db.transaction(sessions) as session:
                count = await session.scalar(
                    sa.text("UPDATE subject SET count = count + 1 WHERE id = :id RETURNING count"), {"id": subject}
                )
                await emit(session, Counted(code=str(subject), count=count or 0))
                await asyncio.sleep(chance.random() * 0.01)  # keeps transactions open, so that they overlap
                if chance.random() < 0.1:
                    raise RuntimeError
        except RuntimeError:
            pass


async def read_all(sessions: db.Sessions, done: asyncio.Event) -> list[Event]:
    seen: list[Event] = []
    while True:
        last = done.is_set()
        await number_events(sessions)
        async with db.transaction(sessions) as session:
            batch = await feed.events_after(session, seen[-1].position or 0 if seen else 0, SERVICE)
        seen += batch
        if last and not batch:
            return seen
        await asyncio.sleep(0)


async def test_a_reader_among_fifty_writers_misses_nothing_and_sees_nothing_swapped(
    postgres: Postgres, notify_db: db.Sessions
) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    table = "CREATE TABLE subject (id int PRIMARY KEY, count int NOT NULL DEFAULT 0)"
    as_owner(postgres, address_of(notify_db), table, "GRANT ALL ON subject TO notify")
    async with db.transaction(notify_db) as session:
        await session.execute(
            sa.text("INSERT INTO subject SELECT n FROM generate_series(0, :last) n"), {"last": SUBJECTS - 1}
        )
    done = asyncio.Event()
    readers = [asyncio.create_task(read_all(notify_db, done)) for _ in range(2)]
    await asyncio.gather(*(write(notify_db, random.Random(seed + number)) for number in range(WRITERS)))
    done.set()
    for seen in await asyncio.gather(*readers):
        async with db.transaction(notify_db) as session:
            counts = dict(tuple(row) for row in await session.execute(sa.text("SELECT id::text, count FROM subject")))
        found = defaultdict(list)
        for event in seen:
            found[event.subject].append(event.data["count"])
        assert found == {subject: list(range(1, count + 1)) for subject, count in counts.items() if count}
        assert [event.position for event in seen] == list(range(1, len(seen) + 1))


@pytest.mark.parametrize(
    "statement", ["UPDATE event SET data = '{}'", "DELETE FROM event", "UPDATE event SET position = 9"]
)
async def test_what_was_told_stays_told(postgres: Postgres, notify_db: db.Sessions, statement: str) -> None:
    """Not even the owner of the table changes it, who has the right to."""
    async with db.transaction(notify_db) as session:
        await emit(session, Counted(code="1", count=1))
    await number_events(notify_db)
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        as_owner(postgres, address_of(notify_db), statement)


async def test_each_reader_sees_what_is_theirs(notify_db: db.Sessions) -> None:
    mine, other = uuid.uuid4(), uuid.uuid4()
    async with db.transaction(notify_db) as session:
        await emit(session, Counted(code="public"))
        await emit(session, Counted(code="mine"), organisation_id=mine, region="17")
        await emit(session, Counted(code="other"), organisation_id=other, region="17")
        await emit(session, Counted(code="elsewhere"), organisation_id=mine, region="06")
        await emit(session, Counted(code="internal"), internal=True)
    await number_events(notify_db)

    async def seen(reader: Principal) -> list[str]:
        async with db.transaction(notify_db) as session:
            return [event.subject for event in await feed.events_after(session, 0, reader)]

    assert await seen(Principal("client", "c", "17", client_organisation=mine)) == ["public", "mine"]
    assert await seen(Principal("client", "c", "17")) == ["public", "mine", "other"]
    assert await seen(SERVICE) == ["public", "mine", "other", "elsewhere", "internal"]


class Source:
    """A feed of three events, in batches of two."""

    def __init__(self) -> None:
        self.events_there = [
            CloudEvent.model_validate(
                {
                    "id": str(uuid.UUID(int=n)),
                    "source": "/test",
                    "type": "t",
                    "subject": str(n),
                    "time": "2027-03-01T08:00:00Z",
                    "data": {},
                }
            )
            for n in (1, 2, 3)
        ]

    async def events(self, last_event_id: uuid.UUID | None, _wait_seconds: int) -> list[CloudEvent]:
        start = [event.id for event in self.events_there].index(last_event_id) + 1 if last_event_id else 0
        return self.events_there[start : start + 2]


async def test_the_cursor_moves_with_the_effect_or_not_at_all(notify_db: db.Sessions) -> None:
    applied: list[str] = []
    source = Source()

    async def handle(session: AsyncSession, event: CloudEvent) -> None:
        await session.execute(EFFECT, {"id": f"effect {event.subject}"})
        if event.subject == "3" and "broken" not in applied:
            applied.append("broken")
            raise RuntimeError
        applied.append(event.subject)

    assert await following.follow_once(notify_db, "test", source, handle, 0) == 2
    with pytest.raises(following.Stuck, match="RuntimeError"):
        await following.follow_once(notify_db, "test", source, handle, 0)
    assert await following.follow_once(notify_db, "test", source, handle, 0) == 1
    assert await following.follow_once(notify_db, "test", source, handle, 0) == 0
    assert applied == ["1", "2", "broken", "3"]


async def test_two_readers_of_one_service_apply_each_event_once(notify_db: db.Sessions) -> None:
    async def handle(session: AsyncSession, event: CloudEvent) -> None:
        await asyncio.sleep(0.01)
        await session.execute(EFFECT, {"id": f"effect {event.subject}"})

    source = Source()
    await asyncio.gather(*(following.follow_once(notify_db, "test", source, handle, 0) for _ in range(5)))
    async with db.transaction(notify_db) as session:
        effects = await session.scalar(
            sa.select(sa.func.count()).select_from(FeedCursor).where(FeedCursor.source.like("effect%"))
        )
    assert effects == 2


async def test_a_handler_that_fails_is_logged_where_it_failed_and_asked_again(
    notify_db: db.Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    asked = asyncio.Event()

    async def failing_handler(_session: AsyncSession, event: CloudEvent) -> None:
        if caplog.records:
            asked.set()
        raise KeyError(event.subject)

    following_it = asyncio.create_task(following.follow(notify_db, "test", Source(), failing_handler))
    await asyncio.wait_for(asked.wait(), 20)
    following_it.cancel()
    line = json.loads(JsonLines().format(caplog.records[0]))
    assert line["message"] == f"t {uuid.UUID(int=1)} in the feed of test could not be applied"
    assert line["exception"] == "KeyError"
    assert line["at"][-1].endswith(" failing_handler")


async def test_an_id_that_never_was_is_refused(notify_db: db.Sessions) -> None:
    async with db.transaction(notify_db) as session:
        with pytest.raises(UnknownEvent):
            await feed.position_of(session, uuid.uuid4())
