"""Counting what is done without signing in. The counts are in the database, so that they hold for all processes."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.booking.domain.limits import Use
from shared.db import Connection
from shared.idempotency import FRESH
from shared.retention import KEYS_KEPT

# In one order, so that two requests that count the same never wait for each other in a circle. A region is found here,
# so that counting is one round trip. What was counted in the window under another secret counts as well: of several
# contacts the most, so that nothing counts twice. What is refused counts for nothing: else who has used up what their
# own address may do would, by trying on, use up what a whole region may.
COUNT = (
    """
    WITH region AS (SELECT coalesce(
        (SELECT region FROM service_point WHERE id = %(point)s),
        (SELECT region FROM tutor WHERE id = %(tutor)s),
        (SELECT t.region FROM offering o JOIN tutor t ON t.organisation_id = o.organisation_id
         WHERE o.id = %(offering)s LIMIT 1),
        (SELECT region FROM municipality WHERE code = %(municipality)s), '') AS name),
    use AS (
        SELECT what, coalesce(who, convert_to(region.name, 'UTF8')) AS who, since, most
        FROM unnest(%(what)s::text[], %(who)s::bytea[], %(since)s::timestamptz[], %(most)s::bigint[])
            AS use (what, who, since, most), region
        WHERE NOT EXISTS ("""
    + FRESH
    + """)),
    formerly AS (
        SELECT use.what, use.who, use.since, max(earlier.count) AS count
        FROM use JOIN anonymous_use earlier
            ON earlier.what = use.what AND earlier.since = use.since AND earlier.who = ANY (%(formerly)s)
        GROUP BY use.what, use.who, use.since),
    tried AS (
        SELECT use.*, coalesce(formerly.count, 0) AS formerly,
               coalesce(done.count, 0) + coalesce(formerly.count, 0) + %(times)s AS count
        FROM use LEFT JOIN anonymous_use done USING (what, who, since) LEFT JOIN formerly USING (what, who, since)),
    counted AS (
        INSERT INTO anonymous_use (what, who, since, count)
        SELECT what, who, since, %(times)s FROM tried
        WHERE NOT EXISTS (SELECT FROM tried WHERE count > most)
        ORDER BY what, who, since
        ON CONFLICT (what, who, since) DO UPDATE SET count = anonymous_use.count + %(times)s
        RETURNING what, who, since, count)
    SELECT what, coalesce(counted.count + tried.formerly, tried.count)
    FROM tried LEFT JOIN counted USING (what, who, since)
"""
)
FORGET = "DELETE FROM anonymous_use WHERE since < %(before)s"


@dataclass(frozen=True)
class Retry:
    """By what it is known that a request was carried out before: it is not counted again."""

    callers: tuple[str, ...]
    key: str | None


@dataclass(frozen=True)
class Where:
    """What a region follows from, as far as it is known."""

    point: uuid.UUID | None = None
    tutor: uuid.UUID | None = None
    offering: uuid.UUID | None = None
    municipality: str | None = None


async def count(
    connection: Connection, uses: Sequence[tuple[tuple[bytes, ...], Use]], where: Where, retry: Retry, times: int = 1
) -> dict[str, int]:
    """Count each use, by the first hash of its `who`, or by the region where there is none; return how often each was
    done in its window, by its name: of several contacts, the one that was used most. When one of them would be more
    than it may, none is counted. Nothing is counted, or returned, of a retry. Stands outside any transaction: what is
    refused afterwards for another reason has been tried all the same."""
    values = {
        **vars(where),
        "callers": list(retry.callers),
        "key": retry.key,
        "kept": KEYS_KEPT,
        "times": times,
        "what": [use.name for _hash, use in uses],
        "who": [hashes[0] if hashes else None for hashes, _use in uses],
        "formerly": [hashed for hashes, _use in uses for hashed in hashes[1:]],
        "since": [use.since for _hash, use in uses],
        "most": [use.most for _hash, use in uses],
    }
    rows = await (await connection.execute(COUNT, values)).fetchall()
    return {what: max(number for name, number in rows if name == what) for what, _number in rows}


async def forget_counts(connection: Connection, before: dt.datetime) -> None:
    """Delete the counts of windows that began before then."""
    await connection.execute(FORGET, {"before": before})
