"""The audit log: it is added to, sealed and copied, and nothing else is done to it without being found."""

import asyncio
import json
import logging
import os
import socket
from pathlib import Path

import psycopg
import pytest

from deploy.local.postgres import Postgres
from shared import db
from shared.audit.copying import CopyTo, copy_sealed
from shared.audit.guards import read_guards
from shared.audit.keeping import AuditKeeper
from shared.audit.log import ANONYMOUS_PER_HOUR, CALLERS_PER_HOUR, About, Action, Who, write_entries, write_refused
from shared.audit.routes import LAST, OF_CALLER, OF_RECORD, OF_REGION
from shared.audit.sealing import seal
from shared.audit.verifying import Verified, verify
from shared.db import value_of
from tests.conftest import as_owner, fresh_database
from tests.integration.plans import rows_read
from tests.integration.registry import address_of, connected
from vuoro.auditing import guards_of

pytestmark = pytest.mark.anyio
TUTOR = Who("person:1", "192.0.2.1")
NOBODY = Who("anonymous:anonymous", "192.0.2.2")


async def written(sessions: db.Sessions, many: int, who: Who = TUTOR) -> None:
    async with connected(sessions) as connection:
        await write_entries(connection, who, "read", "citizen", [About(str(number), "17") for number in range(many)])


async def sealed(sessions: db.Sessions, many: int) -> None:
    await written(sessions, many)
    async with connected(sessions) as connection:
        await seal(connection)


async def verified(sessions: db.Sessions, noted: dict[int, str] | None = None) -> Verified:
    async with connected(sessions) as connection:
        return await verify(connection, noted or {}, read_guards(guards_of("booking")))


async def test_what_is_written_at_once_by_many_is_sealed_once_by_many(booking_db: db.Sessions) -> None:
    """Each process of a service seals, while others write."""

    async def write_and_seal() -> None:
        for _ in range(5):
            await sealed(booking_db, 7)

    await asyncio.gather(*(write_and_seal() for _ in range(8)))
    found = await verified(booking_db)
    assert (found.entries, found.faults) == (280, [])


