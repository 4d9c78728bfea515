"""What `booking` refuses, beyond what every service does."""

from pathlib import Path

from shared.problems import Problem
from shared.schemas.booking import Slot
from shared.texts import marked

LOCALE = Path(__file__).parent / "locale"


class SlotRefused(Problem):
    """This time cannot be booked"""

    status, slug, locale = 409, "slot-refused", LOCALE

    def __init__(self, alternatives: list[Slot]) -> None:
        shown = [slot.model_dump(mode="json") for slot in alternatives]
        super().__init__(extensions={"alternatives": shown})


class SlotTaken(SlotRefused):
    """Somebody else was faster"""

    slug = "slot-taken"
    detail = marked("This time was just taken. Nothing was booked. Choose one of the nearest free times.")


class SlotGone(SlotRefused):
    """This time is no longer offered"""

    slug = "slot-gone"
    detail = marked("The helper's hours have changed, or the time is too near. Choose one of the nearest free times.")


class NotASlot(Problem):
    """This is not a time that can be booked"""

    status, slug, locale = 422, "not-a-slot", LOCALE
    detail = marked("Use the id of a slot from the list of free times, with a topic that it serves.")


class InThePast(Problem):
    """This time has passed"""

    status, slug, locale = 422, "in-the-past", LOCALE
    detail = marked("Choose a time that is still to come.")


class WrongState(Problem):
    """This cannot be done to the appointment any more"""

    status, slug, locale = 409, "wrong-state", LOCALE
    detail = marked("It was cancelled, or the visit is over. Book a new time, or phone the service point.")
