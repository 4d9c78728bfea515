"""Appointments that stand in the way of what somebody asked, as a refusal names them."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from services.web.patience import answer_or_none
from shared.clients import BookingClient
from shared.schemas.booking import Appointment
from shared.schemas.common import ProblemDocument

MOST_BY_NAME = 20  # more are told by their times


class Affected(BaseModel):
    """One of them: which, when it starts, and whether nobody can tell its citizen."""

    id: uuid.UUID | None = None
    start: dt.datetime
    unreachable: bool = False


@dataclass(frozen=True)
class AffectedVisit:
    """One of them with who comes, as far as the helper may see it."""

    affected: Affected
    visit: Appointment | None


class _Named(BaseModel):
    """The problem's own member (RFC 9457 section 3.2)."""

    appointments: list[Affected] = []


def affected_by(problem: ProblemDocument) -> list[Affected]:
    """Return the appointments that a problem names; none for a problem that names none."""
    return _Named.model_validate(problem.model_extra or {}).appointments


def times_of_affected(problem: ProblemDocument) -> list[dt.datetime]:
    """Return when the appointments that a problem names start."""
    return [each.start for each in affected_by(problem)]


async def visits_affected(client: BookingClient, problem: ProblemDocument) -> Sequence[AffectedVisit]:
    """Return the appointments that a problem names with who comes, the first ones of many. It is a list: details that
    may not be disclosed are not in it."""
    named = affected_by(problem)
    ids = [each.id for each in named[:MOST_BY_NAME] if each.id]
    found = await asyncio.gather(*(answer_or_none(client.appointment(each)) for each in ids))
    visits = {visit.id: _in_list(visit) for visit in found if visit}
    return [AffectedVisit(each, visits.get(each.id) if each.id else None) for each in named]


def _in_list(visit: Appointment) -> Appointment:
    return visit.model_copy(update={"citizen": None}) if visit.non_disclosure else visit
