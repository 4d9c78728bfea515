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
    UPDATE audit_entry SET position = %(position)s, address_hash = %(address_hash)s, hash = %(hash)s WHERE id = %(id)s
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
    seals: list[dict[str, object]] = []
    for entry in entries:
        last = sealed(entry, last)
        seals.append({"id": entry.id, **vars(last)})
    await connection.cursor().executemany(SEAL, seals)  # one after another, as the chain goes
