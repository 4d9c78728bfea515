"""Whom `notify` writes to about an appointment."""

from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.languages import Language
from shared.schemas.booking.appointments import AppointmentState
from shared.schemas.booking.slots import PlaceName
from shared.schemas.common import Channel, LocalisedText, Wire


class FormerRecipient(Wire):
    """How somebody was reached who is reached otherwise by now: for `notify`, which tells them of it."""

    language: Language
    phone: str | None
    email: str | None


class Recipient(Wire):
    """What `notify` needs to write to the citizen of an appointment, asked for at the moment of sending."""

    appointment_id: UUID
    state: AppointmentState
    sequence: int = Field(description="grows with every change, as iCalendar's SEQUENCE (RFC 5546)")
    start: AwareDatetime
    end: AwareDatetime
    zone: str
    channel: Channel
    tutor_name: str
    place: PlaceName | None
    bring: LocalisedText | None
    non_disclosure: bool = Field(
        default=False,
        description="nothing may be said of when, where and with whom; tutor and place are left out",
    )
    expires: AwareDatetime | None = Field(
        default=None, description="of a time that is offered to somebody who waits, or is held until it is verified"
    )
    code: str | None = Field(default=None, description="verifies a time that is held")
    code_word: str
    manage_url: str
    language: Language
    phone: str | None
    email: str | None
    erased: bool = Field(default=False, description="these contacts are all that is left of the citizen")
