"""Changes of one tutor's rules of time at once: they wait for one another, and never in a circle."""

import asyncio
import uuid

import pytest

from services.booking.actions import hours
from shared import db
from shared.schemas import booking as wire
from tests.integration.registry import ZONE, Registry, acting, context

pytestmark = pytest.mark.anyio


async def test_a_rule_and_the_zone_of_all_rules_change_at_once(booking_db: db.Sessions) -> None:
    """Nothing is tried again here, so that a circle would be an error. The tutor depends on another, whose time is
    locked, too."""
    registry, other = Registry(), uuid.uuid4()
    await registry.seed(booking_db, tutors=2)
    await registry.change_tutor(booking_db, other, display_name="Veikko")
    tutor = context(registry.tutor_token())
    opened = await registry.open(booking_db, 3, "10:00", "14:00")

    async def change(nth: int) -> None:
        wanted = wire.AvailabilityInput.model_validate(
            {"weekday": 3, "from": f"{8 + nth:02}:00", "to": "16:00", "service_point_id": registry.point}
        )
        await acting(booking_db, hours.replace_availability, tutor, hours=opened, wanted=wanted, standing="keep")

    async def move(nth: int) -> None:
        wanted = wire.TutorTime(zone=ZONE, holidays="FI" if nth % 2 else None)
        await acting(booking_db, hours.set_tutor_time, tutor, tutor_id=registry.tutor, wanted=wanted)

    await asyncio.wait_for(asyncio.gather(*map(change, range(6)), *map(move, range(6))), 60)
