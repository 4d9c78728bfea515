"""Verifying the audit log of a service: its chain is whole, and what keeps it so is in force."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from psycopg.rows import dict_row

from shared.audit.chain import Entry, Seal, is_unchanged
from shared.audit.copying import IS_ANOTHER_LOG
from shared.db import Connection, value_of

BATCH = 5000
ENTRY, SEAL = tuple(Entry.__dataclass_fields__), tuple(Seal.__dataclass_fields__)
SEALED = """
    SELECT id, at, caller, address, salt, action, kind, record, region, position, address_hash, hash
    FROM audit_entry WHERE position > %(after)s ORDER BY position LIMIT %(limit)s
"""
# A process that runs seals within a second.
LATE = "SELECT count(*) FROM audit_entry WHERE position IS NULL AND at < now() - interval '1 minute'"
GUARDS = """
    SELECT count(*) FROM pg_trigger
    WHERE tgrelid = 'audit_entry'::regclass AND tgname IN ('audit_is_kept', 'audit_entry_changes')
      AND tgenabled IN ('O', 'A')
"""
MAY_CHANGE = """
    SELECT count(*) FROM pg_class
    WHERE oid = 'audit_entry'::regclass AND (has_table_privilege(oid, 'DELETE') OR pg_has_role(relowner, 'MEMBER'))
"""


@dataclass
class Verified:
    """What was found: how many entries are in the chain, the seal of the last one, and what is wrong."""

    entries: int = 0
    last: Seal | None = None
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


async def verify(connection: Connection, expected: Mapping[int, str]) -> Verified:
    """Go through the whole chain. `expected` are hashes, in hex, that were noted elsewhere, by their positions."""
    found = Verified()
    async for entry, seal in _sealed(connection):
        before = found.last
        if seal.position != (before.position if before else 0) + 1:
            found.faults.append(f"before entry {seal.position}, others are gone")
        elif not is_unchanged(entry, seal, before):
            found.faults.append(f"entry {seal.position} ({entry.id}) is not as it was written")
        if seal.position in expected and expected[seal.position] != seal.hash.hex():
            found.faults.append(f"entry {seal.position} is not the one whose hash was noted")
        found.entries, found.last = found.entries + 1, seal
    found.faults += [
        f"entry {position} is gone" for position in expected if position > (found.last.position if found.last else 0)
    ]
    await _look_at_guards(connection, found)
    return found


async def _look_at_guards(connection: Connection, found: Verified) -> None:
    if late := await value_of(connection, LATE):
        found.faults.append(f"{late} entries are not sealed: the service does not run, or does not come to it")
    if await value_of(connection, IS_ANOTHER_LOG):
        found.faults.append("the last entry that was copied is gone, or is another")
    if await value_of(connection, GUARDS) != 2:
        found.faults.append("the triggers that keep the entries are off")
    if await value_of(connection, MAY_CHANGE):
        found.warnings.append("the role that the service runs as may change its own log (docs/operating.md)")


async def _sealed(connection: Connection) -> AsyncIterator[tuple[Entry, Seal]]:
    after = 0
    while True:
        cursor = connection.cursor(row_factory=dict_row)
        rows = await (await cursor.execute(SEALED, {"after": after, "limit": BATCH})).fetchall()
        for row in rows:
            yield Entry(**{name: row[name] for name in ENTRY}), Seal(**{name: row[name] for name in SEAL})
        if len(rows) < BATCH:
            return
        after = rows[-1]["position"]
