"""Of what is sent, only what is named is kept: a field that the wire gets later enters nothing by itself."""

import pytest

from services.booking.actions import waitlist
from services.booking.models import WaitlistEntry
from services.providers.actions.tutors import write_tutor
from services.providers.models import Tutor
from shared import db
from shared.schemas import booking as wire
from shared.schemas import providers as registry_wire
from tests.integration.providers import EDITOR, seed_registry
from tests.integration.registry import AILI, KUUSAMO, Registry, acting, context

pytestmark = pytest.mark.anyio


class NewerWish(wire.WaitlistInput):
    """A wish with a field that has been added since."""

    added: str = "x"


async def test_of_a_wish(booking_db: db.Sessions) -> None:
    await Registry().seed(booking_db, open=False)
    said = {"topic": "e-services", "municipality": KUUSAMO, "citizen": AILI, "until": "2027-03-31"}
    entry = await acting(booking_db, waitlist.join, context(), wanted=NewerWish.model_validate(said))
    async with db.transaction(booking_db) as session:
        kept = (await session.get_one(WaitlistEntry, entry)).wish
    assert kept["municipality"] == KUUSAMO
    assert "added" not in kept


class NewerTutor(registry_wire.TutorInput):
    """A tutor's details with a field that has been added since."""

    added: str = "x"


async def test_of_a_tutor(providers_db: db.Sessions) -> None:
    registry = await seed_registry(providers_db)
    wanted = NewerTutor.model_validate(registry.tutor_input(display_name="Toinen").model_dump())
    async with db.transaction(providers_db) as session:
        made = await write_tutor(session, caller=EDITOR, wanted=wanted)
        assert (await session.get_one(Tutor, made)).display_name == "Toinen"
