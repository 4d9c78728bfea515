"""Copies that are made anew beside those that are kept, in tables of one transaction's own."""

import uuid

from services.booking.store.copies import Copy
from shared.db import Connection

BEGIN_CURSOR = "INSERT INTO feed_cursor (source) VALUES (%(source)s) ON CONFLICT DO NOTHING"
LOCK_CURSOR = "SELECT FROM feed_cursor WHERE source = %(source)s FOR UPDATE"
SET_CURSOR = """
    UPDATE feed_cursor SET last_event_id = %(event)s, stuck_since = NULL, stuck_event_id = NULL,
        stuck_event_type = NULL, stuck_reason = NULL
    WHERE source = %(source)s
"""


async def lock_cursor(connection: Connection, source: str) -> None:
    """Let nobody else follow a feed until the transaction ends."""
    await connection.execute(BEGIN_CURSOR, {"source": source})
    await connection.execute(LOCK_CURSOR, {"source": source})


async def set_cursor(connection: Connection, source: str, event: uuid.UUID | None) -> None:
    """Note how far a feed has been followed: whoever was stuck before goes on there."""
    await connection.execute(SET_CURSOR, {"source": source, "event": event})


async def shadow(connection: Connection, copy: Copy) -> None:
    """Put an empty table before a copy: what is written to the copy's name goes there until `drop_shadow`."""
    table = copy.table
    await connection.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING ALL) ON COMMIT DROP")


async def drop_shadow(connection: Connection, copy: Copy) -> None:
    """Remove the table that stands before a copy."""
    await connection.execute(f"DROP TABLE pg_temp.{copy.table}")


async def take_over(connection: Connection, copy: Copy) -> list[tuple[object, ...]]:
    """Make a copy like its shadow; return the keys of the rows that differed. What booking itself keeps on a row, such
    as how far its free spans were worked out, stays."""
    key, listed = ", ".join(copy.key), ", ".join(copy.all_columns)
    sets = ", ".join(f"{column} = excluded.{column}" for column in copy.columns)
    gone = await connection.execute(
        f"DELETE FROM public.{copy.table} WHERE ({key}) NOT IN (SELECT {key} FROM pg_temp.{copy.table}) RETURNING {key}"
    )
    removed = await gone.fetchall()
    written = await connection.execute(
        f"INSERT INTO public.{copy.table} ({listed}) "
        f"SELECT {listed} FROM pg_temp.{copy.table} EXCEPT SELECT {listed} FROM public.{copy.table} "
        f"ON CONFLICT ({key}) DO UPDATE SET {sets} RETURNING {key}"
    )
    return [tuple(row) for row in [*removed, *await written.fetchall()]]
