"""A street that has a Swedish name is kept by both, from the register to what booking tells its readers."""

import csv
import io
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from icalendar import Calendar
from pydantic import SecretStr

from services.booking.access import BOOKER
from services.booking.actions import calendar_subscriptions as actions
from services.booking.reads import appointments, recipients, slots
from services.booking.reads import calendar_subscriptions as calendars
from services.booking.settings import Settings
from services.providers.actions.importing import import_files, import_ptv
from services.providers.actions.service_points import write_service_point
from services.providers.models import ServicePoint
from services.providers.routes import open_data
from services.providers.search.points import find_points
from shared import db
from shared.db import driver
from shared.schemas import providers as wire
from shared.schemas.booking import ExpandedSlot
from shared.schemas.common import LocalisedText
from tests.integration.providers import EDITOR, seed_registry
from tests.integration.registry import NOW, SECRET, ZONE, Registry, acting, connected, context, found, helsinki
from tests.integration.test_registry_copy import copy
from tests.unit.test_registers import location, street, text

pytestmark = pytest.mark.anyio
BOTH = {"address": "Isokatu 1", "address_sv": "Storgatan 1"}
SETTINGS = Settings.model_construct(zone=ZONE, secret=SecretStr(SECRET))


@pytest.fixture
async def registry(booking_db: db.Sessions) -> Registry:
    registry = Registry()
    await registry.seed(booking_db)
    await registry.change_point(booking_db, **BOTH)
    return registry


async def from_ptv(sessions: db.Sessions, folder: Path, *streets: dict[str, str]) -> None:
    path = folder / "ptv.json"
    path.write_text(json.dumps([location(addresses=[street(street=list(streets))])]), encoding="utf-8")
    async with db.transaction(sessions) as session:
        await import_ptv(session, where=[str(path)], start=lambda _n: lambda _d: None)


async def kept(sessions: db.Sessions) -> list[tuple[str, str | None]]:
    async with db.transaction(sessions) as session:
        rows = await session.execute(sa.select(ServicePoint.address, ServicePoint.address_sv))
        return [(row.address, row.address_sv) for row in rows]


async def test_ptv_s_swedish_street_comes_to_booking_and_goes_when_ptv_takes_it_back(
    providers_db: db.Sessions, booking_db: db.Sessions, tmp_path: Path
) -> None:
    await from_ptv(providers_db, tmp_path, text("Isokatu"), text("Storgatan", "sv"))
    assert await kept(providers_db) == [("Isokatu 1, 93600 Kuusamo", "Storgatan 1, 93600 Kuusamo")]
    async with db.transaction(providers_db) as session:
        point = (await session.scalars(sa.select(ServicePoint))).one()
        point_id, told = point.id, point.provenance["address_sv"]["source"]
    assert told == "ptv"
    await copy(providers_db, booking_db)
    async with connected(booking_db) as connection:
        [place] = (await slots.place_names(connection, [point_id])).values()
    assert (place.address, place.address_sv) == ("Isokatu 1, 93600 Kuusamo", "Storgatan 1, 93600 Kuusamo")
    await from_ptv(providers_db, tmp_path, text("Isokatu"))
    assert await kept(providers_db) == [("Isokatu 1, 93600 Kuusamo", None)]


async def test_a_swedish_street_that_somebody_has_edited_stays(providers_db: db.Sessions, tmp_path: Path) -> None:
    await from_ptv(providers_db, tmp_path, text("Isokatu"), text("Storgatan", "sv"))
    async with db.transaction(providers_db) as session:
        await session.execute(sa.update(ServicePoint).values(address_sv="Stora gatan 1"))
    await from_ptv(providers_db, tmp_path, text("Isokatu"), text("Storgatan", "sv"))
    assert [swedish for _address, swedish in await kept(providers_db)] == ["Stora gatan 1"]


async def test_who_is_told_of_an_appointment_is_told_of_both_names(booking_db: db.Sessions, registry: Registry) -> None:
    booked = await registry.book(booking_db, helsinki(8, 10))
    async with connected(booking_db) as connection:
        recipient = await recipients.recipient(connection, booked, SETTINGS)
        shown = await appointments.appointment(connection, booked, BOOKER, SETTINGS)
    for place in (recipient.place, shown.place):
        assert place is not None
        assert (place.address, place.address_sv) == ("Isokatu 1", "Storgatan 1")


async def test_a_search_for_times_tells_of_both_names(booking_db: db.Sessions, registry: Registry) -> None:
    [first, *_rest] = (await found(booking_db, topic="e-services", expand=True)).items
    assert isinstance(first, ExpandedSlot)
    assert first.place is not None
    assert first.place.address_sv == "Storgatan 1"
    assert first.service_point_id == registry.point


async def test_a_swedish_tutor_s_calendar_has_the_swedish_street(booking_db: db.Sessions, registry: Registry) -> None:
    asked = context(registry.tutor_token())
    made = await acting(booking_db, actions.make_subscription, asked, tutor_id=registry.tutor, language="sv")
    await registry.book(booking_db, helsinki(8, 10))
    async with connected(booking_db) as connection:
        secret = (await calendars.made_subscription(connection, made, SETTINGS)).url.rpartition("/")[2]
        opened = await calendars.opened_by_secret(connection, secret.removesuffix(".ics"))
        assert opened is not None
        [event] = Calendar.from_ical(await calendars.subscribed_visits(connection, opened, SETTINGS, NOW)).walk(
            "VEVENT"
        )
    assert str(event["LOCATION"]).endswith(", Storgatan 1")


async def test_a_place_is_found_by_either_name_of_its_street_and_given_away_with_both(
    providers_db: db.Sessions, tmp_path: Path
) -> None:
    small = await seed_registry(providers_db)
    wanted = small.point_input(name=LocalisedText(fi="Kirjasto", sv="Bibliotek"), **BOTH)
    async with db.transaction(providers_db) as session:
        await write_service_point(session, caller=EDITOR, wanted=wanted, record=small.point)
    async with db.transaction(providers_db) as session:
        connection = await driver(session)
        for said in ("Isokatu", "Storgatan"):
            page = await find_points(connection, wire.ServicePointSearch(q=said))
            assert [item.address_sv for item in page.items] == ["Storgatan 1"]
        table = bytes((await open_data.as_csv(session)).body).decode()
        assert [point.address_sv for point in (await open_data.as_json(session)).items] == ["Storgatan 1"]
    [row] = csv.DictReader(io.StringIO(table))
    assert (row["address"], row["address_sv"], row["name_sv"]) == ("Isokatu 1", "Storgatan 1", "Bibliotek")
    path = tmp_path / "open.csv"
    path.write_text(table, encoding="utf-8")
    async with db.transaction(providers_db) as session:
        await import_files(session, source="open", points=path, hours=None, start=lambda _n: lambda _d: None)
    assert await kept(providers_db) == [("Isokatu 1", "Storgatan 1")] * 2  # of another organisation: another point


async def test_who_does_not_know_the_field_writes_points_as_before(providers_db: db.Sessions) -> None:
    small = await seed_registry(providers_db)
    body = small.point_input().model_dump(mode="json", by_alias=True, exclude={"address_sv"})
    async with db.transaction(providers_db) as session:
        wanted = wire.ServicePointInput.model_validate(body)
        await write_service_point(session, caller=EDITOR, wanted=wanted, record=small.point)
    assert {swedish for _address, swedish in await kept(providers_db)} == {None}
