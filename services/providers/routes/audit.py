"""The audit log: the transaction tells the database who is calling, and coordinators read what was done."""

import uuid
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request

from services.providers import store
from services.providers.routes.common import Address
from shared.auth import Caller
from shared.db import Session
from shared.schemas import people as wire

routes = APIRouter(tags=["audit"])
WHO = sa.text("SELECT set_config('vuoro.caller', :caller, true), set_config('vuoro.address', :address, true)")


async def told(request: Request, session: Session, caller: Caller, address: Address) -> None:
    """Tell the transaction of a writing request who is calling, and from where."""
    if request.method != "GET":
        await session.execute(WHO, {"caller": f"{caller.kind}:{caller.id}", "address": address})


@routes.get("/audit", summary="Who did what to which record")
async def audit(
    session: Session,
    caller: Caller,
    record: Annotated[
        str | None, Query(pattern=r"^[A-Za-z0-9-]{1,100}$", description="only what was done to this record")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    after: Annotated[uuid.UUID | None, Query(description="`next` of the page before")] = None,
) -> wire.AuditLog:
    """The newest first, of the coordinator's region and of what belongs to no region. Nothing of citizens is in it."""
    caller.require("audit:read")
    rows = await store.audit(session, region=caller.region, record=record, after=after, limit=limit + 1)
    items = [wire.AuditEntry.model_validate(row) for row in rows[:limit]]
    return wire.AuditLog(items=items, next=str(items[-1].id) if len(rows) > limit else None)
