"""The real libraries, from the list through the feed into booking, and a search over all of them."""

import datetime as dt
import uuid
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from services.booking import models as copies
from services.booking import projection
from services.booking.actions import spans
from services.booking.store import SlotQuery, earliest
from services.providers import models as originals
from services.providers.actions import catalogue
from services.providers.actions.importing import import_files
from shared import db, feed, following
from shared.auth import Principal
from shared.schemas import providers
from shared.schemas.common import CloudEvent, LocalisedText

pytestmark = pytest.mark.anyio
ZONE, MINUTE = "Europe/Helsinki", dt.timedelta(minutes=1)
NOW = dt.datetime(2026, 6, 28, 6, tzinfo=dt.UTC)  # a Sunday, the first day of the lists
SERVICE = Principal("service", "booking", scopes=frozenset({"events:read"}))


class Feed:
    """The feed of a providers database, without the HTTP in between."""

    def __init__(self, sessions: db.Sessions) -> None:
        self._sessions = sessions

    async def events(self, last_event_id: uuid.UUID | None, _wait_seconds: int, /) -> list[CloudEvent]:
        async with db.transaction(self._sessions) as session:
            await feed.number(session)
        async with db.transaction(self._sessions) as session:
            position = await feed._position_of(session, last_event_id)
            found = await feed.read(session, position, SERVICE)
        return [CloudEvent.model_validate(feed._cloud_event("/api/providers", event)) for event in found]


async def copy(providers_db: db.Sessions, booking_db: db.Sessions) -> None:
    """Follow the feed to its end."""
    while await following.follow_once(booking_db, "providers", Feed(providers_db), projection.apply, 0):
        pass


async def rows(sessions: db.Sessions, *columns: Any) -> set[tuple[object, ...]]:
    async with db.transaction(sessions) as session:
        return {tuple(map(str, row)) for row in await session.execute(sa.select(*columns))}


async def test_the_copies_equal_the_originals_and_every_library_can_be_searched(
    providers_db: db.Sessions, booking_db: db.Sessions, data: Path
) -> None:
    libraries = data / "libraries"
    async with db.transaction(providers_db) as session:
        await import_files(
            session,
            source="libraries",
            points=libraries / "libraries.csv",
            hours=libraries / "library_schedules.csv",
            start=lambda _total: lambda _done: None,
        )
    async with db.transaction(providers_db) as session:
        organisations = (await session.scalars(sa.select(originals.Organisation))).all()
        for organisation in organisations:
            editor = Principal("client", "x", organisation.region, scopes=frozenset({"registry:write"}))
            tutor = providers.TutorInput(
                organisation_id=organisation.id,
                display_name="Aino",
                languages=["fi"],
                topics=["e-services"],
                channels=["on_site"],
            )
            offering = providers.OfferingInput(
                organisation_id=organisation.id,
                name=LocalisedText(fi="Digituki"),
                topics=["e-services"],
                channels=["on_site"],
                horizon_days=14,
            )
            await catalogue.write_tutor(session, caller=editor, wanted=tutor)
            await catalogue.write_offering(session, caller=editor, wanted=offering)

    await copy(providers_db, booking_db)
    point, copied = originals.ServicePoint, copies.ServicePoint
    assert await rows(providers_db, point.id, point.municipality, point.name, point.address) == await rows(
        booking_db, copied.id, copied.municipality, copied.name, copied.address
    )
    assert len(await rows(booking_db, copied.id)) == 720
    assert await rows(providers_db, originals.OpeningDay.service_point_id, originals.OpeningDay.date) == await rows(
        booking_db, copies.StaffedDay.service_point_id, copies.StaffedDay.date
    )

    async with db.transaction(providers_db) as session:
        owner_of = {row.id: row.organisation_id for row in await session.scalars(sa.select(point))}
    await open_everywhere(booking_db, owner_of)
    async with db.transaction(booking_db) as session:
        query = SlotQuery(topic="e-services")
        found = await earliest(session, query, now=NOW, limit=100_000)
    assert len({row.service_point_id for row in found}) > 600
    await all_stand_in_staffed_time(booking_db, found)


async def open_everywhere(sessions: db.Sessions, owner_of: dict[uuid.UUID, uuid.UUID]) -> None:
    """Every tutor is there all day, every weekday, at each library of their municipality."""
    async with db.transaction(sessions) as session:
        tutors = (await session.scalars(sa.select(copies.Tutor))).all()
        tutor_of = {tutor.organisation_id: tutor for tutor in tutors}
        for point, organisation in owner_of.items():
            owner = tutor_of[organisation]
            session.add_all(
                copies.Availability(
                    region=owner.region,
                    tutor_id=owner.id,
                    service_point_id=point,
                    channels=["on_site"],
                    weekday=weekday,
                    opens=dt.time(6),
                    closes=dt.time(22),
                    zone=ZONE,
                )
                for weekday in range(1, 8)
            )
    async with db.transaction(sessions) as session:
        for tutor in tutors:
            await spans.refresh(session, tutor.id, now=NOW, zone=ZONE)


async def all_stand_in_staffed_time(sessions: db.Sessions, found: list[sa.Row[Any]]) -> None:
    async with db.transaction(sessions) as session:
        staffed = {
            (day.service_point_id, day.date): day.hours for day in await session.scalars(sa.select(copies.StaffedDay))
        }
    known = 0
    for row in found:
        start = row.start.astimezone(ZoneInfo(ZONE))
        hours = staffed.get((row.service_point_id, start.date()))
        if hours is not None:  # staffed at its first minute, its middle and its last; shifts that touch join
            known += 1
            visit = [(start + MINUTE * n).time().isoformat() for n in (0, 15, row.duration_minutes - 1)]
            assert all(any(opens <= minute < closes for opens, closes in hours) for minute in visit), (start, hours)
    assert known > 0.99 * len(found)
