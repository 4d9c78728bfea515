"""The wire of the registry in `providers`: who helps, where and with what."""

from shared.schemas.providers.areas import (
    FormerMunicipalities,
    FormerMunicipality,
    Municipalities,
    Municipality,
    MunicipalityInput,
)
from shared.schemas.providers.base import Page, Status
from shared.schemas.providers.consents import Consent, Consents, ConsentStatus
from shared.schemas.providers.hours import DropIn, Hours, HoursKind, OpeningDay, OpeningDays, WallInterval, WeeklyHours
from shared.schemas.providers.offerings import Offering, OfferingInput, Offerings, Question
from shared.schemas.providers.organisations import (
    Organisation,
    OrganisationInput,
    OrganisationKind,
    Organisations,
    OrganisationStatus,
)
from shared.schemas.providers.reconciliation import Disagreement, FieldSource, Provenance, Reconciliation, SourceSays
from shared.schemas.providers.service_points import (
    Completeness,
    FoundServicePoint,
    Mandate,
    OpenData,
    Publishing,
    ServicePoint,
    ServicePointInput,
    ServicePoints,
    ServicePointSearch,
    Understood,
)
from shared.schemas.providers.topics import Synonym, Synonyms, Topic, TopicInput, Topics
from shared.schemas.providers.tutors import Training, Tutor, TutorDetails, TutorInput, TutorKind, Tutors

__all__ = [
    "Completeness",
    "Consent",
    "ConsentStatus",
    "Consents",
    "Disagreement",
    "DropIn",
    "FieldSource",
    "FormerMunicipalities",
    "FormerMunicipality",
    "FoundServicePoint",
    "Hours",
    "HoursKind",
    "Mandate",
    "Municipalities",
    "Municipality",
    "MunicipalityInput",
    "Offering",
    "OfferingInput",
    "Offerings",
    "OpenData",
    "OpeningDay",
    "OpeningDays",
    "Organisation",
    "OrganisationInput",
    "OrganisationKind",
    "OrganisationStatus",
    "Organisations",
    "Page",
    "Provenance",
    "Publishing",
    "Question",
    "Reconciliation",
    "ServicePoint",
    "ServicePointInput",
    "ServicePointSearch",
    "ServicePoints",
    "SourceSays",
    "Status",
    "Synonym",
    "Synonyms",
    "Topic",
    "TopicInput",
    "Topics",
    "Training",
    "Tutor",
    "TutorDetails",
    "TutorInput",
    "TutorKind",
    "Tutors",
    "Understood",
    "WallInterval",
    "WeeklyHours",
]
