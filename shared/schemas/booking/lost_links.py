"""Links that citizens have lost: asking for them, and what they lead to."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.languages import Language
from shared.schemas.booking.appointments import AppointmentState
from shared.schemas.booking.slots import PlaceName
from shared.schemas.common import ShortText, Wire, example


class LostLinkInput(Wire):
    """By what the citizen is reached: a phone number or an e-mail address."""

    model_config = example(contact="040 685 404")

    contact: ShortText


class LostLink(Wire):
    """Somebody asked. Whether anything is booked by that contact is told by the message alone."""

    id: UUID
    expires_at: AwareDatetime = Field(description="until when the code of the message is good")


class TimeToCome(Wire):
    """An appointment or a waitlist entry, and the page that the citizen's key to it opens. With non-disclosure, neither
    when nor where."""

    kind: Literal["appointment", "waitlist_entry"]
    id: UUID
    state: AppointmentState | Literal["waiting", "offered", "ended"]
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    place: PlaceName | None = None
    manage_url: str


class TimesToCome(Wire):
    """At most five, appointments first, the nearest of them first."""

    items: list[TimeToCome]


class LostLinkRecipient(Wire):
    """What `notify` needs to send lost links, asked for at the moment of sending."""

    items: list[TimeToCome]
    code: str = Field(description="opens them on the page that asked")
    zone: str
    region: str
    language: Language
    phone: str | None
    email: str | None
