"""API clients: municipal systems that call the API."""

import secrets
import uuid
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access, store
from services.providers.models import ApiClient, Organisation
from services.providers.problems import TwoSecrets
from shared.auth import Principal
from shared.clock import now
from shared.db import lies_within
from shared.keys import hash_token
from shared.problems import InvalidReference, NotFound
from shared.revoked import revoke
from shared.roles import Whose
from shared.schemas import people as wire


async def add_api_client(
    session: AsyncSession, *, caller: Principal, wanted: wire.ApiClientInput, tell: Callable[[str], None]
) -> uuid.UUID:
    """Register an API client. `tell` is given its secret, of which only a hash is kept."""
    caller.require("api-clients:manage")
    caller.require_region(wanted.region)
    caller.require("api-clients:manage", await _whose(session, wanted.region, wanted.organisation_id))
    return await create_api_client(session, wanted, tell)


async def create_api_client(
    session: AsyncSession, wanted: wire.ApiClientInput, tell: Callable[[str], None]
) -> uuid.UUID:
    """The client itself, for whoever has been allowed to ask for it."""
    if wanted.organisation_id is not None:
        organisation = await store.organisation(session, wanted.organisation_id)
        if organisation.region != wanted.region:
            raise InvalidReference(what=str(wanted.organisation_id))
    secret = secrets.token_urlsafe(32)
    client = ApiClient(**wanted.model_dump(), secret_hash=hash_token(secret))
    session.add(client)
    await session.flush()
    tell(secret)
    return client.id


async def renew_secret(
    session: AsyncSession, *, caller: Principal, client: uuid.UUID, tell: Callable[[str], None]
) -> uuid.UUID:
    """A second secret, which works beside the first until `retire_secret`, so that nobody is ever without one."""
    row = await _client(session, caller, client)
    if row.next_secret_hash is not None:
        raise TwoSecrets
    secret = secrets.token_urlsafe(32)
    row.next_secret_hash = hash_token(secret)
    await session.flush()
    tell(secret)
    return row.id


async def retire_secret(session: AsyncSession, *, caller: Principal, client: uuid.UUID) -> None:
    """The old secret works no more; without a new one, nothing changes."""
    row = await _client(session, caller, client)
    if row.next_secret_hash is not None:
        row.secret_hash, row.next_secret_hash = row.next_secret_hash, None


async def revoke_client(session: AsyncSession, *, caller: Principal, client: uuid.UUID) -> None:
    """The client is out: it gets no token any more, and those that it has open nothing."""
    row = await _client(session, caller, client)
    row.revoked_at = row.revoked_at or now()
    await session.flush()
    await revoke(session, "client", client)


async def _client(session: AsyncSession, caller: Principal, client: uuid.UUID) -> ApiClient:
    """An API client, locked; for who may not manage it, it is not there."""
    caller.require("api-clients:manage")
    row = await session.get(ApiClient, client, with_for_update=True)
    if row is None or not caller.may("api-clients:manage", await _whose(session, row.region, row.organisation_id)):
        raise NotFound
    return row


async def _whose(session: AsyncSession, region: str, organisation_id: uuid.UUID | None) -> Whose:
    if organisation_id is None:
        return Whose(region)
    return await access.whose(session, await store.organisation(session, organisation_id))


def managed(caller: Principal) -> sa.ColumnElement[bool]:
    """The API clients that the caller may manage."""
    caller.require("api-clients:manage")
    place = sa.select(Organisation.municipality).where(Organisation.id == ApiClient.organisation_id).scalar_subquery()
    return lies_within(
        caller.within("api-clients:manage"),
        region=ApiClient.region,
        organisation=ApiClient.organisation_id,
        municipality=place,
    )


def shown(client: ApiClient) -> dict[str, object]:
    """A client without its secret."""
    names = ("id", "name", "region", "organisation_id", "scopes", "last_used_at", "revoked_at")
    return {name: getattr(client, name) for name in names} | {"two_secrets": client.next_secret_hash is not None}
