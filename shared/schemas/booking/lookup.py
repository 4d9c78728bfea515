"""Finding the appointment of somebody who stands at the desk or phones."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.schemas.booking.appointments import Appointment
from shared.schemas.common import LongText, Wire, example

Words = Annotated[LongText, StringConstraints(min_length=2, max_length=200)]


class LookupInput(Wire):
    """What somebody says of their appointment."""

    model_config = example(words="040 685 404")

    words: Words = Field(description="a name or the beginning of its parts, a phone number, an e-mail or a code word")


class FoundAppointments(Wire):
    """The next five that fit, and whether more do: then more is to be said."""

    items: list[Appointment]
    more: bool
