"""The tokens of API clients (RFC 6749 section 4.4)."""

import datetime as dt
import hmac
import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.issuer import Issuer
from services.providers.actions.logins import USED_EVERY
from services.providers.models import ApiClient
from services.providers.problems import InvalidClient, InvalidScope
from services.providers.store.clients import note_use
from shared.audit.log import About
from shared.keys import ACCESS_LIFETIME, ISSUER, hash_token
from shared.schemas.people import Token


async def client_token(
    session: AsyncSession, *, issuer: Issuer, client_id: str, client_secret: str, scope: str | None, now: dt.datetime
) -> Token:
    """Return a token for an API client, by either of its secrets; raises `InvalidClient` and `InvalidScope`."""
    client = await _client_called(session, client_id)
    if client is None:
        raise InvalidClient
    offered = hash_token(client_secret)
    if client.revoked_at is not None or not _has_secret(client, offered):
        raise InvalidClient(About(str(client.id), client.region))
    is_next = not hmac.compare_digest(offered, client.secret_hash)
    allowed = (client.next_scopes or []) if is_next else client.scopes
    scopes = scope.split() if scope else allowed
    if not set(scopes) <= set(allowed):
        raise InvalidScope
    if client.last_used_at is None or now - client.last_used_at > USED_EVERY:
        await note_use(session, client.id, now)
    claims = {
        "kind": "client",
        "region": client.region,
        "organisation": str(client.organisation_id) if client.organisation_id else None,
        "scope": " ".join(scopes),
        "held_by": client.next_held_by if is_next else client.held_by,
    }
    token = issuer.keys.current().sign(ISSUER, str(client.id), ACCESS_LIFETIME, claims)
    return Token(access_token=token, expires_in=int(ACCESS_LIFETIME.total_seconds()), scope=" ".join(scopes))


def _has_secret(client: ApiClient, offered: bytes) -> bool:
    known = [secret for secret in (client.secret_hash, client.next_secret_hash) if secret is not None]
    return sum(hmac.compare_digest(offered, secret) for secret in known) > 0  # each in the same time


async def _client_called(session: AsyncSession, client_id: str) -> ApiClient | None:
    """Return the client, locked against being revoked while it is given a token."""
    try:
        return await session.get(ApiClient, uuid.UUID(client_id), with_for_update={"read": True})
    except ValueError:
        return None
