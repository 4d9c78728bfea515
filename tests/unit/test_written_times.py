"""Times and dates in a list as people and spreadsheets write them: what has one sensible reading is taken in, and what
has two is refused with a reason."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.providers.domain.columns import RefusedRow
from services.providers.domain.day_hours import HoursRow
from services.providers.domain.hours_lists import read_hours_row
from services.providers.domain.unclear import Unclear
from services.providers.domain.written_times import read_closing, read_opening
from tests.unit.test_lists import HEADINGS, ROW, read

MINUTES = st.integers(0, 1439).map(lambda minute: dt.time(minute // 60, minute % 60))
TIMES = [
    ("9", 9, 0),
    ("09", 9, 0),
    ("0", 0, 0),
    ("9.00", 9, 0),
    ("9:00", 9, 0),
    ("09:00:00", 9, 0),
    ("0:30", 0, 30),
    ("00.30", 0, 30),
    ("klo 9", 9, 0),
    ("klo 9.30", 9, 30),
    ("Klo. 9:30", 9, 30),
    ("klo9", 9, 0),
    ("kl 9", 9, 0),
    ("kl. 9.30", 9, 30),
    ("kl.9", 9, 0),
    ("0,375", 9, 0),
    ("0.375", 9, 0),
    ("0,354166666666667", 8, 30),
    ("0.30208", 7, 15),
    ("0,5", 12, 0),
    ("0,25", 6, 0),
    ("0.75", 18, 0),
    ("0.00", 0, 0),
    ("0,0", 0, 0),
]


@pytest.mark.parametrize(("written", "hour", "minute"), TIMES)
def test_what_has_one_sensible_reading_is_taken_in(written: str, hour: int, minute: int) -> None:
    assert read_opening(written) == dt.time(hour, minute)
    assert read_closing(written) == dt.time(hour, minute)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("0.25", "six in the morning"),
        ("0.50", "twelve at noon"),
        ("0.30", "a quarter past seven, rounded, or half past midnight"),
        ("0,35", "half past eight, rounded"),
        ("0,3", "a quarter past seven, rounded"),
        ("0,3751", "no whole minute"),
        ("0,999999999", "the end of the day, of an opening"),
        ("9,5", "half past nine, or five past"),
        ("9,30", "half past nine, or 9.3 hours"),
        ("9.5", "half past nine, or five past"),
        ("930", "half past nine, or a number"),
        ("9.60", "no minute"),
        ("25", "no hour"),
        ("klo", "no time"),
        ("klo 0,375", "no time is said so"),
        ("kello 9?", "a question"),
        ("9-15", "a range"),
        ("٩", "no digit that a list has"),
        ("", "nothing"),
    ],
)
def test_what_has_two_readings_or_none_is_refused(written: str, reason: str) -> None:
    with pytest.raises(Unclear):
        read_opening(written)


def test_one_as_a_closing_time_is_the_small_hours_or_a_whole_day() -> None:
    assert read_opening("1") == dt.time(1)
    with pytest.raises(Unclear):
        read_closing("1")


@pytest.mark.parametrize("written", ["24", "24:00", "24.00", "klo 24", "0:00", "0"])
def test_the_end_of_the_day(written: str) -> None:
    assert read_closing(written) == dt.time(0)


@given(MINUTES)
def test_each_minute_is_read_back_from_each_form_of_it(time: dt.time) -> None:
    forms = [f"{time:%H:%M}", f"{time:%H.%M}", f"{time.hour}:{time:%M}", f"klo {time.hour}.{time:%M}"]
    forms += [f"kl. {time:%H.%M}", f"{time:%H:%M:%S}"]
    assert {read_opening(form) for form in forms} == {read_closing(form) for form in forms} == {time}
    share = (time.hour * 60 + time.minute) / 1440
    for fraction in (f"{share:.15f}", f"{share:.9f}", f"{share:.5f}"):
        assert read_opening(fraction) == read_opening(fraction.replace(".", ",")) == time


@given(st.text("0123456789.:,klo -–", max_size=12))
def test_what_is_taken_in_is_read_back_as_it_was_taken(written: str) -> None:
    for read_time in (read_opening, read_closing):
        try:
            time = read_time(written)
        except Unclear:
            continue
        assert (time.second, time.microsecond) == (0, 0)
        assert read_time(f"{time:%H:%M}") == time


def hours(opens: str, closes: str = "", date: str = "3.3.2027", status: str = "staffed") -> HoursRow | RefusedRow:
    row = {"service_point": "1", "date": date, "from": opens, "to": closes, "status": status}
    return read_hours_row(row, ["1"], file="hours.csv", line=2)


@pytest.mark.parametrize(
    "written",
    ["9-15", "9–15", "klo 9–15", "kl. 9 — 15", "9.00 - 15.00", "09:00–15:00", "klo 9 – klo 15", "0,375–0,625"],
)
def test_a_range_in_the_first_cell_is_both_times(written: str) -> None:
    taken = hours(written)
    assert isinstance(taken, HoursRow)
    assert (taken.opens, taken.closes) == (dt.time(9), dt.time(15))


@pytest.mark.parametrize(
    ("opens", "closes", "field"),
    [
        ("9–15", "15", "from"),
        ("", "9–15", "to"),
        ("9", "9–15", "to"),
        ("9–12–15", "", "to"),
        ("9–12, 13–15", "", "to"),
        ("15–9", "", "to"),
        ("9–", "", "from"),
        ("9", "0.50", "to"),
    ],
)
def test_a_range_that_is_not_clear_is_refused_with_its_place(opens: str, closes: str, field: str) -> None:
    refused = hours(opens, closes)
    assert isinstance(refused, RefusedRow)
    assert (refused.place, refused.field) == ("hours.csv, line 2", field)
    assert refused.reason


def test_why_a_time_is_refused_is_said() -> None:
    rows = (hours("0.50", "15"), hours("0,35", "15"), hours("9", "1"), hours("soon", "15"))
    assert [row.reason for row in rows if isinstance(row, RefusedRow)] == [
        "may be a time of day or a part of one: write it as 10:00",
        "is a part of a day that may be rounded: write it as 10:00",
        "may be a time of day or a part of one: write it as 10:00",
        "is not a time of day (10:00)",
    ]


@pytest.mark.parametrize(
    "written",
    [
        "3.3.27",
        "03.03.27",
        "3.3.2027",
        "2027-03-03",
        "2027/03/03",
        "3.3.27 0.00",
        "46449",
        "ke 3.3.2027",
        "Ke. 3.3.27",
        "keskiviikko 3.3.2027",
        "ons 3.3.2027",
        "onsdag 2027-03-03",
    ],
)
def test_a_date_in_each_of_its_forms(written: str) -> None:
    taken = hours("9", "15", written)
    assert isinstance(taken, HoursRow)
    assert taken.date == dt.date(2027, 3, 3)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)))
def test_two_digits_of_a_year_are_of_this_century(date: dt.date) -> None:
    taken = hours("9", "15", f"{date.day}.{date.month}.{date:%y}")
    assert isinstance(taken, HoursRow)
    assert taken.date == date


@pytest.mark.parametrize(
    "written", ["3/3/2027", "3.3.", "3.3.127", "31.2.27", "27-03-03", "ma 3.3.2027", "xx 3.3.2027", "3.3.1999"]
)
def test_a_date_that_is_none_or_two_is_refused(written: str) -> None:
    refused = hours("9", "15", written)
    assert isinstance(refused, RefusedRow)
    assert refused.field == "date"


def test_a_weekday_that_is_not_the_date_s_is_told_for_what_it_is() -> None:
    refused = hours("9", "15", "ma 3.3.2027")
    assert isinstance(refused, RefusedRow)
    assert refused.reason == "is not the weekday that stands before it"


def test_hours_as_a_library_would_type_them(tmp_path: Path) -> None:
    rows = "1;3.3.27;klo 9;klo 15;auki\n1;4.3.27;9–15;;auki\n1;5.3.27;0,375;0,625;auki\n1;6.3.27;;;kiinni\n"
    found = read(tmp_path, HEADINGS + ROW, "palvelupiste;pvm;avautuu;sulkeutuu;tila\n" + rows)
    nine_to_three = [{"from": "09:00:00", "to": "15:00:00", "kind": "staffed"}]
    assert found.refused == []
    assert {date.day: parts for date, parts in found.points["1"].days.items()} == {
        3: nine_to_three,
        4: nine_to_three,
        5: nine_to_three,
        6: [],
    }
