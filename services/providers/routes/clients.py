"""API clients."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from services.providers import store
from services.providers.actions import clients
from services.providers.models import ApiClient
from shared.auth import Caller
from shared.db import Session
from shared.idempotency import Idempotent
from shared.schemas import people as wire

routes = APIRouter(tags=["people and tokens"])


@routes.post("/api-clients", status_code=201, summary="Register an API client")
async def add_api_client(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.ApiClientInput
) -> wire.ApiClient:
    """The secret is shown once, in this answer; a retry with the same `Idempotency-Key` answers without it."""
    secrets: list[str] = []
    client = await once(lambda: clients.add_api_client(session, caller=caller, wanted=wanted, tell=secrets.append))
    return await _with_secret(session, client, secrets)


@routes.get("/api-clients", summary="The API clients that one manages")
async def api_clients(
    session: Session,
    caller: Caller,
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
    after: Annotated[uuid.UUID | None, Query(description="`next` of the page before")] = None,
) -> wire.ApiClients:
    """With when each was used last; without secrets."""
    rows, following = await store.page(
        session, ApiClient, ApiClient.id, after=after, limit=limit, only=[clients.managed(caller)]
    )
    return wire.ApiClients(items=[wire.ApiClient.model_validate(clients.shown(row)) for row in rows], next=following)


@routes.post("/api-clients/{id}/secret", status_code=201, summary="Give a client a new secret")
async def renew_secret(session: Session, caller: Caller, once: Idempotent, id: uuid.UUID) -> wire.ApiClient:
    """It is shown once, in this answer, and works beside the old one until `DELETE …/old-secret`."""
    secrets: list[str] = []
    await once(lambda: clients.renew_secret(session, caller=caller, client=id, tell=secrets.append))
    return await _with_secret(session, id, secrets)


async def _with_secret(session: Session, client: uuid.UUID, secrets: list[str]) -> wire.ApiClient:
    row = await session.get_one(ApiClient, client)
    return wire.ApiClient.model_validate({**clients.shown(row), "secret": next(iter(secrets), None)})


@routes.delete("/api-clients/{id}/old-secret", status_code=204, summary="Retire a client's old secret")
async def retire_secret(session: Session, caller: Caller, id: uuid.UUID) -> None:
    await clients.retire_secret(session, caller=caller, client=id)


@routes.delete("/api-clients/{id}", status_code=204, summary="Revoke a client")
async def revoke_client(session: Session, caller: Caller, id: uuid.UUID) -> None:
    """It gets no token any more, and the tokens that it has open nothing: here within a second, in the other services
    within a few."""
    await clients.revoke_client(session, caller=caller, client=id)
