"""The country's map changes: municipalities merge, postal codes are learnt."""

import datetime as dt
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking.models import MunicipalityCopy as Copy
from services.booking.models import ServicePointCopy as CopiedPoint
from services.providers.actions import places
from services.providers.actions.importing import import_files
from services.providers.actions.organisations import propose_organisation, write_organisation
from services.providers.actions.postal_codes import import_postal_codes
from services.providers.actions.service_points import write_service_point
from services.providers.actions.tutors import write_tutor
from services.providers.models import Municipality, Organisation, PostalCode, ServicePoint, Tutor
from services.providers.problems import NotOneRegion
from services.providers.store.code_lists import has_postal_code, municipalities_named, municipality_codes
from shared import db
from shared.auth import Principal
from shared.problems import InvalidReference, TooManyRequests
from shared.schemas import providers as wire
from shared.schemas.common import LocalisedText
from tests.integration.test_registry_copy import copy

pytestmark = pytest.mark.anyio
EDITOR = Principal("client", "x", scopes=frozenset({"registry:write"}))
NAME = LocalisedText(fi="Koe")
KUUSAMO, TAIVALKOSKI = "305", "832"


async def sown(session: AsyncSession) -> dict[str, uuid.UUID]:
    """An organisation, a point and a tutor of Taivalkoski."""
    own = wire.OrganisationInput(name=NAME, kind="association", municipality=TAIVALKOSKI)
    organisation = await write_organisation(session, caller=EDITOR, wanted=own)
    place = wire.ServicePointInput(
        organisation_id=organisation, name=NAME, address="Tie 1", municipality=TAIVALKOSKI, lat=65.5, lon=28.2
    )
    point = await write_service_point(session, caller=EDITOR, wanted=place)
    helper = wire.TutorInput(
        organisation_id=organisation,
        display_name="Aino",
        languages=["fi"],
        topics=["e-services"],
        channels=["home"],
        home_municipalities=[TAIVALKOSKI, KUUSAMO],
    )
    tutor = await write_tutor(session, caller=EDITOR, wanted=helper)
    return {"organisation": organisation, "point": point, "tutor": tutor}


async def test_a_municipality_that_becomes_part_of_another_takes_everything_along(
    providers_db: db.Sessions, booking_db: db.Sessions
) -> None:
    async with db.transaction(providers_db) as session:
        made = await sown(session)
        report = await places.merge_municipality(session, code=TAIVALKOSKI, into=KUUSAMO, on=dt.date(2027, 1, 1))
    assert report.changed >= 4  # and those beside it
    async with db.transaction(providers_db) as session:
        assert (await session.get_one(Organisation, made["organisation"])).municipality == KUUSAMO
        assert (await session.get_one(ServicePoint, made["point"])).municipality == KUUSAMO
        assert (await session.get_one(Tutor, made["tutor"])).home_municipalities == [KUUSAMO]
        assert await session.get(Municipality, TAIVALKOSKI) is None
        codes = await municipality_codes(session)
        assert codes["taivalkoski"] == codes[TAIVALKOSKI] == KUUSAMO
        rows = (await session.scalars(sa.select(Municipality))).all()
        beside = {row.code: set(row.neighbours) for row in rows}
        assert all(TAIVALKOSKI not in each and code not in each for code, each in beside.items())
        assert {code for code, each in beside.items() if KUUSAMO in each} == beside[KUUSAMO]
    await copy(providers_db, booking_db)
    async with db.transaction(booking_db) as session:
        assert await session.get(Copy, TAIVALKOSKI) is None
        assert (await session.get_one(CopiedPoint, made["point"])).municipality == KUUSAMO


@pytest.mark.parametrize(("code", "into"), [("999", KUUSAMO), (KUUSAMO, "999"), (KUUSAMO, KUUSAMO), (KUUSAMO, "091")])
async def test_what_cannot_be_merged_is_refused(providers_db: db.Sessions, code: str, into: str) -> None:
    async with db.transaction(providers_db) as session:
        with pytest.raises((InvalidReference, NotOneRegion)):
            await places.merge_municipality(session, code=code, into=into, on=dt.date(2027, 1, 1))


