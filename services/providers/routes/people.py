"""Accounts and API clients."""

import uuid

from fastapi import APIRouter

from services.providers import access, store
from services.providers.actions import people
from services.providers.models import ApiClient, Person
from services.providers.store import roles as roles_of
from shared.auth import Caller
from shared.clock import Now
from shared.db import Session
from shared.idempotency import Idempotent
from shared.problems import Unauthenticated
from shared.schemas import people as wire

routes = APIRouter(tags=["people and tokens"])


@routes.get("/me", summary="Who am I?")
async def me(caller: Caller) -> wire.Me:
    if caller.region is None:
        raise Unauthenticated
    return wire.Me(id=caller.id, region=caller.region, roles=list(caller.roles))


@routes.post("/people", status_code=201, summary="Give a staff member or coordinator an account")
async def add_person(session: Session, caller: Caller, once: Idempotent, wanted: wire.PersonInput) -> wire.Person:
    person = await session.get_one(Person, await once(lambda: people.add_person(session, caller=caller, wanted=wanted)))
    return wire.Person.model_validate(
        {
            "id": person.id,
            "region": person.region,
            "language": person.language,
            "roles": [wire.Role.model_validate(role) for role in await roles_of(session, person.id)],
        }
    )


@routes.post("/api-clients", status_code=201, summary="Register an API client")
async def add_api_client(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.ApiClientInput
) -> wire.ApiClient:
    """The secret is shown once, in this answer; a retry with the same `Idempotency-Key` answers without it."""
    secrets: list[str] = []
    client = await once(lambda: people.add_api_client(session, caller=caller, wanted=wanted, tell=secrets.append))
    row = await session.get_one(ApiClient, client)
    return wire.ApiClient.model_validate({**people.shown(row), "secret": next(iter(secrets), None)})


@routes.get("/api-clients", summary="The API clients of one's region")
async def api_clients(session: Session, caller: Caller) -> wire.ApiClients:
    """With when each was used last; without secrets."""
    access.may_give_access(caller, caller.region or "")
    rows = await store.api_clients(session, caller.region or "")
    return wire.ApiClients(items=[wire.ApiClient.model_validate(people.shown(row)) for row in rows])


@routes.post("/api-clients/{id}/secret", status_code=201, summary="Give a client a new secret")
async def renew_secret(session: Session, caller: Caller, once: Idempotent, id: uuid.UUID) -> wire.ApiClient:
    """It is shown once, in this answer, and works beside the old one until `DELETE …/old-secret`."""
    secrets: list[str] = []
    await once(lambda: people.renew_secret(session, caller=caller, client=id, tell=secrets.append))
    row = await session.get_one(ApiClient, id)
    return wire.ApiClient.model_validate({**people.shown(row), "secret": next(iter(secrets), None)})


@routes.delete("/api-clients/{id}/old-secret", status_code=204, summary="Retire a client's old secret")
async def retire_secret(session: Session, caller: Caller, id: uuid.UUID) -> None:
    await people.retire_secret(session, caller=caller, client=id)


@routes.delete("/api-clients/{id}", status_code=204, summary="Revoke a client")
async def revoke_client(session: Session, caller: Caller, now: Now, id: uuid.UUID) -> None:
    """It gets no token any more; one that it has is good for a quarter of an hour at most."""
    await people.revoke_client(session, caller=caller, client=id, now=now)
