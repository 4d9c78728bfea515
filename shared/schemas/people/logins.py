"""What a sign-in opens: tokens, and where somebody is signed in."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.schemas.common import Wire


class Token(Wire):
    """A token, as RFC 6749 section 5.1 has it. `refresh_token` only for people."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int = Field(description="seconds")
    scope: str | None = None
    refresh_token: str | None = None


HowSignedIn = Literal["code", "passkey", "single_sign_on"]


class Login(Wire):
    """Where somebody is signed in. `current` is the one that asks."""

    id: UUID
    how: HowSignedIn
    created_at: AwareDatetime
    last_used_at: AwareDatetime
    expires_at: AwareDatetime
    current: bool = False


class Logins(Wire):
    items: list[Login]
