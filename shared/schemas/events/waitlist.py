"""What happened to an entry of the waitlist."""

from uuid import UUID

from shared.schemas import booking
from shared.schemas.common import TopicCode
from shared.schemas.events.base import PREFIX, EventInstant, RecordEvent


class WaitlistEvent(RecordEvent):
    """A waitlist entry after a change. Where who waits has replaced a contact, `notify` asks for it by the id
    `former`."""

    state: booking.WaitlistState
    topic: TopicCode
    region: str
    offered_until: EventInstant | None
    appointment_id: UUID | None
    former: UUID | None = None


class WaitlistJoined(WaitlistEvent):
    """Somebody waits for a time."""

    type = PREFIX + "waitlist.joined"


class WaitlistCorrected(WaitlistEvent):
    """Somebody who waits is reached in another way."""

    type = PREFIX + "waitlist.corrected"


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
