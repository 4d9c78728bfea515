"""API clients: municipal systems that call."""

from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.schemas.common import RegionCode, ShortText, Wire, example
from shared.schemas.people.pending_grants import PendingGrant
from shared.schemas.people.roles import Scope


class ApiClientInput(Wire):
    """A municipal system that is to call the API."""

    model_config = example(
        name="Kuusamon asiointi",
        region="17",
        organisation_id="01a2002f-41ff-7cc7-95b8-a492469562d1",
        scopes=["appointments:write", "events:read"],
    )

    name: ShortText
    region: RegionCode
    organisation_id: UUID | None = Field(default=None, description="none: the client acts for the whole region")
    scopes: list[Scope] = Field(min_length=1, max_length=5)


class ApiClient(ApiClientInput):
    """A registered API client. The secret is shown once, in the answer that creates it."""

    name: str  # what was taken before the rules of today is still shown
    id: UUID
    scopes: list[Scope]
    pending: list[PendingGrant] = Field(default=[], description="scopes that hold once a second person confirms them")
    secret: str | None = None
    last_used_at: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None
    two_secrets: bool = Field(default=False, description="a new secret works beside the old one")


class ApiClients(Wire):
    """A page of API clients; `next` goes into `after` for the following one."""

    items: list[ApiClient]
    next: str | None = None