async def test_more_than_one_batch(booking_db: db.Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.audit.sealing.BATCH", 4)
    monkeypatch.setattr("shared.audit.verifying.BATCH", 3)
    await sealed(booking_db, 10)
    assert (await verified(booking_db)).entries == 10


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET caller = 'nobody'",
        "UPDATE audit_entry SET address = NULL, salt = NULL",
        "UPDATE audit_entry SET position = 9, hash = ''",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
async def test_not_even_the_owner_changes_an_entry_by_chance(
    postgres: Postgres, booking_db: db.Sessions, statement: str
) -> None:
    await sealed(booking_db, 3)
    with pytest.raises(psycopg.errors.RaiseException, match="stays as it is"):
        as_owner(postgres, address_of(booking_db), statement)


@pytest.mark.parametrize("service", ["providers", "booking", "notify"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET caller = 'nobody'",
        "UPDATE audit_entry SET address = NULL",
        "INSERT INTO audit_entry (at, caller, action, kind, record) VALUES ('2020-01-01', 'a', 'read', 'b', 'c')",
        "INSERT INTO audit_entry (position, hash, caller, action, kind, record) VALUES (9, '', 'a', 'read', 'b', 'c')",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DROP TABLE audit_entry",
    ],
)
def test_a_service_may_add_and_read_and_no_more(postgres: Postgres, service: str, statement: str) -> None:
    with (
        psycopg.connect(fresh_database(postgres, service)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


def test_what_a_service_makes_in_its_own_schema_is_not_run_by_the_owner(postgres: Postgres) -> None:
    """The function that blanks addresses runs as the owner, and the service may make temporary tables."""
    with psycopg.connect(fresh_database(postgres, "booking"), autocommit=True) as service:
        service.execute("CREATE TEMP TABLE audit_entry (address text, salt uuid, position bigint, at timestamptz)")
        service.execute("INSERT INTO audit_entry VALUES ('x', NULL, 1, '2020-01-01')")
        service.execute("SELECT blank_audit_addresses(interval '0')")
        assert service.execute("SELECT address FROM pg_temp.audit_entry").fetchone() == ("x",)


ADD = "INSERT INTO audit_entry (caller, action, kind, record) VALUES ('hidden', 'read', 'citizen', '1')"


@pytest.mark.parametrize(
    "seal_of_its_own",
    ["position = -5, hash = sha256('')", "position = 7, hash = sha256('')", "position = 2", "position = 2, hash = 'x'"],
)
async def test_no_entry_is_sealed_outside_the_chain(booking_db: db.Sessions, seal_of_its_own: str) -> None:
    await sealed(booking_db, 1)
    async with connected(booking_db) as connection:
        await connection.execute(ADD)
        with pytest.raises((psycopg.errors.RaiseException, psycopg.errors.CheckViolation)):
            await connection.execute(f"UPDATE audit_entry SET {seal_of_its_own} WHERE position IS NULL".encode())


async def test_a_seal_that_is_wrong_is_found_and_the_chain_goes_on(booking_db: db.Sessions) -> None:
    await sealed(booking_db, 1)
    async with connected(booking_db) as connection:
        await connection.execute(ADD)
        await connection.execute("UPDATE audit_entry SET position = 2, hash = sha256('') WHERE position IS NULL")
    await sealed(booking_db, 1)
    found = await verified(booking_db)
    assert (found.entries, len(found.faults)) == (3, 1)
    assert "entry 2" in found.faults[0]


async def test_a_change_of_the_registry_is_written_into_the_log_and_nowhere_else(providers_db: db.Sessions) -> None:
    async with connected(providers_db) as connection, connection.transaction():
        await connection.execute("CREATE TEMP TABLE audit_entry (LIKE public.audit_entry INCLUDING DEFAULTS)")
        await connection.execute("UPDATE topic SET rank = rank + 1 WHERE code = (SELECT min(code) FROM topic)")
        assert await value_of(connection, "SELECT count(*) FROM pg_temp.audit_entry") == 0
        assert await value_of(connection, "SELECT count(*) FROM public.audit_entry WHERE kind = 'topic'") == 1


OFF, ON = "ALTER TABLE audit_entry DISABLE TRIGGER USER", "ALTER TABLE audit_entry ENABLE TRIGGER USER"


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit_entry SET caller = 'nobody' WHERE position = 2", "entry 2"),
        ("UPDATE audit_entry SET address = '192.0.2.9' WHERE position = 2", "entry 2"),
        ("UPDATE audit_entry SET address = '192.0.2.9', salt = NULL WHERE position = 2", "entry 2"),
        ("UPDATE audit_entry SET at = at - interval '1 minute' WHERE position = 1", "entry 1"),
        ("DELETE FROM audit_entry WHERE position = 2", "before entry 3, others are gone"),
        ("DELETE FROM audit_entry WHERE position = 1", "before entry 2, others are gone"),
        ("DELETE FROM audit_entry WHERE position = 3", "entry 3 is gone"),
        (
            "UPDATE audit_entry SET position = NULL, hash = NULL, at = at - interval '2 minutes' WHERE position = 3",
            "1 entries are not sealed",
        ),
    ],
)
async def test_what_an_owner_does_to_it_is_found(
    postgres: Postgres, booking_db: db.Sessions, statement: str, fault: str
) -> None:
    await sealed(booking_db, 3)
    whole = await verified(booking_db)
    assert whole.last is not None
    noted = {3: whole.last.hash.hex()}
    assert (await verified(booking_db, noted)).faults == []
    as_owner(postgres, address_of(booking_db), OFF, statement, ON)
    assert [found for found in (await verified(booking_db, noted)).faults if fault in found]


async def test_a_log_that_was_written_anew_as_a_whole_is_not_the_one_that_was_noted(
    postgres: Postgres, booking_db: db.Sessions
) -> None:
    await sealed(booking_db, 3)
    whole = await verified(booking_db)
    assert whole.last is not None
    anew = "UPDATE audit_entry SET caller = 'nobody', position = NULL, hash = NULL"
    as_owner(postgres, address_of(booking_db), OFF, anew, ON)
    async with connected(booking_db) as connection:
        await seal(connection)
    assert (await verified(booking_db)).faults == []
    assert (await verified(booking_db, {3: whole.last.hash.hex()})).faults == [
        "entry 3 is not the one whose hash was noted"
    ]


AT_THE_DOOR: tuple[Action, str] = ("sign-in-refused", "POST /sign-ins/{id}/login")


async def refused(sessions: db.Sessions, who: Who, about: About, many: int) -> int:
    """Refuse something so often; how often it is written."""
    count = "SELECT count(*) FROM audit_entry"
    async with connected(sessions) as connection:
        before = await value_of(connection, count)
        for _ in range(many):
            await write_refused(connection, who, *AT_THE_DOOR, about)
        return int(await value_of(connection, count)) - int(before)


async def test_nobody_fills_the_log_nor_hides_in_it_what_they_try_at_an_account(booking_db: db.Sessions) -> None:
    stranger, account = About("1", None), About("2", "17")
    assert await refused(booking_db, NOBODY, stranger, ANONYMOUS_PER_HOUR + 3) == ANONYMOUS_PER_HOUR
    assert await refused(booking_db, NOBODY, account, 3) == 3
    assert await refused(booking_db, Who(NOBODY.caller, "192.0.2.3"), account, ANONYMOUS_PER_HOUR) == 97
    assert await refused(booking_db, Who(NOBODY.caller, "192.0.2.3"), stranger, 3) == 3
    assert await refused(booking_db, TUTOR, account, CALLERS_PER_HOUR + 3) == CALLERS_PER_HOUR
    assert await refused(booking_db, Who("person:2", TUTOR.address), account, 3) == 3
    await written(booking_db, 3)  # what is shown is always written
    async with connected(booking_db) as connection:
        assert await value_of(connection, "SELECT count(*) FROM audit_entry WHERE action = 'read'") == 3


@pytest.mark.parametrize(
    "addresses",
    [
        [f"2001:db8::{number:x}" for number in range(1, ANONYMOUS_PER_HOUR + 4)],
        ["::ffff:192.0.2.1"] * (ANONYMOUS_PER_HOUR + 3),
        [""] * (ANONYMOUS_PER_HOUR + 3),
        ["testclient"] * (ANONYMOUS_PER_HOUR + 3),
    ],
    ids=lambda addresses: addresses[0] or "none",
)
async def test_a_network_counts_as_one_however_its_addresses_are_written(
    booking_db: db.Sessions, addresses: list[str]
) -> None:
    async with connected(booking_db) as connection:
        for address in addresses:
            who = Who(NOBODY.caller, address)
            await write_refused(connection, who, *AT_THE_DOOR, About("1", None))
        assert await value_of(connection, "SELECT count(*) FROM audit_entry") == ANONYMOUS_PER_HOUR


async def test_half_a_line_of_a_process_that_was_killed_takes_no_other_along(
    booking_db: db.Sessions, tmp_path: Path
) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_text('{"service": "book')
    await sealed(booking_db, 1)
    async with connected(booking_db) as connection:
        await copy_sealed(connection, CopyTo("booking", file))
    assert json.loads(file.read_text().splitlines()[1])["position"] == 1


async def test_a_copy_that_hangs_keeps_nobody_waiting(booking_db: db.Sessions, tmp_path: Path) -> None:
    """A pipe that nobody reads, say."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="neither a file nor a socket"):
        CopyTo("booking", tmp_path / "pipe").write(["{}"])


async def test_the_copy_has_each_entry_in_the_order_of_the_chain_and_is_nobody_elses_to_read(
    booking_db: db.Sessions, tmp_path: Path
) -> None:
    file = tmp_path / "audit.jsonl"
    keeper = AuditKeeper(address_of(booking_db), CopyTo("booking", file))
    for many in (2, 3):
        await written(booking_db, many)
        async with connected(booking_db) as connection:
            await keeper.look(connection)
            await keeper.settle()
    lines = [json.loads(line) for line in file.read_text().splitlines() if line]
    assert [line["position"] for line in lines] == [1, 2, 3, 4, 5]
    assert {(line["service"], line["caller"], line["address"]) for line in lines} == {
        ("booking", TUTOR.caller, TUTOR.address)
    }
    last = (await verified(booking_db)).last
    assert last is not None
    assert lines[-1]["hash"] == last.hash.hex()
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_copy_that_fails_is_logged_once_and_caught_up_with(
    booking_db: db.Sessions, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "away"
    keeper = AuditKeeper(address_of(booking_db), CopyTo("booking", folder / "audit.jsonl"))
    async with connected(booking_db) as connection:
        for _ in range(2):
            await written(booking_db, 1)
            await keeper.look(connection)
            await keeper.settle()
        assert [record.levelno for record in caplog.records] == [logging.ERROR]
        folder.mkdir()
        await keeper.look(connection)
        await keeper.settle()
    assert len((folder / "audit.jsonl").read_text().split()) >= 2
    assert (await verified(booking_db)).faults == []


@pytest.mark.parametrize("since", [0, 1, 3])
async def test_after_a_restored_backup_all_is_copied_anew(
    postgres: Postgres, booking_db: db.Sessions, tmp_path: Path, caplog: pytest.LogCaptureFixture, since: int
) -> None:
    """Or when somebody took the last ones out: others get their positions."""
    keeper = AuditKeeper(address_of(booking_db), CopyTo("booking", tmp_path / "audit.jsonl"))

    async def look() -> None:
        async with connected(booking_db) as connection:
            await keeper.look(connection)
            await keeper.settle()

    await written(booking_db, 3)
    await look()
    as_owner(postgres, address_of(booking_db), OFF, "DELETE FROM audit_entry WHERE position > 1", ON)
    assert "the last entry that was copied is gone, or is another" in (await verified(booking_db)).faults
    await sealed(booking_db, since)
    for _ in range(2):
        await look()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    lines = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines() if line]
    assert [line["position"] for line in lines] == [1, 2, 3, *range(1, since + 2)]
    assert (await verified(booking_db)).faults == []


async def test_several_processes_copy_each_entry_once(booking_db: db.Sessions, tmp_path: Path) -> None:
    await sealed(booking_db, 20)
    copy = CopyTo("booking", tmp_path / "audit.jsonl")

    async def copy_all() -> None:
        async with connected(booking_db) as connection:
            await copy_sealed(connection, copy)

    await asyncio.gather(*(copy_all() for _ in range(5)))
    lines = copy.path.read_text().splitlines()
    assert [json.loads(line)["position"] for line in lines] == list(range(1, 21))


async def test_the_copy_goes_to_a_syslog(booking_db: db.Sessions, tmp_path: Path) -> None:
    await sealed(booking_db, 2)
    path = tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as syslog:
        syslog.bind(str(path))
        async with connected(booking_db) as connection:
            await copy_sealed(connection, CopyTo("booking", path))
        syslog.settimeout(10)
        received = [syslog.recv(65536).rstrip(b"\0").decode() for _ in range(2)]
    heads = {line.partition("{")[0] for line in received}
    assert heads == {"<86>vuoro-booking: "}  # authpriv.info (RFC 5424, section 6.2.1)
    assert [json.loads(line[line.index("{") :])["position"] for line in received] == [1, 2]


MANY = """
    INSERT INTO audit_entry (caller, action, kind, record, region)
    SELECT 'person:' || n % 500, 'read', 'citizen', (n % 5000)::text, CASE WHEN n % 100 = 0 THEN NULL ELSE '17' END
    FROM generate_series(1, 20000) AS n
"""


@pytest.mark.parametrize(
    ("statement", "most"), [(OF_RECORD, 50), (OF_REGION, 50), (OF_CALLER, 50)], ids=["record", "region", "caller"]
)
@pytest.mark.parametrize("region", ["17", "19"])
async def test_a_page_of_a_long_log_is_read_from_an_index(
    postgres: Postgres, booking_db: db.Sessions, statement: str, most: int, region: str
) -> None:
    """Also of a region that has next to nothing in it. What the plan reads is counted, not timed."""
    as_owner(postgres, address_of(booking_db), MANY, "ANALYZE audit_entry")
    values = {"record": "77", "region": region, "caller": "person:7", "after": LAST, "limit": 10}
    async with connected(booking_db) as connection:
        assert await rows_read(connection, statement, values) < most
