"""Who may see and do what with appointments and with whose time."""

import datetime as dt
import uuid

import pytest
from pydantic import SecretStr

from services.booking import access
from services.booking.actions import hours
from services.booking.models import Appointment
from services.booking.reads import appointments as reads
from services.booking.settings import Settings
from services.booking.store import shown as store
from shared import db
from shared.auth import Principal
from shared.db import driver
from shared.problems import Forbidden, InvalidInput, NotFound, Problem, SensitiveText, WrongRegion
from shared.schemas import booking as wire
from shared.schemas.people import Role
from tests.integration.registry import NOW, REGION, SECRET, ZONE, Registry, acting, connected, context, free, helsinki

pytestmark = pytest.mark.anyio
SETTINGS = Settings.model_construct(zone=ZONE, public_url="https://vuoro.example", secret=SecretStr(SECRET))
TEN, HOUR = helsinki(8, 10), dt.timedelta(hours=1)
TODAY = access.Today(NOW, ZONE)


def client(organisation: uuid.UUID | None, *scopes: str, region: str = REGION) -> Principal:
    return Principal("client", str(uuid.uuid4()), region, scopes=frozenset(scopes), client_organisation=organisation)


READ, WRITE = "appointments:read", "appointments:write"


async def test_one_organisation_never_sees_anothers_citizens(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, TEN)
    other = uuid.uuid4()
    strangers: list[tuple[Principal, type[Problem]]] = [
        (client(other, READ, WRITE), NotFound),
        (client(None, READ, WRITE), NotFound),
        (client(registry.organisation), Forbidden),
        (client(registry.organisation, READ, region="06"), WrongRegion),
        (Principal("person", "p", REGION, roles=(Role(role="staff", organisation_id=other),)), NotFound),
        (Principal("person", "p", REGION, roles=(Role(role="tutor", tutor_id=other),)), NotFound),
        (
            Principal(
                "person",
                "p",
                REGION,
                roles=(Role(role="staff", organisation_id=registry.organisation, service_point_id=other),),
            ),
            NotFound,
        ),
    ]
    async with db.transaction(booking_db) as session:
        [row] = await store.shown(await driver(session), [booked])
        for stranger, problem in strangers:
            with pytest.raises(problem):
                access.require_view(stranger, row, TODAY)
        for insider in (registry.tutor_token(), registry.staff(), client(registry.organisation, READ)):
            assert access.require_view(insider, row, TODAY).citizen
        coordinator = Principal("person", "c", REGION, roles=(Role(role="coordinator"),))
        assert not access.require_view(coordinator, row, TODAY).citizen
        with pytest.raises(Forbidden):
            access.require_actor(coordinator, access.require_view(coordinator, row, TODAY))
        with pytest.raises(Forbidden):
            access.require_view(client(registry.organisation, WRITE), row, TODAY)


async def test_a_client_that_may_only_write_moves_and_cancels_what_it_booked(
    booking_db: db.Sessions, registry: Registry
) -> None:
    booker = client(None, WRITE)
    booked = await registry.book(booking_db, TEN, caller=booker)
    async with db.transaction(booking_db) as session:
        [row] = await store.shown(await driver(session), [booked])
        view = access.require_view(booker, row, TODAY)
    assert access.require_actor(booker, view) == "client"


async def test_the_days_list_holds_what_each_may_see(booking_db: db.Sessions, registry: Registry) -> None:
    other = Registry()
    await other.seed(booking_db)
    mine, theirs = await registry.book(booking_db, TEN), await other.book(booking_db, TEN)

    async def listed(caller: Principal) -> set[uuid.UUID]:
        async with db.transaction(booking_db) as session:
            found = await store.of_day(await driver(session), TEN - HOUR, TEN + HOUR, access.seen_by(caller), limit=100)
            return {id for id, _start in found}

    assert await listed(registry.tutor_token()) == {mine}
    assert await listed(registry.staff()) == {mine}
    assert await listed(client(other.organisation, READ)) == {theirs}
    assert await listed(client(uuid.uuid4(), READ)) == set()
    assert await listed(Principal("person", "c", REGION, roles=(Role(role="coordinator"),))) == {mine, theirs}
    assert await listed(Principal("person", "c", "06", roles=(Role(role="coordinator"),))) == set()


async def test_the_days_list_goes_on_page_by_page(booking_db: db.Sessions, registry: Registry) -> None:
    """Also where several begin at once."""
    other = Registry()
    await other.seed(booking_db)
    times = [TEN, TEN + HOUR, TEN + 2 * HOUR]
    booked = {await each.book(booking_db, at) for at in times for each in (registry, other)}
    coordinator = Principal("person", "c", REGION, roles=(Role(role="coordinator"),))
    found, after = list[uuid.UUID](), None
    while True:
        wanted = wire.DayList(date=dt.date(2027, 3, 8), limit=2, after=after)
        async with connected(booking_db) as connection:
            page = await reads.day(connection, coordinator, wanted, SETTINGS, now=NOW)
        found += [item.id for item in page.items]
        after = page.next
        if after is None:
            break
    assert (len(found), set(found)) == (6, booked)


async def test_who_is_moved_meanwhile_does_not_take_the_rest_of_the_list_along(
    booking_db: db.Sessions, registry: Registry
) -> None:
    first, second = await registry.book(booking_db, TEN), await registry.book(booking_db, TEN + HOUR)
    wanted = wire.DayList(date=dt.date(2027, 3, 8), limit=1)
    async with connected(booking_db) as connection:
        page = await reads.day(connection, registry.staff(), wanted, SETTINGS, now=NOW)
    assert [item.id for item in page.items] == [first]
    async with db.transaction(booking_db) as session:
        week = dt.timedelta(days=7)
        row = await session.get_one(Appointment, first)
        row.starts, row.ends = row.starts + week, row.ends + week
    async with connected(booking_db) as connection:
        rest = wanted.model_copy(update={"after": page.next})
        page = await reads.day(connection, registry.staff(), rest, SETTINGS, now=NOW)
        assert [item.id for item in page.items] == [second]
        with pytest.raises(InvalidInput):
            await reads.day(connection, registry.staff(), wanted.model_copy(update={"after": "x"}), SETTINGS, now=NOW)


async def test_a_token_of_another_region_books_nothing(booking_db: db.Sessions, registry: Registry) -> None:
    with pytest.raises(WrongRegion):
        await registry.book(booking_db, TEN, caller=client(None, WRITE, region="06"))
    assert TEN in await free(booking_db)


async def test_a_tutor_manages_their_own_time_only(booking_db: db.Sessions, registry: Registry) -> None:
    other = Registry()
    await other.seed(booking_db)
    wanted = wire.AbsenceInput.model_validate(
        {"tutor_id": str(other.tutor), "from": "2027-03-08", "until": "2027-03-08"}
    )
    for caller in (registry.tutor_token(), registry.staff(), client(registry.organisation, "availability:write")):
        with pytest.raises(Forbidden):
            await acting(booking_db, hours.add_absence, context(caller), wanted=wanted)


@pytest.mark.parametrize("text", ["131052-308T", "FI21 1234 5600 0007 85"])
async def test_secrets_in_the_note_are_refused(booking_db: db.Sessions, registry: Registry, text: str) -> None:
    with pytest.raises(SensitiveText):
        await registry.book(booking_db, TEN, note=text)
