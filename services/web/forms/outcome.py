"""How a visit ended, as a tutor or a service point says it with a few taps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from shared.schemas import booking as wire

NO_SHOW = "no_show"
YES_NO = {"yes": True, "no": False}
USUAL_LENGTHS = (15, 30, 45, 60, 90)  # minutes


@dataclass
class OutcomeForm:
    """The form as it is sent: the button that says how it ended, and what was ticked before."""

    came: Annotated[str, Form()]
    manages_alone: Annotated[str, Form()] = ""
    minutes_helped: Annotated[str, Form()] = ""
    device: Annotated[str, Form()] = ""
    date: Annotated[str, Form()] = ""

    def outcome(self) -> wire.OutcomeInput:
        """Return what is said. What was ticked of somebody who did not come is left out. Raises ValidationError for
        what is not on the page."""
        if self.came == NO_SHOW:
            return wire.OutcomeInput(attended=False)
        said = {
            "manages_alone": YES_NO.get(self.manages_alone),
            "minutes_helped": self.minutes_helped or None,
            "device": self.device or None,
        }
        return wire.OutcomeInput.model_validate({"attended": True, "result": self.came, **said})


def lengths_of(visit: wire.Appointment) -> Sequence[int]:
    """Return the lengths to choose from, in minutes: the usual ones, and those of this visit."""
    return sorted({*USUAL_LENGTHS, length_of(visit)})


def length_of(visit: wire.Appointment) -> int:
    """Return how long a visit took, in minutes, or was to take."""
    return visit.minutes_helped or int((visit.end - visit.start).total_seconds()) // 60
