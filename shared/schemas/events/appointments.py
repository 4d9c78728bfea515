"""What happened to an appointment."""

from uuid import UUID

from shared.schemas import booking
from shared.schemas.common import Channel, TopicCode
from shared.schemas.events.base import PREFIX, EventInstant, RecordEvent


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
    manages_alone: bool | None = None
    minutes_helped: int | None = None
    device: booking.Device | None = None
    by: str | None = None


class AppointmentHeld(AppointmentEvent):
    """A time is held for somebody who is about to book it."""

    type = PREFIX + "appointment.held"


class AppointmentLapsed(AppointmentEvent):
    """A held time has run out, and is free again."""

    type = PREFIX + "appointment.lapsed"


class AppointmentVerificationAsked(AppointmentEvent):
    """A time is held until its citizen has typed the code that they are sent, until `expires`; then it is booked."""

    type = PREFIX + "appointment.verification-asked"
    expires: EventInstant


class AppointmentBooked(AppointmentEvent):
    """An appointment was booked."""

    type = PREFIX + "appointment.booked"


class AppointmentMoved(AppointmentEvent):
    """An appointment was moved to another time."""

    type = PREFIX + "appointment.moved"


class AppointmentHandedOver(AppointmentEvent):
    """An appointment is about to be moved to another organisation's time: the last that its former one hears of it."""

    type = PREFIX + "appointment.handed-over"


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


class AppointmentReopened(AppointmentEvent):
    """The outcome of a visit was undone: it is booked again."""

    type = PREFIX + "appointment.reopened"


class AppointmentCorrected(AppointmentEvent):
    """The citizen's details of an appointment were corrected; `contacts` when they are reached in a new way, `replaced`
    when a former contact was replaced, which is to be told of it: `former` is the id by which `notify` asks for it."""

    type = PREFIX + "appointment.corrected"
    contacts: bool
    replaced: bool = False
    former: UUID | None = None


class AppointmentConfirmationAsked(AppointmentEvent):
    """The citizen of an appointment is to be sent again what holds of it; nothing was changed."""

    type = PREFIX + "appointment.confirmation-asked"


class FeedbackGiven(AppointmentEvent):
    """The citizen said how the visit went, or said it anew: whether it met their need (1, not at all, to 5, fully),
    whether they would recommend it, and whether they wrote some `words`."""

    type = PREFIX + "appointment.feedback-given"
    met_need: int
    recommends: bool
    words: bool


class FeedbackAnswered(AppointmentEvent):
    """The organisation answered what a citizen said of their visit, or answered anew."""

    type = PREFIX + "appointment.feedback-answered"


class AppointmentErased(AppointmentEvent):
    """The citizen of an appointment was erased."""

    type = PREFIX + "appointment.erased"
