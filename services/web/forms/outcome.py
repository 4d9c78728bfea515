"""How a visit ended, as a tutor or a service point says it with a few taps."""

import uuid
from collections.abc import Sequence

from starlette.datastructures import FormData

from shared.schemas import booking as wire

NO_SHOW = "no_show"
YES_NO = {"yes": True, "no": False}
USUAL_LENGTHS = (15, 30, 45, 60, 90)  # minutes


def outcome_of(sent: FormData, visit: uuid.UUID) -> wire.OutcomeInput:
    """Return what the button says, and what was ticked before it, in fields that have the visit's id: there are many
    visits on a page. What was ticked of somebody who did not come is left out. Raises ValidationError for what is not
    on the page."""
    came = sent.get("came")
    if came == NO_SHOW:
        return wire.OutcomeInput(attended=False)
    said = {
        "manages_alone": YES_NO.get(str(sent.get(f"manages_alone-{visit}"))),
        "minutes_helped": sent.get(f"minutes_helped-{visit}") or None,
        "device": sent.get(f"device-{visit}") or None,
    }
    return wire.OutcomeInput.model_validate({"attended": True, "result": came, **said})


def lengths_of(visit: wire.Appointment) -> Sequence[int]:
    """Return the lengths to choose from, in minutes: the usual ones, and those of this visit."""
    return sorted({*USUAL_LENGTHS, length_of(visit)})


def length_of(visit: wire.Appointment) -> int:
    """Return how long a visit took, in minutes, or was to take."""
    return visit.minutes_helped or int((visit.end - visit.start).total_seconds()) // 60
