"""Counting what is done without signing in. The counts are in the database, so that they hold for all processes."""

import datetime as dt
from collections.abc import Sequence

from services.booking.domain.limits import Use
from shared.db import Connection

# In one order, so that two requests that count the same never wait for each other in a circle.
COUNT = """
    INSERT INTO anonymous_use (what, who, since, count)
    SELECT what, who, since, 1
    FROM unnest(%(what)s::text[], %(who)s::bytea[], %(since)s::timestamptz[]) AS use (what, who, since)
    ORDER BY what, who, since
    ON CONFLICT (what, who, since) DO UPDATE SET count = anonymous_use.count + 1
    RETURNING what, who, since, count
"""
FORGET = "DELETE FROM anonymous_use WHERE since < %(before)s"


async def count(connection: Connection, uses: Sequence[tuple[bytes, Use]]) -> list[Use]:
    """Count each use, `who` being its hash; return those of which there are too many. Stands outside any transaction:
    what is refused afterwards has been tried all the same."""
    values = {
        "what": [f"{use.what} {use.by}" for _hash, use in uses],
        "who": [hashed for hashed, _use in uses],
        "since": [use.since for _hash, use in uses],
    }
    rows = await (await connection.execute(COUNT, values)).fetchall()
    counts = {(what, bytes(who), since): number for what, who, since, number in rows}
    return [use for hashed, use in uses if counts[f"{use.what} {use.by}", hashed, use.since] > use.most]


async def forget_counts(connection: Connection, before: dt.datetime) -> None:
    """Delete the counts of windows that began before then."""
    await connection.execute(FORGET, {"before": before})
