"""The wire of people in `providers`: accounts and roles, API clients, signing in, tokens."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from shared.languages import DEFAULT, Language
from shared.schemas.common import Email, RegionCode, ShortText, Wire, example
from shared.schemas.providers import TutorDetails

RoleName = Literal["coordinator", "sub_coordinator", "manager", "staff", "tutor"]
Scope = Literal["registry:write", "availability:write", "appointments:read", "appointments:write", "events:read"]


class Role(Wire):
    """What a person may do, and where: a sub-regional coordinator in a `sub_region`, a manager in an organisation,
    staff in an organisation or at one of its service points. docs/roles.md has the table."""

    role: RoleName
    sub_region: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")] | None = None
    organisation_id: UUID | None = None
    service_point_id: UUID | None = None
    tutor_id: UUID | None = None


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
    email: str | None
    phone: ShortText | None


class People(Wire):
    """A page of accounts; `next` goes into `after` for the following one."""

    items: list[PersonDetails]
    next: str | None = None


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

    id: UUID
    secret: str | None = None
    last_used_at: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None
    two_secrets: bool = Field(default=False, description="a new secret works beside the old one")


class ApiClients(Wire):
    """A page of API clients; `next` goes into `after` for the following one."""

    items: list[ApiClient]
    next: str | None = None


class AuditEntry(Wire):
    """Something that was done in the registry. `caller` is `person:`, `client:` or `service:` with an id, `anonymous`
    for somebody without an account, `operator` for a command on the server."""

    id: UUID
    at: AwareDatetime
    caller: str
    address: str | None = Field(description="IP address")
    action: Literal["insert", "update", "delete"]
    kind: str = Field(examples=["service_point"])
    record: str
    region: RegionCode | None


class AuditLog(Wire):
    """A page of the audit log; `next` goes into `after` for the following one."""

    items: list[AuditEntry]
    next: str | None = None


class SignInInput(Wire):
    """Ask for a six-digit code, to the e-mail address or phone number of an account."""

    model_config = example(contact="aino@example.fi")

    contact: ShortText
    language: Language = DEFAULT


class SignIn(Wire):
    """A sign-in under way. The answer is the same whether the account exists or not."""

    id: UUID
    expires_at: AwareDatetime


class SignInCode(Wire):
    """The code as the person typed it; spaces are forgiven."""

    model_config = example(code="123456")

    code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]


class SignInMessage(Wire):
    """What `notify` needs to send a code, asked for at the moment of sending."""

    language: Language
    code: str
    email: str | None = None
    phone: str | None = None


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


class PasskeyChallenge(Wire):
    """What a browser needs to make or use a passkey: `options` in the JSON of WebAuthn level 3 (section 5.1.8), for
    `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`."""

    id: UUID
    options: dict[str, object]


class PasskeyInput(Wire):
    """What the browser has made, as its `toJSON()` has it, and how its owner calls it."""

    challenge_id: UUID
    name: ShortText
    credential: dict[str, object]


class Passkey(Wire):
    """A passkey, without what it is made of."""

    id: UUID
    name: ShortText
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None


class Passkeys(Wire):
    items: list[Passkey]


class PasskeyAnswer(Wire):
    """What the browser has signed, as its `toJSON()` has it."""

    credential: dict[str, object]


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
    """A sign-in under way: send the person to `address`. They come back to `/sign-in/back` with `code` and `state`."""

    id: UUID
    address: str


class SingleSignOnCode(Wire):
    """What somebody came back with."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    state: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class MyData(Wire):
    """All that the registry holds of a person (GDPR, article 15)."""

    account: PersonDetails
    tutor: list[TutorDetails]
    logins: list[Login]
    passkeys: list[Passkey]
    identities: list[str] = Field(description="the identity providers that know them")
    done: list[AuditEntry] = Field(description="what they did in the registry, the latest thousand")


class Me(Wire):
    """Who the bearer of a token is."""

    id: str
    region: RegionCode
    roles: list[Role]
