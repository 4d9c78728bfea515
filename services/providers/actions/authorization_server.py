"""What this installation says of itself as an OAuth authorization server (RFC 8414)."""

from typing import get_args

from shared.schemas import people as wire

BASE = "/api/providers/v1"


def authorization_server(public_url: str) -> wire.AuthorizationServer:
    """Return the metadata of the installation at `public_url`, which is its issuer."""
    issuer = public_url.rstrip("/")
    return wire.AuthorizationServer(
        issuer=issuer,
        token_endpoint=f"{issuer}{BASE}/oauth/token",
        revocation_endpoint=f"{issuer}{BASE}/oauth/revoke",
        jwks_uri=f"{issuer}{BASE}/jwks.json",
        scopes_supported=list(get_args(wire.Scope)),
        response_types_supported=[],
        grant_types_supported=["client_credentials", "refresh_token"],
        # "none" is of people's applications, which show a refresh token alone.
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post", "none"],
        revocation_endpoint_auth_methods_supported=["none"],
    )
