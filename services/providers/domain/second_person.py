"""Roles, and scopes that open citizens' details, are given by one person and confirmed by another."""

import datetime as dt
from collections.abc import Sequence, Set
from uuid import UUID

from shared.retention import GRANTS_KEPT


def is_second(confirmer: str, *, giver: str, receiver: str) -> bool:
    """Return whether somebody may confirm a grant, who reaches it: nobody confirms what they gave or were given."""
    return confirmer not in {giver, receiver}


def given_after(now: dt.datetime) -> dt.datetime:
    """Return when, at the latest, what can no longer be confirmed was given."""
    return now - GRANTS_KEPT


def ends_at(given_at: dt.datetime) -> dt.datetime:
    """Return until when a grant can be confirmed."""
    return given_at + GRANTS_KEPT


def whom_to_tell(managers: Sequence[UUID], coordinators: Sequence[UUID], knowing: Set[str]) -> list[UUID]:
    """Return who is told of a grant: the organisation's managers, without those who know of it; when none is left, the
    coordinators, so that there is somebody who can act on it."""

    def others(people: Sequence[UUID]) -> list[UUID]:
        return [person for person in people if f"person:{person}" not in knowing]

    return others(managers) or others(coordinators)
