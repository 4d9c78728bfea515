"""Verifying the audit log of a service: its chain is whole, and what keeps it so is in force."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from psycopg.rows import dict_row

from shared.audit.chain import Entry, Seal, is_unchanged
from shared.audit.copying import IS_ANOTHER_LOG
from shared.audit.guards import SEARCH_NOTHING, what_disarms, wrong_guards
from shared.audit.rights import wrong_rights
from shared.db import Connection, value_of

BATCH = 5000
ENTRY, SEAL = tuple(Entry.__dataclass_fields__), tuple(Seal.__dataclass_fields__)
SEALED = """
    SELECT id, at, caller, address, salt, action, kind, record, region, position, address_hash, hash
    FROM public.audit_entry WHERE position > %(after)s ORDER BY position LIMIT %(limit)s
"""
# A process that runs seals within a second.
LATE = "SELECT count(*) FROM public.audit_entry WHERE position IS NULL AND at < now() - interval '1 minute'"


@dataclass
class Verified:
    """What was found: how many entries are in the chain, the seal of the last one, and what is wrong."""

    entries: int = 0
    last: Seal | None = None
    faults: list[str] = field(default_factory=list)


async def verify(connection: Connection, expected: Mapping[int, str], guards: Mapping[str, str]) -> Verified:
    """Go through the whole chain, and look at what keeps it, as the role that the service runs as. `expected` are
    hashes, in hex, that were noted elsewhere, by their positions; `guards` what the migrations make."""
    found = Verified(faults=await what_disarms(connection))
    async with connection.transaction():
        await connection.execute(SEARCH_NOTHING)
        await _go_through(connection, found, expected)
        await _look_at_the_end(connection, found)
        found.faults += await wrong_guards(connection, guards) + await wrong_rights(connection)
    return found


async def _go_through(connection: Connection, found: Verified, expected: Mapping[int, str]) -> None:
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


async def _look_at_the_end(connection: Connection, found: Verified) -> None:
    if late := await value_of(connection, LATE):
        found.faults.append(f"{late} entries are not sealed: the service does not run, or does not come to it")
    if await value_of(connection, IS_ANOTHER_LOG):
        found.faults.append("the last entry that was copied is gone, or is another")


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
