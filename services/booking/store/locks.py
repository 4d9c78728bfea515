"""Locks on tutors' time.

A tutor's time is changed under a lock of their own. Tutors who depend on each other, through rooms or by giving visits
together, change under one lock for the region. Tutors' own locks are taken before a region's, and each in order. A
transaction that locks twice may still meet another in a circle: PostgreSQL ends one of them, which is tried once more.
"""

import uuid
from collections.abc import Sequence

from shared.db import Connection

# What a tutor's time is locked by; `tutor` is the row.
KEY = "CASE WHEN tutor.pooled THEN 'region:' || tutor.region ELSE 'by-tutor:' || tutor.id END"
KEYS = f"SELECT DISTINCT {KEY} AS key FROM tutor WHERE id = ANY (%(tutors)s::uuid[]) ORDER BY key"
LOCK = (
    "SELECT key, pg_advisory_xact_lock(hashtextextended('vuoro.time:' || key, 0)) FROM unnest(%(keys)s::text[]) AS key"
)
LOCK_ONE = f"""
    SELECT key, pg_advisory_xact_lock(hashtextextended('vuoro.time:' || key, 0))
    FROM (SELECT {KEY} AS key FROM tutor WHERE id = %(tutor)s) AS tutor
"""


async def lock_tutors(connection: Connection, tutors: Sequence[uuid.UUID], *, region: str | None = None) -> None:
    """Let the time of these tutors be changed by one transaction at a time, until this one ends; with `region`, that of
    all who depend on each other there.

    Who waited may find that a tutor has come to depend on others meanwhile; then that lock is taken, too.
    """
    held: set[str] = set()
    found = await connection.execute(KEYS, {"tutors": list(tutors)})
    keys = {row[0] for row in await found.fetchall()} | ({f"region:{region}"} if region else set())
    while not keys <= held:
        async with connection.pipeline():  # the keys are looked at again once the locks are held
            await connection.execute(LOCK, {"keys": sorted(keys - held)})
            found = await connection.execute(KEYS, {"tutors": list(tutors)})
        held |= keys
        keys = {row[0] for row in await found.fetchall()} | keys


REGION_OF = "SELECT region FROM tutor WHERE id = ANY (%(ids)s::uuid[]) LIMIT 1"


async def region_of(connection: Connection, tutors: Sequence[uuid.UUID]) -> str | None:
    """Return the region of these tutors, who are all of one; None when none of them is known."""
    row = await (await connection.execute(REGION_OF, {"ids": list(tutors)})).fetchone()
    return row[0] if row else None
