"""Booking is asked before a record is locked: while it is slow, nobody else waits."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from services.providers.actions import departures
from services.providers.actions.asking_first import Begin
from services.providers.actions.opening_hours import write_hours
from services.providers.actions.service_points import replace_service_point, write_service_point
from services.providers.actions.tutors import replace_tutor, write_tutor
from services.providers.models import Person, ServicePoint, Tutor
from services.providers.problems import AppointmentsToCome
from shared import db
from shared.clients import BookingClient
from shared.problems import ChangedMeanwhile, Unavailable
from shared.schemas.booking import ToCome
from tests.integration.providers import EDITOR, SmallRegistry, seed_registry

pytestmark = pytest.mark.anyio
HELSINKI = ZoneInfo("Europe/Helsinki")
SOON = 5.0


class SlowBooking(BookingClient):
    """A booking that is asked, does meanwhile what it is given to do, and answers what is to come."""

    def __init__(self, *coming: ToCome, meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
        self.coming, self.meanwhile = coming, meanwhile
        self.asked: list[Mapping[str, Any]] = []

    async def to_come(self, **query: Any) -> list[ToCome]:
        self.asked.append({name: value for name, value in query.items() if value is not None})
        if self.meanwhile is not None:
            await asyncio.wait_for(self.meanwhile(), SOON)
        return list(self.coming)


class AwayBooking(BookingClient):
    """A booking that is out of reach."""

    def __init__(self) -> None:
        pass

    async def to_come(self, **_query: Any) -> list[ToCome]:
        raise Unavailable


def visit(start: str) -> ToCome:
    begins = dt.datetime.fromisoformat(start)
    return ToCome(id=uuid.uuid4(), start=begins, end=begins + dt.timedelta(minutes=30))


def transactions(sessions: db.Sessions) -> Begin:
    return lambda: db.transaction(sessions)


async def rename_tutor(sessions: db.Sessions, registry: SmallRegistry) -> None:
    """Another editor writes the same tutor."""
    async with db.transaction(sessions) as session:
        wanted = registry.tutor_input(display_name="Toinen")
        await write_tutor(session, caller=EDITOR, wanted=wanted, record=registry.tutor)


async def end_tutor(
    sessions: db.Sessions, registry: SmallRegistry, booking: BookingClient, if_match: int | None = None
) -> None:
    await replace_tutor(
        transactions(sessions),
        booking,
        caller=EDITOR,
        tutor=registry.tutor,
        wanted=registry.tutor_input(status="ended"),
        if_match=if_match,
    )


async def narrow_tutor(
    sessions: db.Sessions, registry: SmallRegistry, booking: BookingClient, first: str | None, last: str | None
) -> None:
    await replace_tutor(
        transactions(sessions),
        booking,
        caller=EDITOR,
        tutor=registry.tutor,
        wanted=registry.tutor_input(active_from=first, active_until=last),
        if_match=None,
    )


async def the_tutor(sessions: db.Sessions, registry: SmallRegistry) -> Tutor:
    async with db.transaction(sessions) as session:
        return await session.get_one(Tutor, registry.tutor)


async def test_another_editor_of_the_tutor_does_not_wait_for_booking(providers_db: db.Sessions) -> None:
    registry = await seed_registry(providers_db)
    done: list[bool] = []

    async def meanwhile() -> None:
        if not done:
            done.append(True)
            await rename_tutor(providers_db, registry)

    booking = SlowBooking(meanwhile=meanwhile)
    await end_tutor(providers_db, registry, booking)
    assert len(booking.asked) == 2  # the answer was about a version that is no more, so it was asked again
    assert (await the_tutor(providers_db, registry)).status == "ended"


async def test_an_answer_about_an_older_version_is_used_for_nothing(providers_db: db.Sessions) -> None:
    """Somebody who writes again and again between question and write: nothing is saved on what is not known."""
    registry = await seed_registry(providers_db)
    booking = SlowBooking(meanwhile=lambda: rename_tutor(providers_db, registry))
    with pytest.raises(ChangedMeanwhile):
        await end_tutor(providers_db, registry, booking)
    assert (await the_tutor(providers_db, registry)).status == "active"


async def test_who_says_what_they_have_read_is_refused_when_it_changes_meanwhile(providers_db: db.Sessions) -> None:
    registry = await seed_registry(providers_db)
    booking = SlowBooking(meanwhile=lambda: rename_tutor(providers_db, registry))
    with pytest.raises(ChangedMeanwhile):
        await end_tutor(providers_db, registry, booking, if_match=1)
    assert len(booking.asked) == 1


async def test_another_editor_of_the_point_does_not_wait_for_booking(providers_db: db.Sessions) -> None:
    registry = await seed_registry(providers_db)

    async def meanwhile() -> None:
        async with db.transaction(providers_db) as session:
            row = await session.get_one(ServicePoint, registry.point, with_for_update={"nowait": True})
            assert row.status == "active"

    booking = SlowBooking(meanwhile=meanwhile)
    wanted = registry.point_input(status="ended")
    await replace_service_point(
        transactions(providers_db), booking, caller=EDITOR, point=registry.point, wanted=wanted, if_match=None
    )
    assert booking.asked == [{"service_point": registry.point}]
    async with db.transaction(providers_db) as session:
        assert (await session.get_one(ServicePoint, registry.point)).status == "ended"


async def test_a_point_that_stays_open_asks_nobody(providers_db: db.Sessions) -> None:
    registry = await seed_registry(providers_db)
    wanted = registry.point_input(address="Toinen tie 2")
    await replace_service_point(
        transactions(providers_db), AwayBooking(), caller=EDITOR, point=registry.point, wanted=wanted, if_match=None
    )
    async with db.transaction(providers_db) as session:
        await write_service_point(session, caller=EDITOR, wanted=wanted, record=registry.point)
        assert await write_hours(session, caller=EDITOR, point=registry.point, days=[]) == 4


@pytest.mark.parametrize("leave", ["removed", "forgotten"])
async def test_nobody_waits_for_booking_while_a_tutor_is_forgotten(providers_db: db.Sessions, leave: str) -> None:
    registry = await seed_registry(providers_db)
    account = (await the_tutor(providers_db, registry)).person_id
    assert account is not None

    async def meanwhile() -> None:
        async with db.transaction(providers_db) as session:
            await session.get_one(Tutor, registry.tutor, with_for_update={"nowait": True})
            await session.get_one(Person, account, with_for_update={"nowait": True})

    booking, begin = SlowBooking(meanwhile=meanwhile), transactions(providers_db)
    if leave == "removed":
        await departures.remove_tutor(begin, booking, caller=EDITOR, tutor=registry.tutor)
    else:
        await departures.forget_me(begin, booking, person=account)
    assert booking.asked == [{"tutor": registry.tutor}]
    row = await the_tutor(providers_db, registry)
    assert (row.display_name, row.status, row.person_id) == (departures.NAMELESS, "ended", None)
    async with db.transaction(providers_db) as session:
        assert await session.get(Person, account) is None


async def test_who_becomes_a_tutor_while_booking_is_asked_is_asked_about_again(providers_db: db.Sessions) -> None:
    registry = await seed_registry(providers_db)
    account = (await the_tutor(providers_db, registry)).person_id
    assert account is not None
    booking = SlowBooking(meanwhile=lambda: rename_tutor(providers_db, registry))
    with pytest.raises(ChangedMeanwhile):
        await departures.forget_me(transactions(providers_db), booking, person=account)
    async with db.transaction(providers_db) as session:
        assert await session.get(Person, account) is not None


async def test_nothing_is_written_while_somebody_is_to_come_or_nobody_knows(providers_db: db.Sessions) -> None:
    registry = await seed_registry(providers_db)
    awaited = visit("2027-03-01T10:00:00+02:00")
    with pytest.raises(AppointmentsToCome) as refused:
        await end_tutor(providers_db, registry, SlowBooking(awaited))
    assert [each["id"] for each in refused.value.extensions["appointments"]] == [str(awaited.id)]
    with pytest.raises(Unavailable):
        await end_tutor(providers_db, registry, AwayBooking())
    assert (await the_tutor(providers_db, registry)).version == 1


async def test_of_a_narrower_period_only_what_lies_outside_is_asked_for(providers_db: db.Sessions) -> None:
    """Booking lists a hundred at most: the hundred-and-first may be the one that lies outside."""
    registry = await seed_registry(providers_db)
    booking = SlowBooking()
    await narrow_tutor(providers_db, registry, booking, "2027-03-01", "2027-03-31")
    assert booking.asked == [
        {"tutor": registry.tutor, "before": dt.date(2027, 3, 1)},
        {"tutor": registry.tutor, "after": dt.date(2027, 3, 31)},
    ]
    with pytest.raises(AppointmentsToCome):
        await narrow_tutor(providers_db, registry, SlowBooking(visit("2027-04-01T10:00:00+03:00")), None, "2027-03-31")


async def test_a_period_without_ends_asks_nobody(providers_db: db.Sessions) -> None:
    registry = await seed_registry(providers_db)
    await narrow_tutor(providers_db, registry, SlowBooking(), "2027-03-31", None)
    await narrow_tutor(providers_db, registry, AwayBooking(), None, None)
    async with db.transaction(providers_db) as session:
        assert await session.scalar(sa.select(Tutor.active_from).where(Tutor.id == registry.tutor)) is None
