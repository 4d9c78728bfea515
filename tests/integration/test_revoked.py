"""Whose access was taken away: kept, given to the verifier, and never undone by an older event."""

import datetime as dt
import uuid

import psycopg
import pytest
import sqlalchemy as sa

from deploy.local.postgres import Postgres
from shared import db, revoked
from shared.auth import Verifier
from shared.feed import Event
from shared.retention import REVOKED_KEPT
from shared.schemas.events import AccessRevoked, SignInRequested
from tests.conftest import as_owner
from tests.integration.registry import address_of, connected

pytestmark = pytest.mark.anyio


class NoIssuer:
    async def get(self, kid: str) -> None:
        raise NotImplementedError(kid)


def verifier() -> Verifier:
    return Verifier(NoIssuer(), {}, "booking")


async def heard(sessions: db.Sessions, bearer: str, at: dt.datetime) -> None:
    async with db.transaction(sessions) as session:
        await revoked.apply(session, AccessRevoked(bearer=bearer, at=at))


async def look(sessions: db.Sessions, known: Verifier) -> None:
    async with connected(sessions) as connection:
        await revoked.look(connection, verifier=known)


async def test_what_is_revoked_is_emitted_and_known_at_once(notify_db: db.Sessions) -> None:
    person, before = uuid.uuid4(), dt.datetime.now(dt.UTC)
    async with db.transaction(notify_db) as session:
        await revoked.revoke(session, "person", person)
    known = verifier()
    await look(notify_db, known)
    assert known.revoked[f"person:{person}"] >= before - dt.timedelta(seconds=1)
    async with db.transaction(notify_db) as session:
        event = (await session.scalars(sa.select(Event))).one()
    assert (event.type, event.subject, event.internal) == ("fi.vuoro.access.revoked", str(person), True)


async def test_an_older_event_does_not_undo_a_later_one(notify_db: db.Sessions) -> None:
    later = dt.datetime.now(dt.UTC)
    await heard(notify_db, "client:1", later)
    await heard(notify_db, "client:1", later - dt.timedelta(seconds=30))
    known = verifier()
    await look(notify_db, known)
    assert known.revoked == {"client:1": later}


async def test_what_no_token_can_be_older_than_is_forgotten(notify_db: db.Sessions) -> None:
    now = dt.datetime.now(dt.UTC)
    await heard(notify_db, "client:old", now - REVOKED_KEPT - dt.timedelta(minutes=1))
    await heard(notify_db, "client:new", now)
    known = verifier()
    known.revoked["client:gone"] = now
    await look(notify_db, known)
    assert set(known.revoked) == {"client:new"}


async def test_another_event_takes_nothing_back(notify_db: db.Sessions) -> None:
    async with db.transaction(notify_db) as session:
        await revoked.apply(session, SignInRequested(id=uuid.uuid4()))
    known = verifier()
    await look(notify_db, known)
    assert known.revoked == {}


async def test_while_it_cannot_be_read_what_was_known_holds(postgres: Postgres, notify_db: db.Sessions) -> None:
    known = verifier()
    known.revoked["client:1"] = dt.datetime.now(dt.UTC)
    as_owner(postgres, address_of(notify_db), "DROP TABLE revoked")
    with pytest.raises(psycopg.errors.UndefinedTable):
        await look(notify_db, known)
    assert set(known.revoked) == {"client:1"}


async def test_a_process_begins_to_serve_though_the_database_is_away(caplog: pytest.LogCaptureFixture) -> None:
    await revoked.look_before_serving("postgresql://nobody@/nothing?host=/nowhere", verifier())
    (record,) = caplog.records
    assert record.exc_info is not None


async def test_a_process_knows_whom_to_refuse_before_its_first_request(notify_db: db.Sessions) -> None:
    await heard(notify_db, "client:1", dt.datetime.now(dt.UTC))
    known = verifier()
    await revoked.look_before_serving(address_of(notify_db), known)
    assert set(known.revoked) == {"client:1"}
