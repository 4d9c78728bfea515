"""Accounts, and all that is held of one."""

from uuid import UUID

from pydantic import Field

from shared.languages import DEFAULT, Language
from shared.schemas.common import Email, RegionCode, ShortText, Wire, example
from shared.schemas.people.audit import AuditEntry
from shared.schemas.people.logins import Login
from shared.schemas.people.passkeys import Passkey
from shared.schemas.people.pending_grants import PendingGrant
from shared.schemas.people.roles import Role
from shared.schemas.providers import OwnTutor


class PersonInput(Wire):
    """An account for staff or a coordinator. Tutors get theirs with `POST /tutors`."""

    model_config = example(
        region="17",
        email="tiski@example.fi",
        roles=[{"role": "staff", "organisation_id": "01a2002f-41ff-7cc7-95b8-a492469562d1"}],
    )

    region: RegionCode
    email: Email | None = None
    phone: ShortText | None = None
    language: Language = DEFAULT
    roles: list[Role] = Field(min_length=1, max_length=50)


class PersonDetails(Wire):
    """An account as those see it who give it its roles."""

    id: UUID
    region: RegionCode
    language: Language
    roles: list[Role]
    pending: list[PendingGrant] = Field(default=[], description="roles that hold once a second person confirms them")
    email: str | None
    phone: str | None


class People(Wire):
    """A page of accounts; `next` goes into `after` for the following one."""

    items: list[PersonDetails]
    next: str | None = None


class Coordinator(Wire):
    """Whom `notify` tells what concerns a whole region, asked for at the moment of sending."""

    id: UUID
    language: Language
    email: str | None = None
    phone: str | None = None


class Coordinators(Wire):
    """Those of a region."""

    items: list[Coordinator]


class MyData(Wire):
    """All that the registry holds of a person (GDPR, article 15)."""

    account: PersonDetails
    tutor: list[OwnTutor]
    logins: list[Login]
    passkeys: list[Passkey]
    identities: list[str] = Field(description="the identity providers that know them")
    done: list[AuditEntry] = Field(description="what they did in the registry, the latest thousand")


class Me(Wire):
    """Who the bearer of a token is."""

    id: str
    region: RegionCode
    roles: list[Role]
    bound: bool = Field(default=False, description="the login may only add the first passkey, and has no roles")
