"""Sign-in codes, and what the rows of a list mean."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from services.providers.domain.columns import RefusedRow
from services.providers.domain.day_hours import HoursRow, day_hours
from services.providers.domain.hours_lists import hours_columns, read_hours_row
from services.providers.domain.municipality_names import MunicipalityNames
from services.providers.domain.point_lists import PointRow, point_columns, read_point
from services.providers.domain.sign_in_codes import Verdict, judge_code, sign_in_code

NOW = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
RIGHT = "123456"


@pytest.mark.parametrize(
    ("typed", "facts", "verdict"),
    [
        ("123456", {}, Verdict.RIGHT),
        (" 123 456 ", {}, Verdict.RIGHT),
        ("123457", {}, Verdict.WRONG),
        ("", {}, Verdict.WRONG),
        ("１２３４５６", {}, Verdict.WRONG),
        ("123456", {"attempts": 5}, Verdict.TOO_OFTEN),
        ("123456", {"created_at": NOW - dt.timedelta(minutes=10)}, Verdict.TOO_LATE),
        ("123456", {"used": True}, Verdict.USED),
    ],
)
def test_a_code_opens_once_soon_and_after_few_tries(typed: str, facts: dict[str, Any], verdict: Verdict) -> None:
    given_facts: dict[str, Any] = {"attempts": 4, "created_at": NOW, "used": False, "now": NOW, **facts}
    assert judge_code(typed, [RIGHT], **given_facts) is verdict


def test_codes_have_six_digits_and_differ() -> None:
    codes = {sign_in_code("s" * 32, UUID(int=number)) for number in range(300)}
    assert len(codes) > 290
    assert all(len(code) == 6 and code.isdigit() for code in codes)


ROW = {"id": "1", "name": "Kirjasto", "address": "Tie 1", "municipality": "Kuusamo", "lat": "65,9", "lon": "29.1"}
CODES = MunicipalityNames({"kuusamo": "305"}, lambda word: [word])


def point(**changes: str) -> PointRow | RefusedRow:
    return read_point({"phone": "", "url": "", **ROW, **changes}, CODES, file="f.csv", line=7)


def test_a_point_with_a_decimal_comma() -> None:
    assert point() == PointRow("1", "Kirjasto", "Tie 1", "305", 65.9, 29.1, None, None, {})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "id"),
        ({"name": "x" * 201}, "name"),
        ({"municipality": "Atlantis"}, "municipality"),
        ({"lat": "north"}, "lat"),
        ({"lat": "24.9", "lon": "60.1"}, "lat"),  # swapped
    ],
)
def test_a_refused_point_says_where_and_why(changes: dict[str, str], field: str) -> None:
    refused = point(**changes)
    assert isinstance(refused, RefusedRow)
    assert (refused.file, refused.line, refused.field) == ("f.csv", 7, field)
    assert refused.reason


HOURS = {"service_point": "1", "date": "2026-07-01", "from": "10:00", "to": "18.00", "status": "Open"}


def hours(**changes: str) -> HoursRow | RefusedRow:
    return read_hours_row({**HOURS, **changes}, {"1"}, file="h.csv", line=2)


def test_hours_in_either_way_of_writing_dates_and_times() -> None:
    assert hours() == hours(date="1.7.2026", to="18:00:00", status="staffed")
    for spreadsheets in ("2026-07-01 00:00:00", "1.7.2026 0:00:00", "2026-07-01T00:00", "46204"):
        assert hours() == hours(date=spreadsheets)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"service_point": "2"}, "service_point"),
        ({"date": "31.2.2026"}, "date"),
        ({"date": "2026-07-01 12:30"}, "date"),
        ({"date": "12345"}, "date"),
        ({"from": "25:00"}, "from"),
        ({"from": ""}, "from"),
        ({"to": "09:00"}, "to"),
        ({"status": "Unknown"}, "status"),
    ],
)
def test_refused_hours_say_where_and_why(changes: dict[str, str], field: str) -> None:
    refused = hours(**changes)
    assert isinstance(refused, RefusedRow)
    assert refused.field == field


def test_self_service_is_told_apart_and_a_temporary_closing_is_cut_out() -> None:
    rows = [
        hours(),
        hours(**{"from": "07:00", "to": "10:00", "status": "Self-service"}),
        hours(**{"from": "12:00", "to": "13:00", "status": "Temporarily closed"}),
    ]
    assert day_hours([row for row in rows if isinstance(row, HoursRow)]) == [
        {"from": "07:00:00", "to": "10:00:00", "kind": "self_service"},
        {"from": "10:00:00", "to": "12:00:00", "kind": "staffed"},
        {"from": "13:00:00", "to": "18:00:00", "kind": "staffed"},
    ]


def test_a_closed_day_is_known_to_have_no_hours() -> None:
    closed = hours(**{"from": "", "to": "", "status": "Closed for the whole day"})
    assert isinstance(closed, HoursRow)
    assert day_hours([closed]) == []


def test_columns_are_found_by_their_documented_and_known_names() -> None:
    assert point_columns().match(["ID", "library_branch_name", "library_address", "city_name"]) == []
    assert hours_columns().match(["library_id", "date", "from"]) == ["status", "to"]
