"""The tables of `providers`, one file for each subject. All are imported here, so that Alembic finds them."""

from services.providers.models.base import Base
from services.providers.models.clients import ApiClient
from services.providers.models.code_lists import FormerMunicipality, Municipality, PostalCode, Topic
from services.providers.models.consents import Consent
from services.providers.models.offerings import Offering
from services.providers.models.organisations import Organisation
from services.providers.models.pending_grants import GrantNotice, PendingGrant
from services.providers.models.people import Person, RoleGrant
from services.providers.models.service_points import OpeningDay, ServicePoint, SourceRecord
from services.providers.models.sign_ins import Challenge, Login, SignIn, SingleSignOn
from services.providers.models.tutors import Tutor
from services.providers.models.ways_in import Identity, Passkey

__all__ = [
    "ApiClient",
    "Base",
    "Challenge",
    "Consent",
    "FormerMunicipality",
    "GrantNotice",
    "Identity",
    "Login",
    "Municipality",
    "Offering",
    "OpeningDay",
    "Organisation",
    "Passkey",
    "PendingGrant",
    "Person",
    "PostalCode",
    "RoleGrant",
    "ServicePoint",
    "SignIn",
    "SingleSignOn",
    "SourceRecord",
    "Topic",
    "Tutor",
]
