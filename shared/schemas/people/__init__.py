"""The wire of accounts in `providers`: who may do what, and how they sign in."""

from shared.schemas.people.accounts import Coordinator, Coordinators, Me, MyData, People, PersonDetails, PersonInput
from shared.schemas.people.audit import AuditEntry, AuditLog
from shared.schemas.people.authorization_server import AuthorizationServer, OAuthError
from shared.schemas.people.clients import ApiClient, ApiClientInput, ApiClients
from shared.schemas.people.logins import HowSignedIn, Login, Logins, Token
from shared.schemas.people.passkeys import Passkey, PasskeyAnswer, PasskeyChallenge, PasskeyInput, Passkeys
from shared.schemas.people.pending_grants import (
    AboutGrant,
    AnswerToGrant,
    GrantMessage,
    PendingGrant,
    PendingGrantDetails,
    PendingGrants,
)
from shared.schemas.people.roles import Role, RoleName, Scope
from shared.schemas.people.sign_ins import SignIn, SignInCode, SignInInput, SignInMessage, SignInWarning
from shared.schemas.people.single_sign_on import (
    IdentityProvider,
    IdentityProviders,
    SingleSignOn,
    SingleSignOnCode,
    SingleSignOnInput,
)

__all__ = [
    "AboutGrant",
    "AnswerToGrant",
    "ApiClient",
    "ApiClientInput",
    "ApiClients",
    "AuditEntry",
    "AuditLog",
    "AuthorizationServer",
    "Coordinator",
    "Coordinators",
    "GrantMessage",
    "HowSignedIn",
    "IdentityProvider",
    "IdentityProviders",
    "Login",
    "Logins",
    "Me",
    "MyData",
    "OAuthError",
    "Passkey",
    "PasskeyAnswer",
    "PasskeyChallenge",
    "PasskeyInput",
    "Passkeys",
    "PendingGrant",
    "PendingGrantDetails",
    "PendingGrants",
    "People",
    "PersonDetails",
    "PersonInput",
    "Role",
    "RoleName",
    "Scope",
    "SignIn",
    "SignInCode",
    "SignInInput",
    "SignInMessage",
    "SignInWarning",
    "SingleSignOn",
    "SingleSignOnCode",
    "SingleSignOnInput",
    "Token",
]
