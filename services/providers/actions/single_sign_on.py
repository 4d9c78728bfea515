"""Signing in at a municipality's own identity provider (OpenID Connect Core 1.0, authorization code flow with PKCE).

A provider vouches for the e-mail addresses of its own domains, in its own region, and for nobody else; so one
municipality's provider cannot open another's accounts. Somebody who has come once is known by the provider's own name
for them, so that a changed e-mail address does not lock them out.
"""

import datetime as dt
import hashlib
import secrets
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlencode

import httpx2
import jwt
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, TypeAdapter, ValidationError
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import store
from services.providers.actions import sign_in
from services.providers.actions.sign_in import Issuer
from services.providers.models import Identity, Person, SingleSignOn
from services.providers.problems import NotVouchedFor, SingleSignOnFailed
from shared import contacts
from shared.problems import NotFound, Unavailable
from shared.schemas import people as wire
from shared.schemas.common import RegionCode, ShortText, WebAddress
from shared.tls import tls_context

RETURN_WITHIN = dt.timedelta(minutes=10)
SECONDS_TO_ANSWER = 5.0
LARGEST_ANSWER = 2**20
# None that our own secret could forge.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]


class IdentityProvider(BaseModel):
    """A municipality's own identity provider, as an operator describes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,49}$")
    name: ShortText
    region: RegionCode
    email_domains: frozenset[str] = Field(min_length=1)
    issuer: WebAddress
    client_id: str
    client_secret: SecretStr


class Discovered(BaseModel):
    """What a provider says of itself (OpenID Connect Discovery 1.0), as far as it matters here."""

    issuer: str
    authorization_endpoint: WebAddress
    token_endpoint: WebAddress
    jwks_uri: WebAddress
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class Claims(BaseModel):
    """What a provider says of who came back (OpenID Connect Core 1.0, section 2), as far as it matters here."""

    sub: Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]{1,255}$")]
    aud: str | list[str]
    azp: str | None = None
    nonce: str
    email: str | None = None
    email_verified: bool = False


Providers = dict[str, IdentityProvider]


def read_providers(path: Path | None) -> Providers:
    """The providers that a file describes, by id; none without a file."""
    if path is None:
        return {}
    listed = TypeAdapter(list[IdentityProvider]).validate_json(path.read_bytes())
    return {provider.id: provider for provider in listed}


def returns_to(public_url: str) -> str:
    """The page to which a provider sends people back."""
    return f"{public_url}/sign-in/back"


async def begin(
    session: AsyncSession, providers: Providers, *, wanted: wire.SingleSignOnInput, public_url: str, now: dt.datetime
) -> wire.SingleSignOn:
    """Where to send somebody to sign in, and what they must come back with."""
    provider = providers.get(wanted.provider)
    if provider is None:
        raise NotFound
    async with httpx2.AsyncClient(timeout=SECONDS_TO_ANSWER, verify=tls_context()) as http:
        says = await _discovered(http, provider)
    row = SingleSignOn(
        provider=provider.id,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        created_at=now,
    )
    await session.execute(sa.delete(SingleSignOn).where(SingleSignOn.created_at < now - RETURN_WITHIN))
    session.add(row)
    await session.flush()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": returns_to(public_url),
        "scope": "openid email",
        "state": row.state,
        "nonce": row.nonce,
        "code_challenge": _challenge(row.verifier),
        "code_challenge_method": "S256",
    }
    address = says.authorization_endpoint
    return wire.SingleSignOn(id=row.id, address=f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}")


@dataclass(frozen=True)
class Begun:
    """A sign-in that somebody has come back from."""

    provider: IdentityProvider
    state: str
    nonce: str
    verifier: str


async def take(session: AsyncSession, providers: Providers, *, begun: uuid.UUID, now: dt.datetime) -> Begun:
    """What was begun, which is over with this."""
    gone = sa.delete(SingleSignOn).where(SingleSignOn.id == begun, SingleSignOn.created_at > now - RETURN_WITHIN)
    row = await session.scalar(gone.returning(SingleSignOn))
    if row is None or row.provider not in providers:
        raise SingleSignOnFailed
    return Begun(providers[row.provider], row.state, row.nonce, row.verifier)


async def claims_of(begun: Begun, wanted: wire.SingleSignOnCode, public_url: str) -> Claims:
    """What the provider says of who came back."""
    if not secrets.compare_digest(begun.state.encode(), wanted.state.encode()):
        raise SingleSignOnFailed
    return await _claims(begun, wanted.code, returns_to(public_url))


async def come_in(
    session: AsyncSession, *, issuer: Issuer, provider: IdentityProvider, claims: Claims, now: dt.datetime
) -> wire.Token:
    """A token for whom the provider has vouched for."""
    person = await _person(session, provider, claims)
    return await sign_in.open_session(session, issuer=issuer, person=person, how="single_sign_on", now=now)


def _challenge(verifier: str) -> str:
    """RFC 7636, section 4.2."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


