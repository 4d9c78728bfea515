"""Time when nobody helps: a tutor's absences and a service point's closings."""

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.schemas.common import Date, Instant, Wire, example

Standing = Literal["keep", "reassign", "offer"]


class AwayInput(Wire):
    """Dates are whole local days, the last one included; date-times are instants."""

    start: Instant | Date = Field(alias="from", examples=["2027-07-01"])
    end: Instant | Date = Field(alias="until", examples=["2027-07-31"])
    appointments: Standing | None = Field(
        default=None,
        description="what becomes of appointments that stand in it: keep them, find another tutor for the same time "
        "(else offer new times), or offer new times. Without it nothing is saved when there are some",
    )


class AbsenceInput(AwayInput):
    """A tutor is away."""

    model_config = example(**{"from": "2027-07-01", "until": "2027-07-31"})

    tutor_id: UUID | None = Field(default=None, description="a tutor leaves it out: it is themself")


class IllnessInput(Wire):
    """A tutor has fallen ill, says somebody at the desk or their manager: on a day of the coming seven."""

    model_config = example(date="2027-03-02", appointments="reassign")

    date: Date
    appointments: Literal["reassign", "offer"] | None = Field(
        default=None,
        description="what becomes of their visits: find another tutor for the same time (else offer new times), or "
        "offer new times. Without it nothing is saved when there are some",
    )


class Absence(Wire):
    """Time away, `[from, until)`, and the appointments that stand in it all the same. `first_date` and `last_date` are
    there where it was given as dates, which are the tutor's own, whatever zone they set."""

    id: UUID
    tutor_id: UUID
    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="until")
    first_date: dt.date | None = None
    last_date: dt.date | None = None
    appointments: list[UUID] = Field(default=[])


class Absences(Wire):
    items: list[Absence]


class ClosingInput(AwayInput):
    """A service point is shut, whatever its hours say."""

    model_config = example(
        **{
            "service_point_id": "01a2002f-4215-76b7-b27b-64274601a504",
            "from": "2027-03-10T12:00:00+02:00",
            "until": "2027-03-10T16:00:00+02:00",
        }
    )

    service_point_id: UUID


class Closing(Wire):
    """Time when a service point is shut, `[from, until)`."""

    id: UUID
    service_point_id: UUID
    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="until")


class Closings(Wire):
    items: list[Closing]
