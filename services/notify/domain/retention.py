"""What notify's tables hold of a person, and how long. A table is in one of these, or a test fails."""

from shared.retention import KEPT_EVERYWHERE, NOTHING_ANYWHERE, Kept

KEPT: Kept = {"message": ("message",), "event": ("ids",), **KEPT_EVERYWHERE}
NOTHING_OF_A_PERSON = NOTHING_ANYWHERE | {"paid_messages", "paid_of_region"}
