"""Who came without a time, as a tutor or a desk says it with one tap."""

import uuid
from typing import Annotated, Any

from fastapi import Form

from shared.schemas import booking as wire

USUAL_LENGTHS = (5, 10, 15, 30, 45, 60)  # minutes


class WalkInForm:
    """The button that was pressed, and what was ticked before it, if anything."""

    def __init__(
        self,
        point: Annotated[uuid.UUID, Form()],
        state: Annotated[str, Form()] = "",
        topic: Annotated[str, Form()] = "",
        minutes_helped: Annotated[str, Form()] = "",
        device: Annotated[str, Form()] = "",
        nonce: Annotated[str, Form()] = "",
    ) -> None:
        self.state, self.point, self.nonce = state, point, nonce
        self._helped = {"topic": topic or None, "minutes_helped": minutes_helped or None, "device": device or None}

    def noted(self) -> wire.WalkInInput:
        """Return who is noted. Raises ValidationError for what is not on the page."""
        return wire.WalkInInput.model_validate({"service_point_id": self.point, **self._said()})

    def ended(self) -> wire.WalkInOutcomeInput:
        """Return how it ended for who waited. Raises ValidationError likewise."""
        return wire.WalkInOutcomeInput.model_validate(self._said())

    def next(self) -> wire.NextWalkInInput:
        """Return whose queue goes on."""
        return wire.NextWalkInInput(service_point_id=self.point)

    def _said(self) -> dict[str, Any]:
        # What was ticked of the help is left out of who got none.
        if self.state == "helped":
            return {"state": self.state, **self._helped}
        return {"state": self.state, "topic": self._helped["topic"]}
