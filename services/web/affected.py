"""Appointments that stand in the way of what somebody asked, as a refusal names them."""

import datetime as dt

from pydantic import BaseModel

from shared.schemas.common import ProblemDocument


class _Appointment(BaseModel):
    start: dt.datetime


class _Affected(BaseModel):
    """The problem's own member (RFC 9457 section 3.2)."""

    appointments: list[_Appointment] = []


def times_of_affected(problem: ProblemDocument) -> list[dt.datetime]:
    """Return when the appointments that a problem names start; none for a problem that names none."""
    return [each.start for each in _Affected.model_validate(problem.model_extra or {}).appointments]
