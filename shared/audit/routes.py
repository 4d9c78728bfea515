"""The audit log as coordinators read it: `GET /audit` of each service."""

import uuid
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from psycopg.rows import class_row

from shared.auth import Caller
from shared.db import Connection, Direct
from shared.http.paging import Linked
from shared.schemas import people as wire

routes = APIRouter(tags=["audit"])
# Ids are in order of time.
ENTRIES = """
    SELECT id, at, caller, address, action, kind, record, region FROM audit_entry
    WHERE (%(region)s::text IS NULL OR region IS NULL OR region = %(region)s)
      AND (%(record)s::text IS NULL OR record = %(record)s) AND (%(after)s::uuid IS NULL OR id < %(after)s)
    ORDER BY id DESC LIMIT %(limit)s
"""


@routes.get("/audit", summary="Who did what to which record, and who saw whom")
async def audit(
    connection: Direct,
    linked: Linked,
    caller: Caller,
    record: Annotated[
        str | None,
        Query(max_length=100, pattern=r"^[A-Za-z0-9-]{1,100}$", description="only what was done to this record"),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    after: Annotated[uuid.UUID | None, Query(description="`next` of the page before")] = None,
) -> wire.AuditLog:
    """The newest first, of the coordinator's region and of what belongs to no region. Nothing of citizens is in it."""
    caller.require("audit:read")
    values = {"region": caller.region, "record": record, "after": after, "limit": limit + 1}
    rows = await _entries(connection, values)
    items = rows[:limit]
    return linked(wire.AuditLog(items=items, next=str(items[-1].id) if len(rows) > limit else None))


async def _entries(connection: Connection, values: Mapping[str, object]) -> list[wire.AuditEntry]:
    cursor = connection.cursor(row_factory=class_row(wire.AuditEntry))
    return await (await cursor.execute(ENTRIES, values)).fetchall()
