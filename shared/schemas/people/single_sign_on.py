"""Single sign-on with a municipality's own identity provider (OpenID Connect)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.schemas.common import ShortText, Wire, example


class IdentityProvider(Wire):
    """Where staff of a municipality may sign in with their own account."""

    id: str
    name: ShortText


class IdentityProviders(Wire):
    items: list[IdentityProvider]


class SingleSignOnInput(Wire):
    """Sign in at that identity provider."""

    model_config = example(provider="kuusamo")

    provider: ShortText


class SingleSignOn(Wire):
    """A sign-in under way: send the person to `address`. They come back to
    `/sign-in/back/{provider}` with `code`, `state` and perhaps `iss`."""

    id: UUID
    address: str


class SingleSignOnCode(Wire):
    """What somebody came back with."""

    model_config = example(
        code="SplxlOBeZQQYbYS6WxSbIA", state="af0ifjsldkj", iss="https://login.kuusamo.fi", provider="kuusamo"
    )

    code: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    state: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    iss: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        default=None, description="which provider answers (RFC 9207)"
    )
    provider: ShortText | None = Field(default=None, description="to whose return address they came")
