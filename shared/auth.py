"""Who is calling, and what they may do. Services add the finer rule: whose time, which organisation."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from shared.keys import ALGORITHM, AUDIENCE, ISSUER
from shared.problems import Forbidden, Unauthenticated, WrongRegion
from shared.schemas.people import Role, RoleName

Permission = Literal[
    "registry:write",
    "availability:write",
    "appointments:read",
    "appointments:write",
    "events:read",
    "recipients:read",
]

# The one table of who may do what. An API client's scopes are permissions by the same names.
ROLES: dict[RoleName, frozenset[Permission]] = {
    "coordinator": frozenset({"registry:write", "appointments:read", "events:read"}),
    "staff": frozenset({"appointments:read", "appointments:write"}),
    "tutor": frozenset({"availability:write", "appointments:read", "appointments:write"}),
}
SERVICES: dict[str, frozenset[Permission]] = {
    "booking": frozenset({"events:read"}),
    "notify": frozenset({"events:read", "recipients:read"}),
}


@dataclass(frozen=True)
class Principal:
    """The caller of a request."""

    kind: Literal["anonymous", "person", "client", "service"]
    id: str = "anonymous"
    region: str | None = None
    roles: tuple[Role, ...] = ()
    scopes: frozenset[str] = frozenset()
    client_organisation: UUID | None = None

    @property
    def permissions(self) -> frozenset[str]:
        """All that the caller's roles, scopes or service allow."""
        return self.scopes.union(*(ROLES[role.role] for role in self.roles))

    def require(self, permission: Permission) -> None:
        """Refuse a caller without `permission`: 401 when nobody has signed in, else 403."""
        if self.kind == "anonymous":
            raise Unauthenticated
        if permission not in self.permissions:
            raise Forbidden

    def require_region(self, region: str) -> None:
        """Refuse a person or client of another region."""
        if self.region is not None and self.region != region:
            raise WrongRegion

    def with_role(self, name: RoleName) -> list[Role]:
        """The caller's roles of that name."""
        return [role for role in self.roles if role.role == name]


ANONYMOUS = Principal("anonymous")


class Keys(Protocol):
    """Where the issuer's public keys come from."""

    async def get(self, kid: str) -> jwt.PyJWK | None:
        """The key called `kid`."""
        ...


@dataclass(frozen=True)
class Verifier:
    """Tells who signed a token, and for whom."""

    issuer: Keys
    services: dict[str, jwt.PyJWK]

    async def principal(self, token: str) -> Principal:
        """The caller that `token` names; `Unauthenticated` for anything forged, foreign or run out."""
        try:
            kid = str(jwt.get_unverified_header(token).get("kid", ""))
            if kid in self.services:
                claims = self._claims(token, self.services[kid], issuer=kid)
                return Principal("service", claims["sub"], scopes=SERVICES.get(kid, frozenset()))
            key = await self.issuer.get(kid)
            if key is None:
                raise Unauthenticated
            return _bearer(self._claims(token, key, issuer=ISSUER))
        except jwt.InvalidTokenError:
            raise Unauthenticated from None

    @staticmethod
    def _claims(token: str, key: jwt.PyJWK, issuer: str) -> dict[str, Any]:
        required = ["exp", "sub", "iss", "aud"]
        return jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=issuer,
            audience=AUDIENCE,
            options={"require": required},
        )


def _bearer(claims: dict[str, Any]) -> Principal:
    organisation = claims.get("organisation")
    return Principal(
        kind="client" if claims["kind"] == "client" else "person",
        id=claims["sub"],
        region=claims["region"],
        roles=tuple(Role.model_validate(role) for role in claims.get("roles", [])),
        scopes=frozenset(str(claims.get("scope", "")).split()),
        client_organisation=UUID(organisation) if organisation else None,
    )


bearer = HTTPBearer(auto_error=False, description="An access token from POST /api/providers/v1/oauth/token")


async def _caller(request: Request, _documented: Annotated[object, Depends(bearer)]) -> Principal:
    header = request.headers.get("authorization")
    if header is None:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated
    verifier: Verifier = request.app.state.verifier
    return await verifier.principal(token.strip())


Caller = Annotated[Principal, Depends(_caller)]