async def _discovered(http: httpx2.AsyncClient, provider: IdentityProvider) -> Discovered:
    """What a provider says of itself, which must be who it is."""
    says = await _asked(http, "GET", f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    found = _read(Discovered, says)
    if found.issuer != provider.issuer:
        raise SingleSignOnFailed
    return found


async def _claims(begun: Begun, code: str, address: str) -> Claims:
    """What the provider says of who came back, checked as section 3.1.3.7 of the specification asks."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": address, "code_verifier": begun.verifier}
    provider, secret = begun.provider, begun.provider.client_secret.get_secret_value()
    async with httpx2.AsyncClient(timeout=SECONDS_TO_ANSWER, verify=tls_context()) as http:
        says = await _discovered(http, provider)
        if "client_secret_basic" in says.token_endpoint_auth_methods_supported:
            basic = (quote(provider.client_id, safe=""), quote(secret, safe=""))  # RFC 6749, 2.3.1
            answer = await _asked(http, "POST", says.token_endpoint, data=form, auth=basic)
        else:
            form |= {"client_id": provider.client_id, "client_secret": secret}
            answer = await _asked(http, "POST", says.token_endpoint, data=form)
        keys = await _asked(http, "GET", says.jwks_uri)
    try:
        token = str(answer["id_token"])
        told = jwt.decode(
            token,
            _key(keys, jwt.get_unverified_header(token).get("kid")),
            algorithms=ALGORITHMS,
            issuer=provider.issuer,
            audience=provider.client_id,
            leeway=60,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError):
        raise SingleSignOnFailed from None
    claims = _read(Claims, told)
    several = isinstance(claims.aud, list) and len(claims.aud) > 1
    if claims.nonce != begun.nonce or (several and claims.azp != provider.client_id):
        raise SingleSignOnFailed
    return claims


Shape = TypeVar("Shape", bound=BaseModel)


def _read(shape: type[Shape], says: dict[str, Any]) -> Shape:
    try:
        return shape.model_validate(says)
    except ValidationError:
        raise SingleSignOnFailed from None


def _key(keys: dict[str, Any], kid: str | None) -> jwt.PyJWK:
    """The key called `kid`; a provider with a single key need not name it."""
    known = jwt.PyJWKSet.from_dict(keys).keys
    found = next((key for key in known if kid is None or key.key_id == kid), None)
    if found is None:
        raise jwt.InvalidKeyError
    return found


async def _asked(http: httpx2.AsyncClient, method: str, address: str, **how: Any) -> dict[str, Any]:
    """What a provider answers; that it cannot be reached is not the person's fault."""
    try:
        response = await http.request(method, address, **how)
        if response.status_code >= 500:
            raise Unavailable
        if response.status_code >= 300 or len(response.content) > LARGEST_ANSWER:
            raise SingleSignOnFailed
        answer = response.json()
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise Unavailable from None
    except (ValueError, RecursionError):
        raise SingleSignOnFailed from None
    if not isinstance(answer, dict):
        raise SingleSignOnFailed
    return answer


async def _person(session: AsyncSession, provider: IdentityProvider, claims: Claims) -> uuid.UUID:
    """The account of who came back."""
    known = await session.get(Identity, (provider.issuer, claims.sub))
    if known is not None:
        person = await session.get_one(Person, known.person_id)
    else:
        email = (contacts.email(claims.email or "") or "").lower()
        vouched = claims.email_verified and email.rpartition("@")[2] in provider.email_domains
        found = await store.person_by_contact(session, email=email, phone=None) if vouched else None
        if found is None:
            raise NotVouchedFor
        person = found
    if person.region != provider.region:
        raise NotVouchedFor
    if known is None:
        new = insert(Identity).values(issuer=provider.issuer, subject=claims.sub, person_id=person.id)
        await session.execute(new.on_conflict_do_nothing())  # two windows may come back at once
    return person.id
