"""The tables of `booking`: copies of the registry, rules of time, what is free, what is claimed, who comes.

Queries are SQL in `store`; the models say what the tables are, and a test compares them with the migrations. Where a
table or column has a former word, an older version of the code may still run on this database (docs/glossary.md).
"""

from services.booking.models.appointments import Appointment, Citizen, Farewell, Transition
from services.booking.models.base import Base
from services.booking.models.calendar_subscriptions import CalendarSubscription
from services.booking.models.claims import Claim
from services.booking.models.closings import Closing
from services.booking.models.consents import AssumedConsent
from services.booking.models.copies import (
    ConsentCopy,
    MunicipalityCopy,
    OfferingCopy,
    OrganisationCopy,
    ServicePointCopy,
    StaffedDay,
    TutorCopy,
)
from services.booking.models.demand import Demand
from services.booking.models.external_calendar import ExternalBusy, ExternalCalendar
from services.booking.models.feedback import Feedback, FeedbackText
from services.booking.models.free_spans import FreeSpan, Notice
from services.booking.models.hours import Absence, Availability, ExtraTime, TutorTime
from services.booking.models.limits import AnonymousUse
from services.booking.models.lost_links import LostLink
from services.booking.models.new_appointments import NewAppointments
from services.booking.models.telling import Telling
from services.booking.models.waitlist import WaitlistCitizen, WaitlistEntry
from services.booking.models.walk_ins import WalkIn

__all__ = [
    "Absence",
    "AnonymousUse",
    "Appointment",
    "AssumedConsent",
    "Availability",
    "Base",
    "CalendarSubscription",
    "Citizen",
    "Claim",
    "Closing",
    "ConsentCopy",
    "Demand",
    "ExternalBusy",
    "ExternalCalendar",
    "ExtraTime",
    "Farewell",
    "Feedback",
    "FeedbackText",
    "FreeSpan",
    "LostLink",
    "MunicipalityCopy",
    "NewAppointments",
    "Notice",
    "OfferingCopy",
    "OrganisationCopy",
    "ServicePointCopy",
    "StaffedDay",
    "Telling",
    "Transition",
    "TutorCopy",
    "TutorTime",
    "WaitlistCitizen",
    "WaitlistEntry",
    "WalkIn",
]
