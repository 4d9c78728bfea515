"""The events of the feeds: one model for each, used by the service that writes it and by those that read it.

`type` is the CloudEvents type, `subject` the record that the event is about. A reader ignores fields that it does not
know, so that a new field never stops it. Types that were renamed are still read under their former names, since an
event in a feed is never rewritten.
"""

import datetime as dt
import logging
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
)

from shared.schemas import booking, notify, providers
from shared.schemas.common import Channel, CloudEvent, MunicipalityCode, TopicCode

log = logging.getLogger(__name__)
PREFIX = "fi.vuoro."
# RFC 3339 with an offset in digits, as isoformat writes it, also for UTC.
EventInstant = Annotated[
    AwareDatetime,
    PlainSerializer(dt.datetime.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Bearer = Literal["client", "person", "session"]


class EventData(BaseModel):
    """What an event says: ids, times and public facts, never personal data."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, from_attributes=True)

    type: ClassVar[str]

    @property
    def subject(self) -> str:
        """What the event is about."""
        raise NotImplementedError


class RecordEvent(EventData):
    """An event about a record that has an id."""

    id: UUID

    @property
    def subject(self) -> str:
        return str(self.id)


class CodeEvent(EventData):
    """An event about an entry of a code list."""

    code: str

    @property
    def subject(self) -> str:
        return self.code


# The registry: the whole state of a record after a change.


class OrganisationChanged(providers.Organisation, RecordEvent):
    """An organisation was added or changed."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "organisation.changed"


class ServicePointChanged(providers.ServicePoint, RecordEvent):
    """A service point was added or changed. Internal while it is not published."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "service-point.changed"


class ServicePointWithdrawn(RecordEvent):
    """A service point is no longer shown to the public."""

    type = PREFIX + "service-point.withdrawn"


def _readable(days: list[object]) -> list[providers.OpeningDay]:
    """Return the dates that can be read: one that cannot must not keep the others, and all events after them, from
    being read. A writer gives models, which are whole."""
    found = []
    for day in days:
        try:
            found.append(providers.OpeningDay.model_validate(day, extra="ignore"))
        except ValidationError:
            log.error("The hours of a service point on a date cannot be read, and are passed over")
    return found


class ServicePointHoursChanged(RecordEvent):
    """A service point's hours on some dates were set; other dates stay as they are."""

    type = PREFIX + "service-point.hours-changed"
    days: Annotated[list[providers.OpeningDay], BeforeValidator(_readable)]


class TutorChanged(providers.Tutor, RecordEvent):
    """A tutor was added or changed."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "tutor.changed"


class TutorForgotten(RecordEvent):
    """A tutor has left and is forgotten; earlier events no longer carry their name."""

    type = PREFIX + "tutor.forgotten"


class OfferingChanged(providers.Offering, RecordEvent):
    """An offering was added or changed."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "offering.changed"


class TopicChanged(providers.Topic, CodeEvent):
    """A topic was added or changed."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "topic.changed"
    code: TopicCode


class MunicipalityChanged(providers.Municipality, CodeEvent):
    """A municipality was renamed, or what is known of it changed."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "municipality.changed"
    code: MunicipalityCode


class MunicipalityMerged(CodeEvent):
    """A municipality is part of another now."""

    type = PREFIX + "municipality.merged"
    code: MunicipalityCode
    into: MunicipalityCode


class SignInRequested(RecordEvent):
    """Somebody asked for a sign-in code. Internal."""

    type = PREFIX + "sign-in.requested"


class AccessRevoked(EventData):
    """Tokens of `bearer` (`client:`, `person:` or `session:` with an id) from before `at` are refused. Internal."""

    type = PREFIX + "access.revoked"
    bearer: str
    at: EventInstant

    @property
    def subject(self) -> str:
        return self.bearer.rpartition(":")[2]


# Time: what happened to an appointment.


class AppointmentEvent(RecordEvent):
    """An appointment after a change. `by` is who made it, if that was not the one who booked."""

    state: booking.AppointmentState
    sequence: int
    start: EventInstant
    end: EventInstant
    channel: Channel
    topic: TopicCode
    region: str
    tutor_id: UUID
    offering_id: UUID
    organisation_id: UUID
    service_point_id: UUID | None
    result: booking.Result | None
    by: str | None = None


class AppointmentHeld(AppointmentEvent):
    """A time is held for somebody who is about to book it."""

    type = PREFIX + "appointment.held"


class AppointmentLapsed(AppointmentEvent):
    """A held time has run out, and is free again."""

    type = PREFIX + "appointment.lapsed"


class AppointmentBooked(AppointmentEvent):
    """An appointment was booked."""

    type = PREFIX + "appointment.booked"


class AppointmentMoved(AppointmentEvent):
    """An appointment was moved to another time."""

    type = PREFIX + "appointment.moved"


class AppointmentReassigned(AppointmentEvent):
    """An appointment has another tutor at the same time."""

    type = PREFIX + "appointment.reassigned"


class AppointmentDisplaced(AppointmentEvent):
    """An appointment has lost its time; the citizen is asked to choose another."""

    type = PREFIX + "appointment.displaced"


class AppointmentCancelled(AppointmentEvent):
    """An appointment was cancelled, or a held time given back."""

    type = PREFIX + "appointment.cancelled"


class AppointmentClosed(AppointmentEvent):
    """The outcome of a visit was set."""

    type = PREFIX + "appointment.closed"


class AppointmentErased(AppointmentEvent):
    """The citizen of an appointment was erased."""

    type = PREFIX + "appointment.erased"


class WaitlistEvent(RecordEvent):
    """A waitlist entry after a change."""

    state: booking.WaitlistState
    topic: TopicCode
    region: str
    offered_until: EventInstant | None
    appointment_id: UUID | None


class WaitlistJoined(WaitlistEvent):
    """Somebody waits for a time."""

    type = PREFIX + "waitlist.joined"


class WaitlistOffered(WaitlistEvent):
    """A time is kept for somebody who waits, until `offered_until`."""

    type = PREFIX + "waitlist.offered"


class WaitlistBooked(WaitlistEvent):
    """Somebody who waited took the time that was offered."""

    type = PREFIX + "waitlist.booked"


class WaitlistMissed(WaitlistEvent):
    """An offer was not answered in time."""

    type = PREFIX + "waitlist.missed"


class WaitlistEnded(WaitlistEvent):
    """Somebody waits no longer."""

    type = PREFIX + "waitlist.ended"


# Time: a tutor's rules of time. Only ids: who may read them asks the API.


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


class ClosingEvent(RecordEvent):
    """Something of a service point's closings changed."""

    service_point_id: UUID


class ClosingAdded(ClosingEvent):
    """A service point is shut for a while."""

    type = PREFIX + "closing.added"


class ClosingRemoved(ClosingEvent):
    """A closing was removed."""

    type = PREFIX + "closing.removed"


# Messages.


class MessageEvent(RecordEvent):
    """A message of the outbox has ended. `about` is the appointment, waitlist entry or sign-in that it is about."""

    kind: notify.MessageKind
    channel: notify.MessageChannel
    about: UUID = Field(alias="subject")


class MessageSent(MessageEvent):
    """A message was accepted by its channel."""

    type = PREFIX + "message.sent"


class MessageDropped(MessageEvent):
    """A message was no longer worth sending."""

    type = PREFIX + "message.dropped"


class MessageFailed(MessageEvent):
    """A message could not be sent, and is not tried again."""

    type = PREFIX + "message.failed"


# Which service writes which events.
WRITTEN_BY: dict[str, tuple[type[EventData], ...]] = {
    "providers": (
        OrganisationChanged,
        ServicePointChanged,
        ServicePointWithdrawn,
        ServicePointHoursChanged,
        TutorChanged,
        TutorForgotten,
        OfferingChanged,
        TopicChanged,
        MunicipalityChanged,
        MunicipalityMerged,
        SignInRequested,
        AccessRevoked,
    ),
    "booking": (
        AppointmentHeld,
        AppointmentLapsed,
        AppointmentBooked,
        AppointmentMoved,
        AppointmentReassigned,
        AppointmentDisplaced,
        AppointmentCancelled,
        AppointmentClosed,
        AppointmentErased,
        WaitlistJoined,
        WaitlistOffered,
        WaitlistBooked,
        WaitlistMissed,
        WaitlistEnded,
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
        ClosingAdded,
        ClosingRemoved,
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
    """Return what an event says; None for a type that this version does not know. Raises pydantic's ValidationError
    for data that is not of its type."""
    model = EVENTS.get(event.type) or FORMER_TYPES.get(event.type)
    # "ignore" for nested models as well: their own configuration is the strict one of bodies.
    return model.model_validate(event.data, extra="ignore") if model is not None else None
