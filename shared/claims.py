"""What a token must say to be believed (RFC 7519 section 4, RFC 8725): who signed it, for whom, and for how long."""

import datetime as dt
import time
from typing import TypedDict, cast

import jwt

from shared.keys import ACCESS_LIFETIME, ALGORITHM, AUDIENCE, ISSUER, audience_of

# Whatever a token itself says, it is good for no longer: a key that leaks must not sign for years.
LONGEST_CALL = dt.timedelta(minutes=5)
CLOCKS_DIFFER = dt.timedelta(seconds=30)


class Claims(TypedDict, total=False):
    """What a token says (RFC 7519 section 4). Those that name a region are of people and API clients only."""

    kind: str
    sub: str
    aud: str | list[str]
    iat: float
    sid: str
    region: str
    organisation: str | None
    roles: list[dict[str, str | None]]
    scope: str
    municipalities: list[str]
    bound: bool
    held_by: str | None


def claims_of_call(token: str, key: jwt.PyJWK, *, caller: str, receiver: str) -> Claims:
    """Return the claims of a service's own call, signed by the key of `caller`; raises jwt.InvalidTokenError unless it
    is in that service's own name, for `receiver` and of the last few minutes."""
    own = audience_of(receiver)
    claims = _claims(token, key, issuer=caller, audience=[own, AUDIENCE], longest=LONGEST_CALL)
    if claims["sub"] != caller:
        raise jwt.InvalidTokenError("a service speaks for itself alone")
    # AUDIENCE alone is of the version before, of which there may be a process during an upgrade.
    if claims["aud"] != AUDIENCE and own not in claims["aud"]:
        raise jwt.InvalidAudienceError("this is for another service")
    return claims


def claims_of_access(token: str, key: jwt.PyJWK, *, receiver: str) -> Claims:
    """Return the claims of an access token, signed by a key of the issuer for all services or for `receiver` alone;
    raises jwt.InvalidTokenError."""
    return _claims(token, key, issuer=ISSUER, audience=[AUDIENCE, audience_of(receiver)], longest=ACCESS_LIFETIME)


def _claims(token: str, key: jwt.PyJWK, *, issuer: str, audience: list[str], longest: dt.timedelta) -> Claims:
    required = ["exp", "iat", "sub", "iss", "aud"]
    # The issuer must be the one whose key it is: a service's key signs no tokens of people (RFC 8725 section 3.8).
    claims = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        issuer=issuer,
        audience=audience,
        leeway=CLOCKS_DIFFER,
        options={"require": required},
    )
    if time.time() - claims["iat"] > (longest + CLOCKS_DIFFER).total_seconds():
        raise jwt.ExpiredSignatureError("it is older than any that are good")
    return cast(Claims, claims)
