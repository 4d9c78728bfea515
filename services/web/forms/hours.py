"""The form of weekly hours."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from shared.schemas import booking as wire

BY_PHONE = "phone"  # what the field of places sends when it is no place


@dataclass
class HoursForm:
    """The form as it is sent. `municipality` is the one whose places were shown."""

    weekday: Annotated[str, Form()] = ""
    opens: Annotated[str, Form(alias="from")] = ""
    closes: Annotated[str, Form(alias="to")] = ""
    place: Annotated[str, Form()] = ""
    municipality: Annotated[str, Form()] = ""
    every: Annotated[str, Form()] = "1"
    nonce: Annotated[str, Form()] = ""

    def wanted(self) -> wire.AvailabilityInput:
        """Return the hours that are wished for; raises ValueError."""
        where = {"channels": [BY_PHONE]} if self.place == BY_PHONE else {"service_point_id": self.place}
        when = {"weekday": self.weekday, "from": self.opens, "to": self.closes, "every_weeks": self.every}
        wanted = wire.AvailabilityInput.model_validate({**where, **when})
        if wanted.closes < wanted.opens:  # past midnight is for the API; here it is a slip
            raise ValueError("the hours end before they start")
        return wanted
