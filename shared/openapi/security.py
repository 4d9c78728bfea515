"""Who may ask what: the ways of showing who one is, and which operations need one of them."""

from typing import Any

from fastapi.security import APIKeyHeader, HTTPBearer

Json = dict[str, Any]
Requirement = dict[str, list[str]]

BEARER, KEY = "bearer", "manageToken"
bearer = HTTPBearer(
    auto_error=False,
    scheme_name=BEARER,
    bearerFormat="JWT",
    description="An access token, from POST /api/providers/v1/oauth/token or from a sign-in; checked as RFC8725 has it",
)
manage_token = APIKeyHeader(
    name="Manage-Token",
    auto_error=False,
    scheme_name=KEY,
    description="A citizen's own key to one appointment, hold or waitlist entry: the last part of `manage_url`, or "
    "`manage_token`",
)
MARK = "x-security"


def asked_by(*ways: str, anybody: bool = False) -> Json:
    """Return the `openapi_extra` of a route that is asked with one of `ways`; with `anybody`, or with none. A route
    that does not say so needs any one of those that it reads."""
    requirements: list[Requirement] = [{way: []} for way in ways]
    return {MARK: [*requirements, {}] if anybody else requirements}


FOR_ANYBODY = asked_by(BEARER, anybody=True)
BY_KEY = asked_by(KEY)


def apply(operation: Json) -> None:
    """Put into an operation what its route has said."""
    if MARK in operation:
        operation["security"] = operation.pop(MARK)
    operation.setdefault("security", [])


def needs_somebody(operation: Json) -> bool:
    """Whether an operation answers 401 to whoever shows nothing."""
    ways = operation.get("security", [])
    return bool(ways) and {} not in ways
