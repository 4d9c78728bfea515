"""Lists and registers as people have tried them, each file whole: what is there is taken in, or told with its place,
field and reason, and nothing ends in a traceback."""

import datetime as dt
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.providers.actions.import_report import ImportReport as Report
from services.providers.actions.importing import import_files, import_kirkanta, import_ptv
from services.providers.models import OpeningDay, ServicePoint
from shared import db
from tests.conftest import tried

pytestmark = pytest.mark.anyio


async def from_list(sessions: db.Sessions, points: Path, hours: Path | None = None) -> Report:
    async with db.transaction(sessions) as session:
        return await import_files(session, source="test", points=points, hours=hours, start=lambda _n: lambda _d: None)


async def from_register(sessions: db.Sessions, path: Path) -> Report:
    async with db.transaction(sessions) as session:
        if "kirkanta" in path.name:
            return await import_kirkanta(session, where=str(path), start=lambda _n: lambda _d: None)
        return await import_ptv(session, where=[str(path)], start=lambda _n: lambda _d: None)


def all_told(report: Report, file: str) -> bool:
    return all(row.file == file and row.line and row.field and row.reason for row in report.refused)


async def the_points(sessions: db.Sessions) -> list[ServicePoint]:
    async with db.transaction(sessions) as session:
        return list(await session.scalars(sa.select(ServicePoint).order_by(ServicePoint.id)))


async def the_point(sessions: db.Sessions, name: str, language: str = "fi") -> ServicePoint:
    [found] = [point for point in await the_points(sessions) if point.name.get(language) == name]
    return found


async def hours_of(sessions: db.Sessions, point: ServicePoint) -> dict[dt.date, list[tuple[object, object]]]:
    async with db.transaction(sessions) as session:
        days = await session.scalars(sa.select(OpeningDay).where(OpeningDay.service_point_id == point.id))
        return {day.date: [(part["from"], part["to"]) for part in day.hours] for day in days}


@pytest.mark.parametrize("path", tried("csv"))
async def test_a_list_is_taken_in_or_told(providers_db: db.Sessions, found: Path, path: Path) -> None:
    points = path if path.name != "hours.csv" else found / "csv" / "points.csv"
    report = await from_list(providers_db, points, path if points != path else None)
    assert report.created or report.refused
    assert all_told(report, path.name)
    again = await from_list(providers_db, points, path if points != path else None)
    assert (again.created, again.changed, again.unchanged) == (0, 0, report.created)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("bad_url.csv", "Koe linkki"),
        ("bom.csv", "Koepiste Bomi"),
        ("cp1252.csv", "Koepiste Ääkköset – viiva"),
        ("finnish_header.csv", "Koe"),
        ("long_phone.csv", "Koe pitkä"),
        ("quoted_newline.csv", "Koepiste kaksi riviä"),
        ("semicolon.csv", "Koepiste Puolipiste"),
        ("swedish_header.csv", "Bibliotek Prov"),
        ("tabs.csv", "Koepiste Sarkain"),
        ("trailing_empty.csv", "Koepiste Tyhjät"),
        ("utf16_comma.csv", "Koepiste Utfpilkku"),
        ("utf16_excel.csv", "Koepiste Utf"),
    ],
)
async def test_the_fields_of_a_list_are_right(providers_db: db.Sessions, found: Path, file: str, name: str) -> None:
    report = await from_list(providers_db, found / "csv" / file)
    point = await the_point(providers_db, name)
    assert (point.municipality, report.unread) == ("305", {})
    assert [row.field for row in report.refused] == (["phone"] if file == "long_phone.csv" else [])
    urls = {"bad_url.csv": "https://kuusamo.fi/kirjasto", "bom.csv": "https://koe.example"}
    assert point.url == urls.get(file, point.url)
    assert point.lat in (None, 65.96)


async def test_hours_of_a_list_are_right_or_told(providers_db: db.Sessions, found: Path) -> None:
    report = await from_list(providers_db, found / "csv" / "points.csv", found / "csv" / "hours.csv")
    days = await hours_of(providers_db, await the_point(providers_db, "Koepiste Tunnit"))
    assert {date.isoformat()[5:]: [str(opens)[:5] for opens, _closes in parts] for date, parts in days.items()} == {
        "03-01": ["09:00"],
        "03-02": ["09:00"],
        "03-03": ["09:00"],
        "03-04": ["09:00"],  # the number of a spreadsheet
        "03-05": ["09:00"],
        "03-06": ["09:00"],
        "03-07": ["09:00"],  # the fraction of a day of a spreadsheet
        "03-08": ["09:00"],
        "03-09": ["09:00"],
        "03-10": [],
        "03-12": ["09:00"],
        "03-13": [],
        "03-14": ["09:00"],
        "03-15": ["09:00"],
        "03-16": ["09:00"],
    }
    assert days[dt.date(2027, 3, 14)] == [("09:00:00", "15:00:00")]
    assert days[dt.date(2027, 3, 6)] == [("09:00:00", "15:30:00")]
    assert [(row.line, row.field) for row in report.refused] == [(12, "to"), (20, "date"), (21, "date")]


