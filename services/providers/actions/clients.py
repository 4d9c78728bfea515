"""API clients: municipal systems that call the API."""

import secrets
import uuid
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.actions.pending_grants import ask_for_scopes, for_second_person, waiting_scopes
from services.providers.models import ApiClient, Organisation, PendingGrant
from services.providers.problems import TwoSecrets
from services.providers.store.organisations import referenced_organisation
from services.providers.store.pending_grants import pending_of_clients
from shared.auth import Principal
from shared.clock import now
from shared.db import lies_within
from shared.keys import hash_token
from shared.problems import InvalidReference, NotFound, NotYours
from shared.revoked import revoke
from shared.roles import Whose
from shared.schemas import people as wire

PLAIN = {"name", "region", "organisation_id", "scopes"}
SCOPES = TypeAdapter(list[wire.Scope])
Show = Callable[[str], None]
"""Is given a secret, of which only a hash is kept."""


async def add_api_client(
    session: AsyncSession, *, caller: Principal, wanted: wire.ApiClientInput, show: Show
) -> uuid.UUID:
    """Register an API client, of whose scopes one that opens citizens' details waits for a second person; returns its
    id."""
    caller.require("api-clients:manage")
    caller.require_region(wanted.region)
    caller.require("api-clients:manage", await place_of_client(session, wanted.region, wanted.organisation_id))
    return await create_api_client(session, wanted, show, given_by=caller.named)


async def create_api_client(
    session: AsyncSession, wanted: wire.ApiClientInput, show: Show, given_by: str | None = None
) -> uuid.UUID:
    """Create the client itself, for whoever has been allowed to ask for it; an operator needs no second person."""
    if wanted.organisation_id is not None:
        organisation = await referenced_organisation(session, wanted.organisation_id)
        if organisation.region != wanted.region:
            raise InvalidReference(what=str(wanted.organisation_id))
    secret = secrets.token_urlsafe(32)
    waiting = waiting_scopes(wanted.scopes, wanted.organisation_id) if given_by else set()
    values = wanted.model_dump(include=PLAIN) | {"scopes": [each for each in wanted.scopes if each not in waiting]}
    client = ApiClient(**values, secret_hash=hash_token(secret), held_by=given_by)
    session.add(client)
    await session.flush()
    if given_by is not None:
        await ask_for_scopes(session, client, waiting, given_by)
    show(secret)
    return client.id


async def renew_secret(session: AsyncSession, *, caller: Principal, client: uuid.UUID, show: Show) -> uuid.UUID:
    """Give a client a second secret, which works beside the first until `retire_secret`, so that it is never without
    one. Whoever is shown it could read what the client may: for the new secret, what opens citizens' details waits for
    a second person. Raises `TwoSecrets`."""
    row = await _locked_client(session, caller, client)
    if row.next_secret_hash is not None:
        raise TwoSecrets
    secret = secrets.token_urlsafe(32)
    waiting = await _opening_scopes(session, row)
    row.next_secret_hash, row.next_held_by = hash_token(secret), caller.named
    row.next_scopes = [scope for scope in row.scopes if scope not in waiting]
    await session.flush()
    await ask_for_scopes(session, row, waiting, caller.named)
    show(secret)
    return row.id


async def retire_secret(session: AsyncSession, *, caller: Principal, client: uuid.UUID) -> None:
    """End a client's old secret, and what only it opened; without a new one, nothing changes."""
    row = await _locked_client(session, caller, client)
    if row.next_secret_hash is not None:
        row.secret_hash, row.next_secret_hash = row.next_secret_hash, None
        row.held_by, row.next_held_by = row.next_held_by, None
        row.scopes, row.next_scopes = row.next_scopes or [], None


async def _opening_scopes(session: AsyncSession, row: ApiClient) -> set[wire.Scope]:
    """Return which of a client's scopes wait, or do when somebody else holds its secret."""
    waiting = [grant.scope for grant in await pending_of_clients(session, [row.id])]
    return waiting_scopes(SCOPES.validate_python([*row.scopes, *waiting]), row.organisation_id)


async def revoke_client(session: AsyncSession, *, caller: Principal, client: uuid.UUID) -> None:
    """End a client: it gets no token any more, and those that it has open nothing."""
    row = await _locked_client(session, caller, client)
    row.revoked_at = row.revoked_at or now()
    await session.execute(sa.delete(PendingGrant).where(PendingGrant.client_id == client))
    await session.flush()
    await revoke(session, "client", client)


async def _locked_client(session: AsyncSession, caller: Principal, client: uuid.UUID) -> ApiClient:
    """Return an API client, locked; for who may not manage it, it is not there."""
    caller.require("api-clients:manage")
    row = await session.get(ApiClient, client, with_for_update=True)
    if row is None:
        raise NotFound
    if not caller.may("api-clients:manage", await place_of_client(session, row.region, row.organisation_id)):
        raise NotYours
    return row


async def place_of_client(session: AsyncSession, region: str, organisation_id: uuid.UUID | None) -> Whose:
    """Return where an API client belongs."""
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


async def for_managers(session: AsyncSession, clients: Sequence[ApiClient]) -> list[wire.ApiClient]:
    """Return clients as their managers see them."""
    pending: dict[uuid.UUID, list[wire.PendingGrant]] = {client.id: [] for client in clients}
    for waiting in await pending_of_clients(session, pending):
        pending[waiting.receiver_id].append(for_second_person(waiting))
    return [_client_shown(client, pending[client.id]) for client in clients]


async def with_secret(session: AsyncSession, client: uuid.UUID, secret: str | None) -> wire.ApiClient:
    """Return a client at the moment when a secret is made for it."""
    [shown] = await for_managers(session, [await session.get_one(ApiClient, client)])
    return shown.model_copy(update={"secret": secret})


def _client_shown(client: ApiClient, pending: Sequence[wire.PendingGrant]) -> wire.ApiClient:
    names = (*sorted(PLAIN), "id", "last_used_at", "revoked_at")
    values: dict[str, object] = {name: getattr(client, name) for name in names}
    return wire.ApiClient.model_validate(
        values | {"two_secrets": client.next_secret_hash is not None, "pending": pending}
    )
