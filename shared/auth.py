"""Who is calling, and what the table in `shared.roles` lets them do. Services know whose their records are."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated, Literal, Protocol
from uuid import UUID

import jwt
from fastapi import Depends, Request

from shared.claims import Claims, claims_of_access, claims_of_call
from shared.openapi.security import bearer
from shared.problems import CHALLENGE, Forbidden, PasskeyNeeded, Unauthenticated, WrongRegion
from shared.roles import TABLE, Action, Permission, Reach, Whose, Within
from shared.schemas.people import Role, RoleName

NOBODY = UUID(int=0)  # reaches nothing: for who should be bound to somebody's records and is not


@dataclass(frozen=True)
class Principal:
    """The caller of a request."""

    kind: Literal["anonymous", "person", "client", "service"]
    id: str = "anonymous"
    region: str | None = None
    roles: tuple[Role, ...] = ()
    scopes: frozenset[str] = frozenset()
    client_organisation: UUID | None = None
    login: UUID | None = None
    municipalities: frozenset[str] = frozenset()
    """Those of the sub-regions that the caller coordinates."""
    bound: bool = False
    """Whether the login may only add the first passkey."""
    held_by: str | None = None
    """Of an API client, who was shown the secret that it came with, as `named`."""

    @property
    def named(self) -> str:
        """The caller, as records name them: the kind and the id."""
        return f"{self.kind}:{self.id}"

    def within(self, action: Action) -> list[Within]:
        """Return how far the caller may do `action`: one reach for each role that allows it."""
        permission = TABLE[action]
        if self.kind == "service":
            return [Within()] if self.id in permission.services else []
        if self.kind == "client":
            return self._reach_of_client(permission) if permission.scope in self.scopes else []
        allowed = permission.roles
        return [self._reach(role, allowed[role.role]) for role in self.roles if role.role in allowed]

    def _reach_of_client(self, permission: Permission) -> list[Within]:
        if permission.clients == "of a region" and self.client_organisation:
            return []
        beyond_its_own = NOBODY if permission.clients == "of an organisation" else None
        return [Within(self.region, organisation=self.client_organisation or beyond_its_own)]

    def _reach(self, role: Role, reach: Reach) -> Within:
        match reach:
            case "region":
                return Within(self.region)
            case "sub-region":
                return Within(self.region, self.municipalities)
            case "organisation":
                return Within(self.region, organisation=role.organisation_id or NOBODY)
            case "service point":
                return Within(
                    self.region, organisation=role.organisation_id or NOBODY, service_point=role.service_point_id
                )
            case "own":
                return Within(self.region, tutor=role.tutor_id or NOBODY)

    def may(self, action: Action, whose: Whose) -> bool:
        """Return whether the caller may do `action` to a record that belongs there."""
        return any(reach.covers(whose) for reach in self.within(action))

    def require(self, action: Action, *records: Whose) -> None:
        """Raise Unauthenticated when nobody has signed in, and Forbidden or WrongRegion for a caller who may not do
        `action` to all of `records`."""
        if self.kind == "anonymous":
            raise Unauthenticated
        if not self.within(action):
            raise self._without(action)
        for whose in records:
            self.require_region(whose.region)
            if not self.may(action, whose):
                raise Forbidden

    def _without(self, action: Action) -> Forbidden:
        """Return the refusal of an action, with the scope that an API client lacks (RFC 6750 section 3.1)."""
        if self.bound:
            return PasskeyNeeded()
        scope = TABLE[action].scope
        if self.kind != "client" or scope is None or scope in self.scopes:
            return Forbidden()
        return Forbidden(headers={"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'})

    def require_region(self, region: str | None) -> None:
        """Raise WrongRegion for a person or client of another region."""
        if None not in {self.region, region} and self.region != region:
            raise WrongRegion

    def with_role(self, name: RoleName) -> list[Role]:
        """Return the caller's roles of that name."""
        return [role for role in self.roles if role.role == name]


ANONYMOUS = Principal("anonymous")


class Keys(Protocol):
    """Where the issuer's public keys come from."""

    async def get(self, kid: str) -> jwt.PyJWK | None:
        """Return the key called `kid`; None when there is none."""
        ...


@dataclass(frozen=True)
class Verifier:
    """Finds out who signed a token, and for whom."""

    issuer: Keys
    services: dict[str, jwt.PyJWK]
    name: str
    """The service that is called."""
    revoked: dict[str, dt.datetime] = field(default_factory=dict)
    """Whose tokens from before when are refused; `shared.revoked` keeps it."""

    async def principal(self, token: str) -> Principal:
        """Return the caller that `token` names; raises Unauthenticated for anything forged, foreign or run out."""
        try:
            kid = str(jwt.get_unverified_header(token).get("kid", ""))
            if kid in self.services:
                claims = claims_of_call(token, self.services[kid], caller=kid, receiver=self.name)
                return Principal("service", claims["sub"])
            key = await self.issuer.get(kid)
            if key is None:
                raise _not_good()
            return self._still_good(claims_of_access(token, key, receiver=self.name))
        except jwt.InvalidTokenError:
            raise _not_good() from None

    def _still_good(self, claims: Claims) -> Principal:
        # A login is called by its former word where services tell each other of it, as long as one may run older code.
        for who in (f"{claims['kind']}:{claims['sub']}", f"session:{claims.get('sid')}"):
            at = self.revoked.get(who)
            if at is not None and claims["iat"] < at.timestamp():
                raise _not_good()
        return _bearer(claims)


def _not_good() -> Unauthenticated:
    """Return the refusal of a token: unlike that of a request without one, it says so (RFC 6750 section 3.1)."""
    return Unauthenticated(headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'})


def _bearer(claims: Claims) -> Principal:
    organisation = claims.get("organisation")
    return Principal(
        kind="client" if claims["kind"] == "client" else "person",
        id=claims["sub"],
        region=claims["region"],
        roles=tuple(Role.model_validate(role) for role in claims.get("roles", [])),
        scopes=frozenset(str(claims.get("scope", "")).split()),
        client_organisation=UUID(organisation) if organisation else None,
        login=UUID(claims["sid"]) if "sid" in claims else None,
        municipalities=frozenset(claims.get("municipalities", [])),
        bound=claims.get("bound", False),
        held_by=claims.get("held_by"),
    )


async def find_caller(request: Request) -> Principal:
    """Return who asks, by the access token of the request; raises Unauthenticated for one that is not good."""
    header = request.headers.get("authorization")
    if header is None:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated
    verifier: Verifier = request.app.state.verifier
    return await verifier.principal(token.strip())


async def calling(request: Request, _documented: Annotated[object, Depends(bearer)]) -> Principal:
    return await find_caller(request)


Caller = Annotated[Principal, Depends(calling)]
