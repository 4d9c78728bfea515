"""What is kept of a citizen, for that citizen: to be seen, and to be corrected."""

from pydantic import AwareDatetime, Field

from shared.schemas.booking.appointments import Appointment, Citizen, Step
from shared.schemas.booking.feedback import Feedback
from shared.schemas.common import LongText, ShortText, Wire, example


class EntryCorrectionInput(Wire):
    """Who waits, as it should be."""

    model_config = example(citizen={"name": "Aili Mäkelä", "phone": "040 685 4048", "language": "fi"})

    citizen: Citizen


class CorrectionInput(EntryCorrectionInput):
    """A citizen's details as they should be: all of them, also those that stay."""

    model_config = example(
        citizen={"name": "Aili Mäkelä", "phone": "040 685 4048", "language": "fi"}, note="Kelan hakemus"
    )

    note: LongText | None = Field(default=None, description="what the tutor should know; no codes or passwords")
    address: ShortText | None = Field(default=None, description="of a visit at home; without one, it stays as it is")


class CitizenData(Wire):
    """All that booking holds of a citizen for one appointment, and until when: then the details are erased, and what
    is left has nobody's name on it."""

    appointment: Appointment
    history: list[Step]
    feedback: Feedback | None = Field(default=None, description="what they said of the visit")
    kept_until: AwareDatetime