async def test_a_list_that_names_a_municipality_merged_last_year_is_understood(
    providers_db: db.Sessions, tmp_path: Path
) -> None:
    path = tmp_path / "points.csv"
    path.write_text("id,name,address,municipality\n1,Pertunmaan kirjasto,Kirkkotie 3,Pertunmaa\n2,Toinen,Tie 1,588\n")
    async with db.transaction(providers_db) as session:
        report = await import_files(session, source="x", points=path, hours=None, start=lambda _n: lambda _done: None)
        assert (report.created, report.refused) == (2, [])
        found = set(await session.scalars(sa.select(ServicePoint.municipality)))
        assert found == {"507"}


async def test_a_postal_code_finds_its_municipality(providers_db: db.Sessions, data: Path, tmp_path: Path) -> None:
    path = data / "postal" / "postal_codes_2025.csv"
    async with db.transaction(providers_db) as session:
        first = await import_postal_codes(session, path)
    async with db.transaction(providers_db) as session:
        second = await import_postal_codes(session, path)
        found = await session.scalars(sa.select(Municipality.name["fi"].astext).where(has_postal_code("19430")))
        assert found.all() == ["Mäntyharju"]
    assert (first.created, first.refused) == (3026, [])
    assert (second.created, second.changed, second.unchanged) == (0, 0, 3026)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("postal_code,area_fi,municipality_code\n1943,X,507\n19430,X,000\n93600,Kuusamo,305\n93600,K,305\n")
    async with db.transaction(providers_db) as session:
        report = await import_postal_codes(session, wrong)
        assert [(row.line, row.field) for row in report.refused] == [
            (2, "postal_code"),
            (3, "municipality"),
            (5, "postal_code"),
        ]
        kept = await session.get(PostalCode, "19430")
        assert kept is not None
        assert kept.municipality == "507"


async def test_registrations_from_one_address_are_limited(providers_db: db.Sessions) -> None:
    async def propose(address: str) -> None:
        async with db.transaction(providers_db) as session:
            who = sa.text(
                "SELECT set_config('vuoro.caller', 'anonymous:anonymous', true), "
                "set_config('vuoro.address', :address, true)"
            )
            await session.execute(who, {"address": address})
            wanted = wire.OrganisationInput(name=NAME, kind="association", municipality=KUUSAMO, email="koe@example.fi")
            await propose_organisation(session, wanted=wanted, address=address, allowances=[])

    for _ in range(10):
        await propose("192.0.2.1")
    with pytest.raises(TooManyRequests):
        await propose("192.0.2.1")
    await propose("192.0.2.2")
    for number in range(10):  # a line of IPv6 has as many addresses as it likes
        await propose(f"2001:db8:0:1::{number}")
    with pytest.raises(TooManyRequests):
        await propose("2001:db8:0:1:ffff::")
    await propose("2001:db8:0:2::1")


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("Kuusamo", [KUUSAMO]),
        ("  HELSINGFORS ", ["091"]),
        ("Hameenlinna", ["109"]),  # as those type it who have no ä at hand
        ("Pertunmaa", ["507"]),  # part of Mäntyharju now
        ("Mäntyharju", ["507"]),  # its own name, and no village's
        ("Kontula", ["091"]),  # one of several villages of a postal code
        ("Ruka", [KUUSAMO]),
        ("Kirkonkyl", []),
        ("100%", []),
    ],
)
async def test_what_people_call_a_place_finds_its_municipality(
    providers_db: db.Sessions, tmp_path: Path, said: str, codes: list[str]
) -> None:
    path = tmp_path / "postal.csv"
    path.write_text(
        "postal_code,area_fi,area_sv,municipality_code\n93830,Rukatunturi,Rukatunturi,305\n"
        "00940,Kontula - Vesala,Gårdsbacka - Ärvings,091\n00100,Mäntyharju,Mäntyharju,091\n"
    )
    async with db.transaction(providers_db) as session:
        await import_postal_codes(session, path)
        assert await municipalities_named(session, said) == codes
