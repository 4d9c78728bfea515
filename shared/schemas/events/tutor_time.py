"""A tutor's rules of time. Only ids: who may read them asks the API."""

from uuid import UUID

from shared.schemas.events.base import PREFIX, RecordEvent


class TutorTimeEvent(RecordEvent):
    """Something of a tutor's time changed."""

    tutor_id: UUID


class AvailabilityAdded(TutorTimeEvent):
    """Weekly hours were added."""

    type = PREFIX + "availability.added"


class AvailabilityChanged(TutorTimeEvent):
    """Weekly hours were changed."""

    type = PREFIX + "availability.changed"


class AvailabilityRemoved(TutorTimeEvent):
    """Weekly hours were withdrawn."""

    type = PREFIX + "availability.removed"


class AvailabilityReplaced(TutorTimeEvent):
    """A tutor's weekly hours at one place were replaced by those of a calendar."""

    type = PREFIX + "availability.replaced"


class ExtraTimeAdded(TutorTimeEvent):
    """Open time on one occasion was added."""

    type = PREFIX + "extra-time.added"


class ExtraTimeRemoved(TutorTimeEvent):
    """Open time on one occasion was removed."""

    type = PREFIX + "extra-time.removed"


class AbsenceAdded(TutorTimeEvent):
    """A tutor is away."""

    type = PREFIX + "absence.added"


class AbsenceRemoved(TutorTimeEvent):
    """An absence was removed."""

    type = PREFIX + "absence.removed"


class TutorTimeChanged(TutorTimeEvent):
    """The zone or the public holidays of a tutor's week changed."""

    type = PREFIX + "tutor-time.changed"


class ExternalCalendarChanged(TutorTimeEvent):
    """A tutor gave the address of an external calendar."""

    type = PREFIX + "external-calendar.changed"


class ExternalCalendarRemoved(TutorTimeEvent):
    """A tutor's external calendar was removed."""

    type = PREFIX + "external-calendar.removed"


class CalendarSubscriptionMade(TutorTimeEvent):
    """A secret address was made, or renewed, at which a tutor's visits are read as a calendar."""

    type = PREFIX + "calendar-subscription.made"


class CalendarSubscriptionEnded(TutorTimeEvent):
    """Nothing is read any more at the secret address of a tutor's visits."""

    type = PREFIX + "calendar-subscription.ended"


class ClosingEvent(RecordEvent):
    """Something of a service point's closings changed."""

    service_point_id: UUID


class ClosingAdded(ClosingEvent):
    """A service point is shut for a while."""

    type = PREFIX + "closing.added"


class ClosingRemoved(ClosingEvent):
    """A closing was removed."""

    type = PREFIX + "closing.removed"
