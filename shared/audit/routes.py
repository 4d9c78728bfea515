"""The audit log as coordinators read it, and as everybody reads what they did: `GET /audit` of each service."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from psycopg.rows import class_row

from shared.auth import Caller
from shared.db import Connection, Direct
from shared.http.paging import Linked
from shared.problems import Unauthenticated
from shared.schemas import people as wire

routes = APIRouter(tags=["audit"])
LAST = uuid.UUID(int=2**128 - 1)
OWN_SHOWN = 1000
# Ids are in order of time. Each is read from an index of its own, whose end is the newest.
OF_RECORD = """
    SELECT id, at, caller, address, action, kind, record, region FROM audit_entry
    WHERE record = %(record)s AND (region = %(region)s OR region IS NULL) AND id < %(after)s
    ORDER BY id DESC LIMIT %(limit)s
"""
# Only the index of a region's entries has them in the order of both, so that the one plan that is made for whatever
# region goes by it, also for one that has few of them.
OF_REGION = """
    (SELECT id, at, caller, address, action, kind, record, region FROM audit_entry
     WHERE region BETWEEN %(region)s AND %(region)s AND id < %(after)s ORDER BY region DESC, id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT id, at, caller, address, action, kind, record, region FROM audit_entry
     WHERE region IS NULL AND id < %(after)s ORDER BY region DESC, id DESC LIMIT %(limit)s)
    ORDER BY id DESC LIMIT %(limit)s
"""
OF_CALLER = """
    SELECT id, at, caller, address, action, kind, record, region FROM audit_entry
    WHERE caller = %(caller)s ORDER BY id DESC LIMIT %(limit)s
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
    after: Annotated[uuid.UUID, Query(description="`next` of the page before")] = LAST,
) -> wire.AuditLog:
    """The newest first, of the coordinator's region and of what belongs to no region. Nothing of citizens is in it."""
    caller.require("audit:read")
    values = {"region": caller.region, "record": record, "after": after, "limit": limit + 1}
    rows = await _entries(connection, OF_REGION if record is None else OF_RECORD, values)
    items = rows[:limit]
    return linked(wire.AuditLog(items=items, next=str(items[-1].id) if len(rows) > limit else None))


@routes.get("/audit/mine", summary="What I did and whom I saw")
async def my_audit(connection: Direct, caller: Caller) -> wire.AuditLog:
    """GDPR, article 15: what the log has of whoever asks, the latest thousand, the newest first."""
    if caller.kind == "anonymous":
        raise Unauthenticated
    return wire.AuditLog(items=await _entries(connection, OF_CALLER, {"caller": caller.named, "limit": OWN_SHOWN}))


async def _entries(
    connection: Connection, statement: str, values: dict[str, str | int | uuid.UUID | None]
) -> list[wire.AuditEntry]:
    cursor = connection.cursor(row_factory=class_row(wire.AuditEntry))
    return await (await cursor.execute(statement, values)).fetchall()
