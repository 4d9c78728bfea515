"""What is over is forgotten by the hourly jobs, and nothing else is."""

import datetime as dt
import uuid

import psycopg
import pytest
import sqlalchemy as sa

from deploy.local.postgres import Postgres
from services.notify.models import Message
from services.notify.store import forget_old_messages
from shared import db, idempotency
from shared.audit.forgetting import blank_old_addresses
from shared.audit.guards import read_guards
from shared.audit.sealing import seal
from shared.audit.table import AuditEntry
from shared.audit.verifying import verify
from shared.idempotency import IdempotencyKey
from shared.retention import AUDIT_ADDRESSES_KEPT, DAY, KEYS_KEPT, MESSAGES_KEPT
from tests.conftest import as_owner
from tests.integration.registry import address_of, connected
from vuoro.auditing import guards_of

pytestmark = pytest.mark.anyio
MINUTE = dt.timedelta(minutes=1)
LATELY = {"old": MINUTE, "lately": -MINUTE}
"""By how much something is older than it is kept."""


async def add(sessions: db.Sessions, *rows: object) -> None:
    async with db.transaction(sessions) as session:
        session.add_all(rows)


def older(kept: dt.timedelta, by: dt.timedelta) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - kept - by


async def audited(server: Postgres, sessions: db.Sessions, **records: dt.datetime) -> None:
    """Entries of then, sealed. None but the owner can say when one was written."""
    insert = "INSERT INTO audit_entry (at, caller, address, action, kind, record) VALUES"
    rows = [f"('{at}', 'person:1', '192.0.2.1', 'update', 'tutor', '{record}')" for record, at in records.items()]
    as_owner(server, address_of(sessions), f"{insert} {', '.join(rows)}")
    async with connected(sessions) as connection:
        await seal(connection)


async def addresses(sessions: db.Sessions) -> dict[str, str | None]:
    async with db.transaction(sessions) as session:
        found = await session.execute(sa.select(AuditEntry.record, AuditEntry.address))
        return {row.record: row.address for row in found if row.record in LATELY}


async def test_an_address_goes_from_the_audit_log_and_the_entry_stays(
    postgres: Postgres, providers_db: db.Sessions
) -> None:
    await audited(postgres, providers_db, **{name: older(AUDIT_ADDRESSES_KEPT, by) for name, by in LATELY.items()})
    async with db.transaction(providers_db) as session:
        await blank_old_addresses(session)
    assert await addresses(providers_db) == {"old": None, "lately": "192.0.2.1"}
    async with connected(providers_db) as connection:
        assert (await verify(connection, {}, read_guards(guards_of("providers")))).faults == []


async def test_nobody_blanks_what_is_of_this_month(postgres: Postgres, providers_db: db.Sessions) -> None:
    await audited(postgres, providers_db, lately=older(29 * DAY, MINUTE), old=older(30 * DAY, MINUTE))
    async with db.transaction(providers_db) as session:
        await session.execute(sa.text("SELECT blank_audit_addresses(interval '0')"))
    assert await addresses(providers_db) == {"old": None, "lately": "192.0.2.1"}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET address = NULL, salt = NULL",
        "UPDATE audit_entry SET address = '192.0.2.9'",
        "UPDATE audit_entry SET address = NULL, salt = NULL, caller = 'operator' WHERE record = 'old'",
    ],
)
async def test_nothing_else_of_the_audit_log_is_changed(
    postgres: Postgres, providers_db: db.Sessions, change: str
) -> None:
    await audited(postgres, providers_db, old=older(AUDIT_ADDRESSES_KEPT, MINUTE), lately=older(DAY, MINUTE))
    with pytest.raises(psycopg.errors.RaiseException, match="stays as it is"):
        as_owner(postgres, address_of(providers_db), change)


def message(state: str, not_after: dt.datetime) -> Message:
    return Message(
        id=uuid.uuid4(),
        kind="confirmation",
        channel="sms",
        subject=uuid.uuid4(),
        state=state,
        due_at=not_after,
        not_after=not_after,
        try_at=not_after,
    )


async def test_a_message_is_forgotten_when_it_was_of_use_long_ago(notify_db: db.Sessions) -> None:
    old, lately = older(MESSAGES_KEPT, MINUTE), older(MESSAGES_KEPT, -MINUTE)
    await add(notify_db, message("sent", old), message("due", old), message("dropped", lately))
    async with db.transaction(notify_db) as session:
        await forget_old_messages(session)
        assert set(await session.scalars(sa.select(Message.state))) == {"due", "dropped"}


async def test_an_idempotency_key_is_forgotten_after_a_day(notify_db: db.Sessions) -> None:
    keys = {
        name: IdempotencyKey(caller="x", key=name, request_hash=b"", created_at=older(KEYS_KEPT, by))
        for name, by in LATELY.items()
    }
    await add(notify_db, *keys.values())
    async with db.transaction(notify_db) as session:
        await idempotency.forget_old_keys(session)
        assert list(await session.scalars(sa.select(IdempotencyKey.key))) == ["lately"]
