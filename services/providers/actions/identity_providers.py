"""The municipalities' own identity providers: which there are, and what they say of who comes back from them (OpenID
Connect Core 1.0, authorization code flow with PKCE)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import quote

import httpx2
import jwt
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, TypeAdapter, ValidationError

from services.providers.domain.answering_issuer import is_from
from services.providers.problems import SingleSignOnFailed
from shared.problems import Unavailable
from shared.schemas.common import RegionCode, ShortText, WebAddress
from shared.tls import tls_context

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
    authorization_response_iss_parameter_supported: bool = False


class IdTokenClaims(BaseModel):
    """What a provider says of who came back (OpenID Connect Core 1.0, section 2), as far as it matters here."""

    sub: Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]{1,255}$")]
    aud: str | list[str]
    azp: str | None = None
    nonce: str
    email: str | None = None
    email_verified: bool = False


Providers = dict[str, IdentityProvider]


def read_providers(path: Path | None) -> Providers:
    """Return the providers that a file describes, by id; none without a file."""
    if path is None:
        return {}
    listed = TypeAdapter(list[IdentityProvider]).validate_json(path.read_bytes())
    return {provider.id: provider for provider in listed}


async def discover(provider: IdentityProvider) -> Discovered:
    """Return what a provider says of itself, which must be who it is; raises `SingleSignOnFailed` and `Unavailable`."""
    async with httpx2.AsyncClient(timeout=SECONDS_TO_ANSWER, verify=tls_context()) as http:
        return await _discovered(http, provider)


async def fetch_claims(
    provider: IdentityProvider, *, code: str, said: str | None, returns_to: str, verifier: str, nonce: str
) -> IdTokenClaims:
    """Trade an authorization code for what the provider says of who came back, checked as section 3.1.3.7 of the
    specification asks; `said` is the issuer that the answer names. Raises `SingleSignOnFailed` and `Unavailable`."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": returns_to, "code_verifier": verifier}
    async with httpx2.AsyncClient(timeout=SECONDS_TO_ANSWER, verify=tls_context()) as http:
        described = await _discovered(http, provider)
        # Before the code is shown to anybody: it may be another provider's.
        if not is_from(said, described.issuer, always_says=described.authorization_response_iss_parameter_supported):
            raise SingleSignOnFailed
        answer = await _token_answer(http, provider, described, form)
        keys = await _asked(http, "GET", described.jwks_uri)
    claims = _checked_as(IdTokenClaims, _decoded(provider, answer, keys))
    several = isinstance(claims.aud, list) and len(claims.aud) > 1
    if claims.nonce != nonce or (several and claims.azp != provider.client_id):
        raise SingleSignOnFailed
    return claims


async def _discovered(http: httpx2.AsyncClient, provider: IdentityProvider) -> Discovered:
    answer = await _asked(http, "GET", f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    found = _checked_as(Discovered, answer)
    if found.issuer != provider.issuer:
        raise SingleSignOnFailed
    return found


async def _token_answer(
    http: httpx2.AsyncClient, provider: IdentityProvider, described: Discovered, form: Mapping[str, str]
) -> dict[str, object]:
    secret = provider.client_secret.get_secret_value()
    if "client_secret_basic" in described.token_endpoint_auth_methods_supported:
        basic = (quote(provider.client_id, safe=""), quote(secret, safe=""))  # RFC 6749, 2.3.1
        return await _asked(http, "POST", described.token_endpoint, form=form, auth=basic)
    given = {**form, "client_id": provider.client_id, "client_secret": secret}
    return await _asked(http, "POST", described.token_endpoint, form=given)


def _decoded(provider: IdentityProvider, answer: Mapping[str, object], keys: dict[str, object]) -> Mapping[str, object]:
    try:
        token = str(answer["id_token"])
        claims: dict[str, object] = jwt.decode(
            token,
            _key_called(keys, jwt.get_unverified_header(token).get("kid")),
            algorithms=ALGORITHMS,
            issuer=provider.issuer,
            audience=provider.client_id,
            leeway=60,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError):
        raise SingleSignOnFailed from None
    return claims


def _key_called(keys: dict[str, object], kid: str | None) -> jwt.PyJWK:
    """Return the key called `kid`; a provider with a single key need not name it."""
    known = jwt.PyJWKSet.from_dict(keys).keys
    found = next((key for key in known if kid is None or key.key_id == kid), None)
    if found is None:
        raise jwt.InvalidKeyError
    return found


Shape = TypeVar("Shape", bound=BaseModel)


def _checked_as(shape: type[Shape], answer: Mapping[str, object]) -> Shape:
    try:
        return shape.model_validate(answer)
    except ValidationError:
        raise SingleSignOnFailed from None


async def _asked(
    http: httpx2.AsyncClient,
    method: str,
    address: str,
    *,
    form: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> dict[str, object]:
    """Return what a provider answers; that it cannot be reached is not the person's fault."""
    try:
        response = await http.request(method, address, data=form, auth=auth)
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