@pytest.mark.parametrize("path", tried("registers"))
async def test_a_register_is_taken_in_or_told(providers_db: db.Sessions, found: Path, path: Path) -> None:
    assert found in path.parents
    report = await from_register(providers_db, path)
    assert report.created or report.refused or report.passed_over
    assert all_told(report, path.name)
    assert all(row.record is not None for row in report.refused)
    again = await from_register(providers_db, path)
    assert (again.created, again.changed, again.unchanged) == (0, 0, report.created)


async def test_kirkanta_s_libraries_are_right(providers_db: db.Sessions, found: Path) -> None:
    report = await from_register(providers_db, found / "registers" / "kirkanta_koe.json")
    assert report.created == 4
    assert (await the_point(providers_db, "Flerspråkigt bibliotek", "sv")).name["fi"] == "Monikielinen kirjasto"
    second = await the_point(providers_db, "Koekirjasto 2")
    assert (second.url, second.email, second.phone) == ("https://kuusamo.fi/kirjasto", None, "040 1")
    third = await hours_of(providers_db, await the_point(providers_db, "Koekirjasto 3"))
    assert {date.day: parts for date, parts in third.items()} == {
        1: [("22:00:00", "00:00:00")],
        2: [("00:00:00", "02:00:00"), ("10:00:00", "15:00:00")],
        4: [],
        5: [("10:00:00", "00:00:00")],
    }
    fourth = await the_point(providers_db, "Koekirjasto 4")
    assert (fourth.lat, fourth.lon, (fourth.description or {})["fi"]) == (65.9, 29.1, "Kuvaus")
    assert [(row.line, row.field) for row in report.refused] == [
        (2, "email"),
        (3, "schedules of 2027-03-02"),
        (3, "schedules of 2027-03-03"),
    ]
    assert dict(report.unread) == {"slogan": 1}


async def test_ptv_s_service_locations_are_right(providers_db: db.Sessions, found: Path) -> None:
    """Their dates are of 2026 and 2027; the hours themselves are tried by date in `tests/unit/test_ptv_hours.py`."""
    path = found / "registers" / "ptv_koe.json"
    locations = [each for each in json.loads(path.read_text(encoding="utf-8")) if "serviceChannelType" in each]
    report = await from_register(providers_db, path)
    assert report.created == len(locations) - 1
    assert sorted((row.line, row.field) for row in report.refused) == [
        (7, "publishingStatus"),
        (8, "serviceHours.isReservation"),
        (9, "email"),
    ]
    streets = {(point.address, point.address_sv) for point in await the_points(providers_db)}
    assert ("Koetie 1, 93600 Kuusamo", "Provvägen 1, 93600 Kuusamo") in streets
    assert "Koepalvelu 6" not in {point.name["fi"] for point in await the_points(providers_db)}
    weekdays = {
        point.name["fi"]: [part["weekday"] for part in point.weekly_hours] for point in await the_points(providers_db)
    }
    assert weekdays["Koepalvelu 1"] == [1, 2, 3, 4, 5]
    assert weekdays["Koepalvelu 7"] == []  # by reservation
    told = [row.place for row in report.refused if row.field == "serviceHours.isReservation"]
    assert told == ["ptv_koe.json, record 8 (aaaaaaaa-0000-4000-8000-000000000007)"]
    assert weekdays["Koepalvelu 3"] == [1, 6, 7]
    assert weekdays["Koepalvelu 4"] == [1, 2, 3, 4, 5, 6, 7]
    swedish = await the_point(providers_db, "Provservice", "sv")
    assert (swedish.languages, swedish.name["fi"]) == (["sv"], None)
    eighth = await the_point(providers_db, "Koepalvelu 8")
    assert (eighth.phone, eighth.url, eighth.email) == ("+35840 123 4567", "https://www.kuusamo.fi", None)
    assert set(report.unread) >= {"webPages after the first", "languages (se)", "languages (ru)"}
