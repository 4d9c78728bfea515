"""API clients: municipal systems that call the API."""

import secrets
import uuid
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.models import ApiClient, Organisation
from services.providers.problems import TwoSecrets
from services.providers.store.organisations import referenced_organisation
from shared.auth import Principal
from shared.clock import now
from shared.db import lies_within
from shared.keys import hash_token
from shared.problems import InvalidReference, NotFound
from shared.revoked import revoke
from shared.roles import Whose
from shared.schemas import people as wire

PLAIN = {"name", "region", "organisation_id", "scopes"}
Show = Callable[[str], None]
"""Is given a secret, of which only a hash is kept."""


async def add_api_client(
    session: AsyncSession, *, caller: Principal, wanted: wire.ApiClientInput, show: Show
) -> uuid.UUID:
    """Register an API client; returns its id."""
    caller.require("api-clients:manage")
    caller.require_region(wanted.region)
    caller.require("api-clients:manage", await _place_of_client(session, wanted.region, wanted.organisation_id))
    return await create_api_client(session, wanted, show)


async def create_api_client(session: AsyncSession, wanted: wire.ApiClientInput, show: Show) -> uuid.UUID:
    """Create the client itself, for whoever has been allowed to ask for it."""
    if wanted.organisation_id is not None:
        organisation = await referenced_organisation(session, wanted.organisation_id)
        if organisation.region != wanted.region:
            raise InvalidReference(what=str(wanted.organisation_id))
    secret = secrets.token_urlsafe(32)
    client = ApiClient(**wanted.model_dump(include=PLAIN), secret_hash=hash_token(secret))
    session.add(client)
    await session.flush()
    show(secret)
    return client.id


async def renew_secret(session: AsyncSession, *, caller: Principal, client: uuid.UUID, show: Show) -> uuid.UUID:
    """Give a client a second secret, which works beside the first until `retire_secret`, so that it is never without
    one. Raises `TwoSecrets`."""
    row = await _locked_client(session, caller, client)
    if row.next_secret_hash is not None:
        raise TwoSecrets
    secret = secrets.token_urlsafe(32)
    row.next_secret_hash = hash_token(secret)
    await session.flush()
    show(secret)
    return row.id


async def retire_secret(session: AsyncSession, *, caller: Principal, client: uuid.UUID) -> None:
    """End a client's old secret; without a new one, nothing changes."""
    row = await _locked_client(session, caller, client)
    if row.next_secret_hash is not None:
        row.secret_hash, row.next_secret_hash = row.next_secret_hash, None


async def revoke_client(session: AsyncSession, *, caller: Principal, client: uuid.UUID) -> None:
    """End a client: it gets no token any more, and those that it has open nothing."""
    row = await _locked_client(session, caller, client)
    row.revoked_at = row.revoked_at or now()
    await session.flush()
    await revoke(session, "client", client)


async def _locked_client(session: AsyncSession, caller: Principal, client: uuid.UUID) -> ApiClient:
    """Return an API client, locked; for who may not manage it, it is not there."""
    caller.require("api-clients:manage")
    row = await session.get(ApiClient, client, with_for_update=True)
    if row is None:
        raise NotFound
    if not caller.may("api-clients:manage", await _place_of_client(session, row.region, row.organisation_id)):
        raise NotFound
    return row


async def _place_of_client(session: AsyncSession, region: str, organisation_id: uuid.UUID | None) -> Whose:
    if organisation_id is None:
        return Whose(region)
    return await access.whose(session, await referenced_organisation(session, organisation_id))


def managed_by(caller: Principal) -> sa.ColumnElement[bool]:
    """Return the condition of an API client that the caller may manage."""
    caller.require("api-clients:manage")
    place = sa.select(Organisation.municipality).where(Organisation.id == ApiClient.organisation_id).scalar_subquery()
    return lies_within(
        caller.within("api-clients:manage"),
        region=ApiClient.region,
        organisation=ApiClient.organisation_id,
        municipality=place,
    )


def for_manager(client: ApiClient, secret: str | None = None) -> wire.ApiClient:
    """Return a client as its manager sees it, with a secret at the moment when it is made."""
    names = (*sorted(PLAIN), "id", "last_used_at", "revoked_at")
    values: dict[str, object] = {name: getattr(client, name) for name in names}
    return wire.ApiClient.model_validate(
        values | {"two_secrets": client.next_secret_hash is not None, "secret": secret}
    )
