"""Appointments that stand in the way of what somebody asked, as a refusal names them."""

import datetime as dt

from pydantic import BaseModel

from shared.schemas.common import ProblemDocument


class Affected(BaseModel):
    """One of them: when it starts, and whether nobody can tell its citizen."""

    start: dt.datetime
    unreachable: bool = False


class _Named(BaseModel):
    """The problem's own member (RFC 9457 section 3.2)."""

    appointments: list[Affected] = []


def affected_by(problem: ProblemDocument) -> list[Affected]:
    """Return the appointments that a problem names; none for a problem that names none."""
    return _Named.model_validate(problem.model_extra or {}).appointments


def times_of_affected(problem: ProblemDocument) -> list[dt.datetime]:
    """Return when the appointments that a problem names start."""
    return [each.start for each in affected_by(problem)]
