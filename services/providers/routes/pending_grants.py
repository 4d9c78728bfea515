"""What waits for a second person."""

import uuid

from fastapi import APIRouter

from services.providers.actions import confirming
from services.providers.actions.grant_notices import grant_message
from services.providers.models import PendingGrant
from services.providers.routes.registry import AfterId, Limit
from services.providers.store.records import page
from shared.auth import Caller
from shared.clock import Now
from shared.db import Session
from shared.http.paging import Linked
from shared.idempotency import Idempotent
from shared.schemas import people as wire

routes = APIRouter(tags=["people and tokens"])


@routes.get("/pending-grants", summary="What waits for me to confirm it")
async def list_pending_grants(
    session: Session, linked: Linked, caller: Caller, now: Now, limit: Limit = 100, after: AfterId = None
) -> wire.PendingGrants:
    """Roles and scopes that the caller could give, and neither gave nor was given."""
    waiting = confirming.waiting_for(caller, now)
    rows, following = await page(session, PendingGrant, PendingGrant.id, after=after, limit=limit, only=[waiting])
    return linked(wire.PendingGrants(items=await confirming.in_detail(session, rows), next=following))


@routes.post("/pending-grants/{id}/confirmation", status_code=204, summary="Confirm what somebody else has given")
async def confirm_grant(session: Session, caller: Caller, once: Idempotent, now: Now, id: uuid.UUID) -> None:
    """It holds at once, and the organisation is told."""
    await once(lambda: confirming.confirm(session, caller=caller, grant=id, now=now))


@routes.post("/pending-grants/{id}/refusal", status_code=204, summary="Refuse or withdraw what waits")
async def refuse_grant(session: Session, caller: Caller, once: Idempotent, now: Now, id: uuid.UUID) -> None:
    """For whoever could give it, who gave it among them. An account that may do nothing else is forgotten."""
    await once(lambda: confirming.refuse(session, caller=caller, grant=id, now=now))


@routes.get("/grant-notices/{id}/message", summary="What to tell of a grant", include_in_schema=False)
async def show_grant_message(session: Session, caller: Caller, id: uuid.UUID) -> wire.GrantMessage:
    caller.require("recipients:read")
    return await grant_message(session, id)
