"""What other registers say: Kirkanta's libraries, PTV's services and locations; twice, edited here, in conflict."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.providers.actions import reconciling
from services.providers.actions.import_report import ImportReport as Report
from services.providers.actions.importing import import_files, import_kirkanta, import_ptv
from services.providers.actions.opening_hours import write_hours
from services.providers.actions.service_points import write_service_point
from services.providers.domain.municipality_names import MunicipalityNames
from services.providers.models import OpeningDay, ServicePoint
from services.providers.sources.files import Unreadable
from services.providers.sources.ptv import read_ptv
from services.providers.sources.ptv_coordinates import metres
from services.providers.sources.ptv_writing import ptv_document
from shared import db
from shared.auth import Principal
from shared.roles import Within
from shared.schemas import providers as wire

pytestmark = pytest.mark.anyio
COORDINATOR = Principal("client", scopes=frozenset({"registry:write"}))
MUNICIPALITIES = MunicipalityNames({"564": "564"}, lambda word: [word])
OULU = "df0c2f24-d2bd-4ba7-bdcd-000000000001"


async def from_kirkanta(sessions: db.Sessions, where: Path) -> Report:
    async with db.transaction(sessions) as session:
        return await import_kirkanta(session, where=str(where), start=lambda _total: lambda _done: None)


async def from_ptv(sessions: db.Sessions, *where: Path) -> Report:
    async with db.transaction(sessions) as session:
        return await import_ptv(session, where=list(map(str, where)), start=lambda _total: lambda _done: None)


async def from_lists(sessions: db.Sessions, data: Path) -> Report:
    points = data / "libraries" / "libraries.csv"
    async with db.transaction(sessions) as session:
        return await import_files(
            session, source="libraries", points=points, hours=None, start=lambda _total: lambda _done: None
        )


async def the_point(sessions: db.Sessions, name: str) -> ServicePoint:
    async with db.transaction(sessions) as session:
        found = await session.scalars(sa.select(ServicePoint).where(ServicePoint.name["fi"].astext == name))
        return found.one()


def figures(report: Report) -> tuple[int, int, int, int]:
    return report.created, report.changed, report.unchanged, len(report.refused)


def written(folder: Path, document: Any, name: str = "document.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def library(**more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "name": "Tuiran kirjasto",
        "address": {"street": "Koskitie 5", "city": "Oulu", "zipcode": "90500"},
        "coordinates": {"lat": 65.02, "lon": 25.46},
        **more,
    }


async def test_the_sample_of_kirkanta_comes_in_twice_and_only_staffed_time_can_carry_help(
    providers_db: db.Sessions, data: Path
) -> None:
    sample = data / "kirkanta" / "sample_simple.json"
    assert figures(await from_kirkanta(providers_db, sample)) == (1, 0, 0, 0)
    assert figures(await from_kirkanta(providers_db, sample)) == (0, 0, 1, 0)
    point = await the_point(providers_db, "Kallion kirjasto")
    assert (point.municipality, point.address, point.publishing) == ("091", "Viides linja 11, 00530 Helsinki", "draft")
    description = (point.description or {})["fi"] or ""
    assert description.startswith("Sörnäisten Kansankirjasto\nKallion kirjasto avasi")
    assert "<" not in description
    assert point.provenance["address"]["source"] == "kirkanta"
    async with db.transaction(providers_db) as session:
        days = (await session.scalars(sa.select(OpeningDay).order_by(OpeningDay.date))).all()
    assert len(days) == 7
    assert [(part["from"], part["kind"]) for part in days[0].hours] == [
        ("08:00:00", "self_service"),
        ("10:00:00", "staffed"),
    ]


async def test_a_library_that_a_list_has_brought_is_not_made_anew(providers_db: db.Sessions, data: Path) -> None:
    assert (await from_lists(providers_db, data)).created == 720
    report = await from_kirkanta(providers_db, data / "kirkanta" / "sample_simple.json")
    assert figures(report) == (0, 1, 0, 0)
    assert report.differences == []  # "00530 Helsinki" and "00530, Helsinki" mean the same
    assert (await from_lists(providers_db, data)).unchanged == 720
    assert (await the_point(providers_db, "Kallion kirjasto")).publishing == "published"


async def test_the_samples_of_ptv_come_in_twice_with_their_place_on_earth(
    providers_db: db.Sessions, data: Path
) -> None:
    samples = (data / "ptv" / "otava_service_channel.json", data / "ptv" / "etalukio_service.json")
    assert figures(await from_ptv(providers_db, *samples)) == (1, 0, 0, 0)
    assert figures(await from_ptv(providers_db, *samples)) == (0, 0, 1, 0)
    point = await the_point(providers_db, "Otavan Opisto / Otavia")
    assert (point.municipality, point.publishing, point.languages) == ("491", "draft", ["fi", "en"])
    # Otava lies at 61° 38.8' N, 27° 4.4' E (map of the National Land Survey).
    assert point.lat == pytest.approx(61.647, abs=0.002)
    assert point.lon == pytest.approx(27.073, abs=0.002)
    assert point.weekly_hours[0] == {"weekday": 1, "from": "08:00:00", "to": "16:00:00", "kind": "staffed"}
    assert point.phone == "+358447943552"


async def test_what_was_edited_here_stays_and_the_difference_is_told(providers_db: db.Sessions, tmp_path: Path) -> None:
    path = written(tmp_path, library(primaryContactInfo={"phoneNumber": {"number": "08 111 1111"}}))
    await from_kirkanta(providers_db, path)
    point = await the_point(providers_db, "Tuiran kirjasto")
    async with db.transaction(providers_db) as session:
        state = wire.ServicePoint.model_validate(await session.get(ServicePoint, point.id))
        wanted = wire.ServicePointInput.model_validate(
            state.model_dump(exclude={"id", "region", "version"}, by_alias=True) | {"phone": "08 222 2222"}
        )
        await write_service_point(session, caller=COORDINATOR, wanted=wanted, record=point.id)
    changed = library(
        primaryContactInfo={"phoneNumber": {"number": "08 333 3333"}},
        address={"street": "Uusi tie 1", "city": "Oulu", "zipcode": "90500"},
    )
    report = await from_kirkanta(providers_db, written(tmp_path, changed))
    assert [(each.field, each.ours, each.theirs) for each in report.differences] == [
        ("phone", "08 222 2222", "08 333 3333")
    ]
    point = await the_point(providers_db, "Tuiran kirjasto")
    assert (point.phone, point.address) == ("08 222 2222", "Uusi tie 1, 90500 Oulu")
    assert "phone" not in point.provenance
    assert point.provenance["address"]["source"] == "kirkanta"
    # The same again: still told, still kept.
    again = await from_kirkanta(providers_db, written(tmp_path, changed))
    assert (figures(again), len(again.differences)) == ((0, 0, 1, 0), 1)


def location(**more: Any) -> dict[str, Any]:
    return {
        "id": "11111111-0000-0000-0000-000000000001",
        "serviceChannelType": "ServiceLocation",
        "serviceChannelNames": [{"language": "fi", "value": "Tuiran kirjasto", "type": "Name"}],
        "languages": ["fi"],
        "addresses": [
            {
                "type": "Location",
                "streetAddress": {
                    "street": [{"language": "fi", "value": "Koskitie"}],
                    "streetNumber": "5",
                    "postalCode": "90500",
                    "postOffice": [{"language": "fi", "value": "OULU"}],
                    "municipality": {"code": "564"},
                    "latitude": "7212600",
                    "longitude": "427400",
                },
            }
        ],
        "services": [{"service": {"id": OULU}}],
        **more,
    }


async def test_kirkanta_and_ptv_disagree_on_digital_support_as_in_oulu(
    providers_db: db.Sessions, tmp_path: Path
) -> None:
    """Oulu's libraries list no digital support in Kirkanta; the city's service in PTV says that they give it."""
    await from_kirkanta(providers_db, written(tmp_path, library(services=[{"name": "Lukusali"}])))
    service = {"id": OULU, "serviceClasses": [{"code": "P9.4"}], "serviceChannels": []}
    report = await from_ptv(providers_db, written(tmp_path, [service, location()], "ptv.json"))
    assert figures(report)[0] == 0  # the same library
    async with db.transaction(providers_db) as session:
        found = await reconciling.report(session, [Within("17")])
    support = next(each for each in found.items if each.field == "gives_support")
    assert support.says == {"vuoro": False, "kirkanta": False, "ptv": True}
    async with db.transaction(providers_db) as session:
        assert (await reconciling.report(session, [Within("01")])).items == []


async def test_a_new_library_that_gives_support_is_shown_at_once(providers_db: db.Sessions, tmp_path: Path) -> None:
    await from_kirkanta(providers_db, written(tmp_path, library(services=[{"standardName": "Digituki"}])))
    assert (await the_point(providers_db, "Tuiran kirjasto")).publishing == "published"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, "koira".encode("utf-16")],
    ids=["empty", "half", "bytes", "deep", "utf-16"],
)
async def test_a_file_that_is_no_json_is_told(providers_db: db.Sessions, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    for read in (from_kirkanta, from_ptv):
        with pytest.raises(Unreadable):
            await read(providers_db, path)


@pytest.mark.parametrize(
    "record",
    [None, 7, "x", [], {}, {"id": 1}, library(address=None), library(address={"city": "Atlantis", "street": "x"})],
)
async def test_a_record_that_is_no_library_is_refused_and_the_rest_goes_in(
    providers_db: db.Sessions, tmp_path: Path, record: Any
) -> None:
    report = await from_kirkanta(providers_db, written(tmp_path, [record, library(id=2)]))
    assert figures(report) == (1, 0, 0, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"addresses": None},
        {"addresses": [None]},
        {"addresses": [{"type": "Location", "streetAddress": {"municipality": 7}}]},
        {"serviceChannelNames": "Tuira"},
        {"phoneNumbers": [7]},
        {"emails": "a@b.fi"},
        {"services": [None]},
        {"serviceHours": [{"openingHour": 7, "serviceHourType": "DaysOfTheWeek"}]},
    ],
)
async def test_a_location_that_is_built_wrongly_is_refused(
    providers_db: db.Sessions, tmp_path: Path, change: dict[str, Any]
) -> None:
    sound = location(id="11111111-0000-0000-0000-000000000002")
    sound["serviceChannelNames"][0]["value"] = "Muu"
    report = await from_ptv(providers_db, written(tmp_path, [location(**change), sound]))
    assert figures(report) == (1, 0, 0, 1)


@pytest.mark.parametrize(
    "change", [{"serviceClasses": 7}, {"serviceChannels": [7]}, {"serviceChannels": [{"serviceChannel": "x"}]}]
)
async def test_a_service_that_is_built_wrongly_is_refused_and_the_locations_go_in(
    providers_db: db.Sessions, tmp_path: Path, change: dict[str, Any]
) -> None:
    service = {"id": OULU, "serviceClasses": [{"code": "P9.4"}], "serviceChannels": [], **change}
    report = await from_ptv(providers_db, written(tmp_path, [service, location()]))
    assert figures(report) == (1, 0, 0, 1)


@pytest.mark.parametrize(
    "coordinates", [{"lat": "x", "lon": 1}, {"lat": 48.85, "lon": 2.35}, {"lat": float("inf"), "lon": 25.0}, [], None]
)
async def test_a_place_outside_finland_is_left_out(providers_db: db.Sessions, tmp_path: Path, coordinates: Any) -> None:
    await from_kirkanta(providers_db, written(tmp_path, library(coordinates=coordinates)))
    assert (await the_point(providers_db, "Tuiran kirjasto")).lat is None


async def test_what_ptv_lacks_is_written_as_ptv_writes_it(providers_db: db.Sessions, tmp_path: Path) -> None:
    await from_kirkanta(providers_db, written(tmp_path, library(primaryContactInfo={"email": {"email": "a@oulu.fi"}})))
    point = await the_point(providers_db, "Tuiran kirjasto")
    week = [{"weekday": 1, "from": "10:00:00", "to": "18:00:00", "kind": "staffed"}]
    state = wire.ServicePoint.model_validate(point).model_dump() | {"weekly_hours": week}
    document = ptv_document(wire.ServicePoint.model_validate(state), "an organisation", [OULU])
    read = read_ptv([written(tmp_path, {**document, "id": "x"})], MUNICIPALITIES, dt.date(2027, 3, 1))
    [said] = read.points.values()
    assert said.fields["name.fi"] == "Tuiran kirjasto"
    assert said.fields["address"] == "Koskitie 5, 90500 Oulu"
    assert said.fields["lat"] == pytest.approx(65.02, abs=1e-5)
    assert said.fields["lon"] == pytest.approx(25.46, abs=1e-5)
    assert said.fields["email"] == "a@oulu.fi"
    assert said.fields["weekly_hours"] == week


@pytest.mark.parametrize("other", ["Oulun kaupungintalo", "Tuiran kylätalo", "Koskitien kirjastoauto"])
async def test_the_neighbour_is_not_the_same_place(providers_db: db.Sessions, tmp_path: Path, other: str) -> None:
    await from_kirkanta(providers_db, written(tmp_path, library()))
    neighbour = location()
    neighbour["serviceChannelNames"][0]["value"] = other
    neighbour["addresses"][0]["streetAddress"] |= dict(zip(("latitude", "longitude"), NEXT_DOOR, strict=True))
    assert figures(await from_ptv(providers_db, written(tmp_path, neighbour)))[:2] == (1, 0)


NEXT_DOOR = tuple(map(str, metres(65.0201, 25.4601)))


async def test_the_same_place_by_nearly_the_same_name_is_one(providers_db: db.Sessions, tmp_path: Path) -> None:
    await from_kirkanta(providers_db, written(tmp_path, library()))
    same = location()
    same["serviceChannelNames"][0]["value"] = "Oulun Tuiran kirjasto"
    same["addresses"][0]["streetAddress"] |= dict(zip(("latitude", "longitude"), NEXT_DOOR, strict=True))
    assert figures(await from_ptv(providers_db, written(tmp_path, same)))[0] == 0


async def test_a_closing_that_ptv_takes_back_is_an_ordinary_day_again(
    providers_db: db.Sessions, tmp_path: Path
) -> None:
    date = f"{dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)}T00:00:00"
    shut = {"serviceHourType": "Exceptional", "isClosed": True, "validFrom": date}

    async def hours_after(*periods: dict[str, Any]) -> list[list[dict[str, object]]]:
        report = await from_ptv(providers_db, written(tmp_path, location(serviceHours=list(periods))))
        assert report.refused == []
        async with db.transaction(providers_db) as session:
            return list(await session.scalars(sa.select(OpeningDay.hours)))

    assert await hours_after(week_until("15:00:00"), shut) == [[]]
    for closes in ("15:00:00", "12:00:00"):  # the date follows the ordinary week from then on
        assert await hours_after(week_until(closes)) == [[{"from": "09:00:00", "to": closes, "kind": "staffed"}]]


def week_until(closes: str) -> dict[str, Any]:
    each_day = {"dayFrom": "Monday", "dayTo": "Sunday", "from": "09:00:00", "to": closes}
    return {"serviceHourType": "DaysOfTheWeek", "openingHour": [each_day]}


async def test_a_draft_of_ptv_changes_nothing_that_is_shown(providers_db: db.Sessions, tmp_path: Path) -> None:
    service = {"id": OULU, "serviceClasses": [{"code": "P9.4"}], "serviceChannels": []}
    draft = location(publishingStatus="Draft")
    assert figures(await from_ptv(providers_db, written(tmp_path, [service, draft])))[0] == 1
    assert (await the_point(providers_db, "Tuiran kirjasto")).publishing == "draft"
    async with db.transaction(providers_db) as session:
        await session.execute(sa.update(ServicePoint).values(publishing="published"))
    changed = location(publishingStatus="Modified", phoneNumbers=[{"type": "Phone", "number": "08 1"}])
    report = await from_ptv(providers_db, written(tmp_path, [service, changed]))
    assert (figures(report), report.vanished) == ((0, 0, 0, 0), [])
    assert dict(report.passed_over) == {"not published yet, of a place that is shown here": 1}
    assert (await the_point(providers_db, "Tuiran kirjasto")).phone is None


async def test_the_same_place_by_its_swedish_name_is_one(providers_db: db.Sessions, tmp_path: Path) -> None:
    await from_kirkanta(
        providers_db, written(tmp_path, library(name={"fi": "Tuiran kirjasto", "sv": "Tuira bibliotek"}))
    )
    same = location(serviceChannelNames=[{"language": "sv", "value": "Tuira bibliotek", "type": "Name"}])
    assert figures(await from_ptv(providers_db, written(tmp_path, same)))[0] == 0


async def test_what_the_source_has_no_more_goes_and_what_cannot_be_is_left_out(
    providers_db: db.Sessions, tmp_path: Path
) -> None:
    contact = {"phoneNumber": {"number": "08 111 1111"}, "email": {"email": "a (at) oulu.fi"}}
    report = await from_kirkanta(providers_db, written(tmp_path, library(primaryContactInfo=contact)))
    assert [(row.field, row.reason) for row in report.refused] == [("email", "is no e-mail address")]
    point = await the_point(providers_db, "Tuiran kirjasto")
    assert (point.phone, point.email) == ("08 111 1111", None)
    await from_kirkanta(providers_db, written(tmp_path, library()))  # nobody asked for contact details
    assert (await the_point(providers_db, "Tuiran kirjasto")).phone == "08 111 1111"
    await from_kirkanta(providers_db, written(tmp_path, library(primaryContactInfo={})))
    assert (await the_point(providers_db, "Tuiran kirjasto")).phone is None


async def test_hours_that_run_backwards_are_not_known(providers_db: db.Sessions, tmp_path: Path) -> None:
    """Told to booking, they would stop it from following the registry."""
    days = [
        {"date": "2027-03-01", "times": [{"from": "18:00", "to": "10:00", "status": 1}]},
        {"date": "2027-03-02", "times": [{"from": "10:00", "to": "18:00", "status": 1}]},
    ]
    await from_kirkanta(providers_db, written(tmp_path, library(schedules=days)))
    async with db.transaction(providers_db) as session:
        assert [str(day) for day in await session.scalars(sa.select(OpeningDay.date))] == ["2027-03-02"]


async def test_hours_that_somebody_has_set_by_hand_stay(providers_db: db.Sessions, tmp_path: Path) -> None:
    open_day = [{"date": "2027-03-01", "times": [{"from": "10:00", "to": "18:00", "status": 1}]}]
    path = written(tmp_path, library(schedules=open_day))
    await from_kirkanta(providers_db, path)
    point = (await the_point(providers_db, "Tuiran kirjasto")).id
    closed = [wire.OpeningDay.model_validate({"date": "2027-03-01", "hours": []})]
    async with db.transaction(providers_db) as session:
        await write_hours(session, caller=COORDINATOR, point=point, days=closed)
    report = await from_kirkanta(providers_db, path)
    assert (figures(report), [each.field for each in report.differences]) == ((0, 0, 1, 0), ["hours of 2027-03-01"])
    async with db.transaction(providers_db) as session:
        assert await session.scalar(sa.select(OpeningDay.hours)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"services": 5},
        {"coordinates": {"lat": 10**400, "lon": 25}},
        {"address": {"street": "x" * 195, "city": "Oulu", "zipcode": "90500"}},
        {"schedules": [{"date": "1999-01-01", "times": []}]},
        {"primaryContactInfo": {"email": {"email": "kirjasto (at) oulu.fi"}, "phoneNumber": {"number": "\x02"}}},
    ],
)
async def test_one_odd_record_does_not_stop_the_others(
    providers_db: db.Sessions, tmp_path: Path, change: dict[str, Any]
) -> None:
    sound = library(id=2, name="Pateniemen kirjasto")
    report = await from_kirkanta(providers_db, written(tmp_path, [library(**change), sound]))
    assert report.created in (1, 2)
    assert (await the_point(providers_db, "Pateniemen kirjasto")).address == "Koskitie 5, 90500 Oulu"
