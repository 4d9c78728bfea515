"""A citizen is told in which languages they are helped, where on a map, and at which number a person answers."""

import pytest
from pydantic import SecretStr

from services.booking import access
from services.booking.reads import appointments
from services.booking.settings import Settings
from shared import db
from shared.schemas import booking as wire
from shared.schemas import providers
from tests.integration.registry import KUUSAMO, NAME, REGION, SECRET, ZONE, Registry, connected, helsinki

pytestmark = pytest.mark.anyio
SETTINGS = Settings.model_construct(zone=ZONE, secret=SecretStr(SECRET), public_url="https://vuoro.example")


async def shown(sessions: db.Sessions, registry: Registry) -> wire.Appointment:
    booked = await registry.book(sessions, helsinki(8, 10))
    async with connected(sessions) as connection:
        return await appointments.appointment(connection, booked, access.CITIZEN, SETTINGS)


async def organisation_answers(sessions: db.Sessions, registry: Registry, phone: str) -> None:
    state = {"id": registry.organisation, "region": REGION, "name": NAME, "kind": "library", "municipality": KUUSAMO}
    async with db.transaction(sessions) as session:
        told = providers.Organisation.model_validate(state | {"phone": phone})
        await registry.apply(session, "organisation.changed", told)


async def test_where_and_in_which_languages(booking_db: db.Sessions, registry: Registry) -> None:
    await registry.change_tutor(booking_db, languages=["fi", "en"])
    seen = await shown(booking_db, registry)
    assert (seen.languages, seen.phone) == (["fi", "en"], None)
    assert seen.place is not None
    assert (seen.place.lat, seen.place.lon) == (65.9646, 29.1887)


async def test_the_number_of_the_place_and_else_of_the_organisation(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await organisation_answers(booking_db, registry, "08 123 4567")
    assert (await shown(booking_db, registry)).phone == "08 123 4567"


async def test_a_place_that_answers_itself_comes_first(booking_db: db.Sessions, registry: Registry) -> None:
    await organisation_answers(booking_db, registry, "08 123 4567")
    await registry.change_point(booking_db, phone="040 111 2222")
    assert (await shown(booking_db, registry)).phone == "040 111 2222"
