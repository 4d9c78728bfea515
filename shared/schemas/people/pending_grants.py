"""Roles and scopes that wait for a second person."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.languages import Language
from shared.schemas.common import LocalisedText, RegionCode, Wire
from shared.schemas.people.roles import Role, Scope


class PendingGrant(Wire):
    """A role that one person has given to another, or a scope of an API client that opens citizens' details. It holds
    once a second person has confirmed it, and is gone at `ends_at` if nobody has."""

    id: UUID
    person_id: UUID | None
    role: Role | None
    client_id: UUID | None
    scope: Scope | None
    given_by: str = Field(description="`person:` or `client:` with an id")
    given_at: AwareDatetime
    ends_at: AwareDatetime


class PendingGrantDetails(PendingGrant):
    """What waits, as those see it who may confirm it."""

    account: str = Field(description="the e-mail address or phone number of who was given it, or the API client's name")
    organisation: LocalisedText | None = Field(description="where it is; null of a coordinator's role")
    place: LocalisedText | None = Field(description="the service point, of a role at one alone")
    giver: str | None = Field(description="likewise of who gave it; null when that account is gone")


class PendingGrants(Wire):
    """A page of what waits for the caller; `next` goes into `after` for the following one."""

    items: list[PendingGrantDetails]
    next: str | None = None


AboutGrant = Literal["pending", "confirmed"]
AnswerToGrant = Literal["confirmation", "refusal"]


class GrantMessage(Wire):
    """What `notify` needs to tell somebody of a grant, asked for at the moment of sending. `account` is the address of
    who was given it, or the name of the API client."""

    language: Language
    email: str | None = None
    phone: str | None = None
    region: RegionCode | None = None
    about: AboutGrant
    organisation: LocalisedText | None = Field(description="null of a coordinator's role")
    given: str = Field(description="the role or the scope")
    account: str
