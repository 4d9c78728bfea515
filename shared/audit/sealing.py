"""Sealing what was written into the audit log, once it is committed, in the order of its ids.

Not in the transaction that writes it: those would have to wait for each other.
"""

from psycopg.rows import class_row

from shared.audit.chain import Entry, Seal, sealed
from shared.db import Connection, value_of

BATCH = 1000
IS_UNSEALED = "SELECT EXISTS (SELECT FROM audit_entry WHERE position IS NULL)"
TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('vuoro.audit'))"
LAST = """
    SELECT position, address_hash, hash FROM audit_entry WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1
"""
UNSEALED = """
    SELECT id, at, caller, address, salt, action, kind, record, region FROM audit_entry WHERE position IS NULL
    ORDER BY id LIMIT %(limit)s
"""
SEAL = """
    UPDATE audit_entry SET position = seal.position, address_hash = seal.address_hash, hash = seal.hash
    FROM unnest(%(ids)s::uuid[], %(positions)s::bigint[], %(address_hashes)s::bytea[], %(hashes)s::bytea[])
         AS seal (id, position, address_hash, hash)
    WHERE audit_entry.id = seal.id
"""


async def seal(connection: Connection) -> None:
    """Seal all entries that are committed and not sealed yet, unless another process is at it. For a connection outside
    a transaction."""
    while await value_of(connection, IS_UNSEALED):
        async with connection.transaction():
            if not await value_of(connection, TRY_LOCK):
                return
            await _seal_batch(connection)


async def _seal_batch(connection: Connection) -> None:
    last = await (await connection.cursor(row_factory=class_row(Seal)).execute(LAST)).fetchone()
    entries = await (
        await connection.cursor(row_factory=class_row(Entry)).execute(UNSEALED, {"limit": BATCH})
    ).fetchall()
    seals: list[Seal] = []
    for entry in entries:
        last = sealed(entry, last)
        seals.append(last)
    values = {
        "ids": [entry.id for entry in entries],
        "positions": [each.position for each in seals],
        "address_hashes": [each.address_hash for each in seals],
        "hashes": [each.hash for each in seals],
    }
    await connection.execute(SEAL, values)
