"""Of which changes a citizen must be told, by a call where no message reaches them."""

from typing import Literal

from services.booking.domain.states import Step

MOST_LOOKED_AT = 500  # nobody calls more; who has a mobile number is among them, and is sent a message
Change = Literal["displaced", "cancelled", "reassigned", "moved"]
CHANGES: dict[Step, Change] = {
    "displace": "displaced",
    "cancel": "cancelled",
    "reassign": "reassigned",
    "move": "moved",
}


def to_be_told(step: Step, actor: str) -> Change | None:
    """Return of which change the citizen must be told when `actor` has taken a step; None for their own, which they
    know."""
    return None if actor == "citizen" else CHANGES[step]
