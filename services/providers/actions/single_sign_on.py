"""Setting out to sign in at a municipality's own identity provider; who comes back: `returned_sign_on.py`."""

import datetime as dt
import hashlib
import secrets
import uuid
from base64 import urlsafe_b64encode
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.asking_first import Begin
from services.providers.actions.begun_sign_ins import limited_address
from services.providers.actions.identity_providers import IdentityProvider, Providers, discover
from services.providers.actions.issuer import Issuer
from services.providers.models import SingleSignOn
from services.providers.problems import SingleSignOnFailed
from shared.http.allowances import Allowance
from shared.idempotency import RetryKey
from shared.problems import NotFound
from shared.schemas import people as wire

RETURN_WITHIN = dt.timedelta(minutes=10)


def return_page(public_url: str, provider: IdentityProvider) -> str:
    """Return the page to which a provider sends people back: its own, so that no other's answer is taken for its (RFC
    9700 section 4.4.2)."""
    return f"{public_url}/sign-in/back/{provider.id}"


async def begin_single_sign_on(
    begin: Begin,
    providers: Providers,
    *,
    issuer: Issuer,
    retry: RetryKey,
    wanted: wire.SingleSignOnInput,
    public_url: str,
    address: str,
    allowances: list[Allowance],
    now: dt.datetime,
) -> wire.SingleSignOn:
    """Return where to send somebody to sign in, and what they must come back with; note how many more may begin. The
    provider is asked before the transaction, so that a slow one keeps nobody waiting, and only when one more may begin.
    Raises `TooManyRequests`."""
    provider = providers.get(wanted.provider)
    if provider is None:
        raise NotFound
    async with begin() as session:
        if await retry.once(session).earlier() is None:
            await _delete_old(session, now)
            await _limited(session, issuer, address, [])  # noted when it is kept
    described = await discover(provider)
    async with begin() as session:
        made = await retry.once(session)(lambda: _keep_begun(session, issuer, provider, address, allowances, now))
        row = await session.get(SingleSignOn, made)
        if row is None:  # a retry, after somebody has come back or the time was over
            raise SingleSignOnFailed
        return wire.SingleSignOn(
            id=row.id, address=_address_at_provider(described.authorization_endpoint, provider, row, public_url)
        )


async def _delete_old(session: AsyncSession, now: dt.datetime) -> None:
    await session.execute(sa.delete(SingleSignOn).where(SingleSignOn.created_at < now - RETURN_WITHIN))


async def _limited(session: AsyncSession, issuer: Issuer, address: str, allowances: list[Allowance]) -> bytes:
    return await limited_address(session, issuer, SingleSignOn, address, within=RETURN_WITHIN, allowances=allowances)


async def _keep_begun(
    session: AsyncSession,
    issuer: Issuer,
    provider: IdentityProvider,
    address: str,
    allowances: list[Allowance],
    now: dt.datetime,
) -> uuid.UUID:
    await _delete_old(session, now)
    row = SingleSignOn(
        address_hash=await _limited(session, issuer, address, allowances),
        provider=provider.id,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row.id


def _address_at_provider(endpoint: str, provider: IdentityProvider, row: SingleSignOn, public_url: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": return_page(public_url, provider),
        "scope": "openid email",
        "state": row.state,
        "nonce": row.nonce,
        "code_challenge": _code_challenge(row.verifier),
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def _code_challenge(verifier: str) -> str:
    """RFC 7636, section 4.2."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
