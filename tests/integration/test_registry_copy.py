"""The real libraries, from the list through the feed into booking, and a search over all of them."""

import datetime as dt
import uuid
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from services.booking import models as copies
from services.booking.actions import recopying, spans
from services.booking.domain.wall_time import Recurrence
from services.booking.jobs import apply_event
from services.booking.store import freshness
from services.booking.store.search import Query, earliest
from services.providers import models as originals
from services.providers.actions.import_report import ImportReport as Report
from services.providers.actions.importing import import_files
from services.providers.actions.offerings import write_offering
from services.providers.actions.tutors import write_tutor
from shared import db, feed, following
from shared.auth import Principal
from shared.db import driver
from shared.schemas import providers
from shared.schemas.common import CloudEvent, LocalisedText
from tests.integration.registry import number_events

pytestmark = [pytest.mark.anyio, pytest.mark.trials]
ZONE, MINUTE = "Europe/Helsinki", dt.timedelta(minutes=1)
NOW = dt.datetime(2026, 6, 28, 6, tzinfo=dt.UTC)  # a Sunday, the first day of the lists
COPIES = (
    copies.MunicipalityCopy,
    copies.OrganisationCopy,
    copies.ServicePointCopy,
    copies.StaffedDay,
    copies.ConsentCopy,
    copies.TutorCopy,
    copies.OfferingCopy,
)
SERVICE = Principal("service", "booking", scopes=frozenset({"events:read"}))


class Feed:
    """The feed of a providers database, without the HTTP in between."""

    def __init__(self, sessions: db.Sessions) -> None:
        self._sessions = sessions

    async def events(self, last_event_id: uuid.UUID | None, _wait_seconds: int, /) -> list[CloudEvent]:
        await number_events(self._sessions)
        async with db.transaction(self._sessions) as session:
            position = await feed.position_of(session, last_event_id)
            found = await feed.events_after(session, position, SERVICE)
        return [CloudEvent.model_validate(feed._cloud_event("/api/providers", event)) for event in found]


async def copy(providers_db: db.Sessions, booking_db: db.Sessions) -> None:
    """Follow the feed to its end."""
    while await following.follow_once(booking_db, "providers", Feed(providers_db), apply_event, 0):
        pass


def url_of(sessions: db.Sessions) -> str:
    address: str = sessions.kw["bind"].url.set(drivername="postgresql").render_as_string(hide_password=False)
    return address


async def rows(sessions: db.Sessions, *columns: Any) -> set[tuple[object, ...]]:
    async with db.transaction(sessions) as session:
        return {tuple(map(str, row)) for row in await session.execute(sa.select(*columns))}


async def bring_in(sessions: db.Sessions, libraries: Path) -> Report:
    async with db.transaction(sessions) as session:
        return await import_files(
            session,
            source="libraries",
            points=libraries / "libraries.csv",
            hours=libraries / "library_schedules.csv",
            start=lambda _total: lambda _done: None,
        )


async def test_every_library_goes_in_once_is_copied_and_can_be_searched(
    providers_db: db.Sessions, booking_db: db.Sessions, data: Path
) -> None:
    first = await bring_in(providers_db, data / "libraries")
    assert (first.created, first.changed, first.unchanged) == (720, 0, 0)
    assert [row.reason for row in first.refused] == ["tells nothing: staffed, self_service or closed is needed"] * 57
    await all_rows_are_there(providers_db)
    events = await rows(providers_db, feed.Event.id)
    second = await bring_in(providers_db, data / "libraries")
    assert (second.created, second.changed, second.unchanged, second.days_written) == (0, 0, 720, 0)
    assert await rows(providers_db, feed.Event.id) == events

    tutors = await a_tutor_in_each_region(providers_db)
    await copy(providers_db, booking_db)
    point, copied = originals.ServicePoint, copies.ServicePointCopy
    assert await rows(providers_db, point.id, point.municipality, point.name, point.address) == await rows(
        booking_db, copied.id, copied.municipality, copied.name, copied.address
    )
    assert await rows(providers_db, originals.OpeningDay.service_point_id, originals.OpeningDay.date) == await rows(
        booking_db, copies.StaffedDay.service_point_id, copies.StaffedDay.date
    )

    await open_everywhere(booking_db, tutors)
    async with db.transaction(booking_db) as session:
        query = Query(topic="e-services", zone=ZONE)
        found = await earliest(await driver(session), query, now=NOW, limit=100_000)
    assert len({row.service_point_id for row in found}) > 600
    await all_stand_in_staffed_time(booking_db, found)


