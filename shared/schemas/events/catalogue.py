"""Which service writes which events, and how one is read."""

from shared.schemas.common import CloudEvent
from shared.schemas.events.access import (
    AccessRevoked,
    AccountForgotten,
    ConsentNoticed,
    GrantNoticed,
    SignInFailed,
    SignInRequested,
)
from shared.schemas.events.appointments import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentClosed,
    AppointmentConfirmationAsked,
    AppointmentCorrected,
    AppointmentDisplaced,
    AppointmentErased,
    AppointmentHandedOver,
    AppointmentHeld,
    AppointmentLapsed,
    AppointmentMoved,
    AppointmentReassigned,
    AppointmentReopened,
    AppointmentVerificationAsked,
    FeedbackAnswered,
    FeedbackGiven,
)
from shared.schemas.events.base import EventData
from shared.schemas.events.lost_links import LostLinkAsked
from shared.schemas.events.messages import MessageDropped, MessageFailed, MessageSent
from shared.schemas.events.reading import read
from shared.schemas.events.registry import (
    ConsentChanged,
    MunicipalityChanged,
    MunicipalityMerged,
    OfferingChanged,
    OrganisationChanged,
    ServicePointChanged,
    ServicePointHoursChanged,
    ServicePointWithdrawn,
    TopicChanged,
    TutorChanged,
    TutorForgotten,
)
from shared.schemas.events.tutor_time import (
    AbsenceAdded,
    AbsenceRemoved,
    AvailabilityAdded,
    AvailabilityChanged,
    AvailabilityRemoved,
    AvailabilityReplaced,
    CalendarSubscriptionEnded,
    CalendarSubscriptionMade,
    ClosingAdded,
    ClosingRemoved,
    ExternalCalendarChanged,
    ExternalCalendarRemoved,
    ExtraTimeAdded,
    ExtraTimeRemoved,
    TutorTimeChanged,
)
from shared.schemas.events.waitlist import (
    WaitlistBooked,
    WaitlistCorrected,
    WaitlistEnded,
    WaitlistJoined,
    WaitlistMissed,
    WaitlistOffered,
)
from shared.schemas.events.walk_ins import WalkInNoted, WalkInRemoved

WRITTEN_BY: dict[str, tuple[type[EventData], ...]] = {
    "providers": (
        OrganisationChanged,
        ServicePointChanged,
        ServicePointWithdrawn,
        ServicePointHoursChanged,
        ConsentChanged,
        TutorChanged,
        TutorForgotten,
        OfferingChanged,
        TopicChanged,
        MunicipalityChanged,
        MunicipalityMerged,
        SignInRequested,
        SignInFailed,
        GrantNoticed,
        ConsentNoticed,
        AccessRevoked,
        AccountForgotten,
    ),
    "booking": (
        AppointmentHeld,
        AppointmentVerificationAsked,
        AppointmentLapsed,
        AppointmentBooked,
        AppointmentMoved,
        AppointmentReassigned,
        AppointmentDisplaced,
        AppointmentCancelled,
        AppointmentClosed,
        AppointmentHandedOver,
        AppointmentReopened,
        AppointmentCorrected,
        AppointmentConfirmationAsked,
        AppointmentErased,
        FeedbackGiven,
        FeedbackAnswered,
        WaitlistJoined,
        WaitlistCorrected,
        WaitlistOffered,
        WaitlistBooked,
        WaitlistMissed,
        WaitlistEnded,
        LostLinkAsked,
        AvailabilityAdded,
        AvailabilityChanged,
        AvailabilityRemoved,
        AvailabilityReplaced,
        ExtraTimeAdded,
        ExtraTimeRemoved,
        AbsenceAdded,
        AbsenceRemoved,
        TutorTimeChanged,
        ExternalCalendarChanged,
        ExternalCalendarRemoved,
        CalendarSubscriptionMade,
        CalendarSubscriptionEnded,
        ClosingAdded,
        ClosingRemoved,
        WalkInNoted,
        WalkInRemoved,
    ),
    "notify": (MessageSent, MessageDropped, MessageFailed),
}

EVENTS: dict[str, type[EventData]] = {event.type: event for events in WRITTEN_BY.values() for event in events}

FORMER_TYPES: dict[str, type[EventData]] = {
    "fi.vuoro.waiting.asked": WaitlistJoined,
    "fi.vuoro.waiting.offered": WaitlistOffered,
    "fi.vuoro.waiting.booked": WaitlistBooked,
    "fi.vuoro.waiting.missed": WaitlistMissed,
    "fi.vuoro.waiting.ended": WaitlistEnded,
    "fi.vuoro.own-calendar.changed": ExternalCalendarChanged,
    "fi.vuoro.own-calendar.removed": ExternalCalendarRemoved,
}


def parse(event: CloudEvent) -> EventData | None:
    """Return what an event says; None for what this version does not know: its type, or a word without which the rest
    cannot be understood. Raises pydantic's ValidationError for data that is not of its type."""
    model = EVENTS.get(event.type) or FORMER_TYPES.get(event.type)
    return read(model, event) if model is not None else None
