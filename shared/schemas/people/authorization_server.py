"""What OAuth clients learn of an installation, and its errors."""

from typing import Literal

from pydantic import Field

from shared.schemas.common import ProblemDocument, Wire
from shared.schemas.people.roles import Scope

Grant = Literal["client_credentials", "refresh_token"]
ClientAuthentication = Literal["client_secret_basic", "client_secret_post", "none"]


class AuthorizationServer(Wire):
    """The metadata of an OAuth authorization server (RFC 8414 section 2). There is no authorization endpoint, hence no
    response type."""

    issuer: str
    token_endpoint: str
    revocation_endpoint: str
    jwks_uri: str
    scopes_supported: list[Scope]
    response_types_supported: list[str]
    grant_types_supported: list[Grant]
    token_endpoint_auth_methods_supported: list[ClientAuthentication]
    revocation_endpoint_auth_methods_supported: list[ClientAuthentication]


class OAuthError(ProblemDocument):
    """An error of OAuth (RFC 6749 section 5.2), which is a problem as well."""

    error: str = Field(examples=["invalid_grant"])
    error_description: str
