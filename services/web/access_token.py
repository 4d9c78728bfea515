"""Reading an access token to choose what to show. The services verify it; these pages rely on nothing of it."""

import uuid

import jwt
from pydantic import BaseModel

from shared.roles import TABLE

BOOKS_FOR_OTHERS = frozenset(TABLE["appointments:write"].roles)  # and may change what is booked
RECEIVES = frozenset(TABLE["walk-ins:write"].roles)
CONFIRMS_GRANTS = frozenset(TABLE["access:give"].roles)


class _Role(BaseModel):
    role: str
    tutor_id: uuid.UUID | None = None
    service_point_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None


class _Claims(BaseModel):
    """What the pages read of a token's claims."""

    region: str = ""
    roles: list[_Role] = []
    bound: bool = False


def roles(access_token: str | None) -> frozenset[str]:
    """Return the roles that an access token names; none for a text that is no token."""
    return frozenset(role.role for role in _claims(access_token).roles)


def own_tutor(access_token: str) -> uuid.UUID | None:
    """Return the id of the tutor who has signed in; None for somebody who is none."""
    return next((role.tutor_id for role in _claims(access_token).roles if role.tutor_id), None)


def own_point(access_token: str) -> uuid.UUID | None:
    """Return the service point of the staff who has signed in; None for who has none of their own."""
    return next((role.service_point_id for role in _claims(access_token).roles if role.service_point_id), None)


def own_organisation(access_token: str) -> uuid.UUID | None:
    """Return the organisation for which somebody has signed in; None for who has none."""
    return next((role.organisation_id for role in _claims(access_token).roles if role.organisation_id), None)


def region(access_token: str) -> str:
    """Return the region that an access token is for; empty for a text that is no token."""
    return _claims(access_token).region


def is_bound(access_token: str) -> bool:
    """Return whether an access token is of a login that may only add the first passkey."""
    return _claims(access_token).bound


def _claims(access_token: str | None) -> _Claims:
    # Unverified on purpose: a forged token only changes which links its own bearer sees, and the services refuse it.
    try:
        return _Claims.model_validate(jwt.decode(access_token or "", options={"verify_signature": False}))
    except (jwt.InvalidTokenError, ValueError):
        return _Claims()