async def all_rows_are_there(sessions: db.Sessions) -> None:
    async with db.transaction(sessions) as session:
        days = (await session.scalars(sa.select(originals.OpeningDay.hours))).all()
        pedersore = sa.select(originals.ServicePoint.id).where(originals.ServicePoint.municipality == "599")
        assert len((await session.scalars(pedersore)).all()) == 7
    kinds = Counter(hours["kind"] for day in days for hours in day)
    # Of the rows, 16 and 63 go on where another of their kind ends or overlap with it: they are one with it.
    assert kinds == {"staffed": 21_613 - 16, "self_service": 37_901 - 63}


async def a_tutor_in_each_region(sessions: db.Sessions) -> dict[str, uuid.UUID]:
    """Tutors by region, each with an offering of their organisation."""
    found = {}
    async with db.transaction(sessions) as session:
        organisations = (await session.scalars(sa.select(originals.Organisation))).all()
        for region, organisation in {row.region: row.id for row in organisations}.items():
            editor = Principal("client", "x", region, scopes=frozenset({"registry:write"}))
            tutor = providers.TutorInput(
                organisation_id=organisation,
                display_name="Aino",
                languages=["fi"],
                topics=["e-services"],
                channels=["on_site"],
            )
            offering = providers.OfferingInput(
                organisation_id=organisation,
                name=LocalisedText(fi="Digituki"),
                topics=["e-services"],
                channels=["on_site"],
                grid_minutes=30,
                horizon_days=14,
            )
            found[region] = await write_tutor(session, caller=editor, wanted=tutor)
            await write_offering(session, caller=editor, wanted=offering)
    return found


async def open_everywhere(sessions: db.Sessions, tutors: dict[str, uuid.UUID]) -> None:
    """Every helper is there all day, every weekday, at each library of their region."""
    async with db.transaction(sessions) as session:
        for point in (await session.scalars(sa.select(copies.ServicePointCopy))).all():
            session.add_all(
                copies.Availability(
                    region=point.region,
                    tutor_id=tutors[point.region],
                    service_point_id=point.id,
                    channels=["on_site"],
                    opens=dt.time(6),
                    closes=dt.time(22),
                    zone=ZONE,
                    starts_on=(recurrence := Recurrence.weekly(weekday, 1, NOW.date(), None)).first,
                    recurrence=recurrence.rule(ZONE),
                )
                for weekday in range(1, 8)
            )
    async with db.transaction(sessions) as session:
        connection = await driver(session)
        await spans.refresh(connection, list(tutors.values()), now=NOW, zone=ZONE)
        assert await freshness.stale_tutors(connection, NOW, ZONE, 100) == []


async def all_stand_in_staffed_time(sessions: db.Sessions, found: list[Any]) -> None:
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


async def test_the_copies_are_made_anew_from_the_feed_alone_and_what_was_wrong_is_told(
    providers_db: db.Sessions, booking_db: db.Sessions, data: Path
) -> None:
    async with db.transaction(providers_db) as session:
        points = data / "libraries" / "libraries.csv"
        await import_files(session, source="libraries", points=points, hours=None, start=lambda _n: lambda _done: None)
    tutors = await a_tutor_in_each_region(providers_db)
    all_right = dict.fromkeys((model.__tablename__ for model in COPIES), 0)

    async def again() -> dict[str, int]:
        async with db.pool(url_of(booking_db), size=1) as pool:
            return await recopying.recopy(pool, Feed(providers_db), lambda _events: None)

    from_nothing = await again()  # nobody has followed the feed yet
    assert (from_nothing["municipality"], from_nothing["service_point"]) == (308, 720)
    assert await again() == all_right
    kept = [await rows(booking_db, *model.__table__.columns) for model in COPIES]
    await copy(providers_db, booking_db)  # the worker goes on where the rebuild has read to, and finds nothing new
    assert [await rows(booking_db, *model.__table__.columns) for model in COPIES] == kept

    someone = next(iter(tutors.values()))
    async with db.transaction(booking_db) as session:
        fresh = sa.update(copies.TutorCopy).values(refreshed_on=NOW.date())
        await session.execute(fresh)
        await session.execute(
            sa.update(copies.TutorCopy).where(copies.TutorCopy.id == someone).values(display_name="X")
        )
        await session.execute(sa.text("DELETE FROM service_point WHERE municipality = '305'"))
        await session.execute(
            sa.text("INSERT INTO staffed_day VALUES (gen_random_uuid(), '2027-03-01', '[[\"10:00\", \"12:00\"]]')")
        )
    assert await again() == all_right | {"tutor": 1, "service_point": 1, "staffed_day": 1}
    assert await again() == all_right
    async with db.transaction(booking_db) as session:
        stale = await session.scalars(sa.select(copies.TutorCopy.id).where(copies.TutorCopy.refreshed_on.is_(None)))
        assert stale.all() == [someone]
    tutor, copied = originals.Tutor, copies.TutorCopy
    assert await rows(providers_db, tutor.id, tutor.display_name, tutor.topics) == await rows(
        booking_db, copied.id, copied.display_name, copied.topics
    )
