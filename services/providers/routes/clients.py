"""API clients."""

import uuid

from fastapi import APIRouter

from services.providers.actions import clients
from services.providers.models import ApiClient
from services.providers.routes.registry import AfterId, Limit
from services.providers.store.records import page
from shared.auth import Caller
from shared.db import Session
from shared.http.paging import Linked
from shared.idempotency import Idempotent
from shared.schemas import people as wire

routes = APIRouter(tags=["people and tokens"])


@routes.post("/api-clients", status_code=201, summary="Register an API client")
async def add_api_client(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.ApiClientInput
) -> wire.ApiClient:
    """The secret is shown once, in this answer; a retry with the same `Idempotency-Key` answers without it. An
    organisation's `appointments:read` holds once a second person has confirmed it."""
    secrets: list[str] = []
    client = await once(lambda: clients.add_api_client(session, caller=caller, wanted=wanted, show=secrets.append))
    return await clients.with_secret(session, client, next(iter(secrets), None))


@routes.get("/api-clients", summary="The API clients that one manages")
async def list_api_clients(
    session: Session, linked: Linked, caller: Caller, limit: Limit = 500, after: AfterId = None
) -> wire.ApiClients:
    """With when each was used last; without secrets."""
    managed = clients.managed_by(caller)
    rows, following = await page(session, ApiClient, ApiClient.id, after=after, limit=limit, only=[managed])
    return linked(wire.ApiClients(items=await clients.for_managers(session, rows), next=following))


@routes.post("/api-clients/{id}/secret", status_code=201, summary="Give a client a new secret")
async def renew_secret(session: Session, caller: Caller, once: Idempotent, id: uuid.UUID) -> wire.ApiClient:
    """It is shown once, in this answer, and works beside the old one until `DELETE …/old-secret`; for an organisation's
    `appointments:read`, once a second person has confirmed that."""
    secrets: list[str] = []
    await once(lambda: clients.renew_secret(session, caller=caller, client=id, show=secrets.append))
    return await clients.with_secret(session, id, next(iter(secrets), None))


@routes.delete("/api-clients/{id}/old-secret", status_code=204, summary="Retire a client's old secret")
async def retire_secret(session: Session, caller: Caller, id: uuid.UUID) -> None:
    await clients.retire_secret(session, caller=caller, client=id)


@routes.delete("/api-clients/{id}", status_code=204, summary="Revoke a client")
async def revoke_client(session: Session, caller: Caller, id: uuid.UUID) -> None:
    """It gets no token any more, and the tokens that it has open nothing: here within a second, in the other services
    within a few."""
    await clients.revoke_client(session, caller=caller, client=id)
