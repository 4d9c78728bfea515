"""Reading an access token to choose what to show. The services verify it; these pages rely on nothing of it."""

import jwt


def roles(access_token: str | None) -> frozenset[str]:
    """The roles that an access token names; none for a text that is no token."""
    try:
        claims = jwt.decode(access_token or "", options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return frozenset()
    return frozenset(role["role"] for role in claims.get("roles", []))


def region(access_token: str) -> str:
    """The region that an access token is for."""
    return str(jwt.decode(access_token, options={"verify_signature": False})["region"])
