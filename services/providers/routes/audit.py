"""The audit log: the database is given who is calling, and coordinators read what was done."""

import uuid
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.store.audit import WHO, audit_entries
from shared.auth import Caller, Principal
from shared.db import Session
from shared.http.paging import Linked
from shared.schemas import people as wire

routes = APIRouter(tags=["audit"])


async def _caller_address(request: Request) -> str:
    """Return whence a request comes, as the gateway says; empty when nobody does."""
    return request.client.host if request.client else ""


Address = Annotated[str, Depends(_caller_address)]


def note_caller(session: AsyncSession, caller: Principal, address: str) -> None:
    """Give the database's audit triggers who is calling, and from where, for a session's transaction.

    They get it as the transaction begins, which is when the session is first used: a request that does not use it, or
    not yet, takes no connection.
    """
    who = {"caller": caller.named, "address": address}

    def set_caller(_session: object, _transaction: object, connection: sa.Connection) -> None:
        connection.execute(WHO, who)

    sa.event.listen(session.sync_session, "after_begin", set_caller)


async def audited(request: Request, session: Session, caller: Caller, address: Address) -> None:
    """Note the caller of a writing request."""
    if request.method != "GET":
        note_caller(session, caller, address)


@routes.get("/audit", summary="Who did what to which record")
async def audit(
    session: Session,
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
    rows = await audit_entries(session, region=caller.region, record=record, after=after, limit=limit + 1)
    items = [wire.AuditEntry.model_validate(row) for row in rows[:limit]]
    return linked(wire.AuditLog(items=items, next=str(items[-1].id) if len(rows) > limit else None))
