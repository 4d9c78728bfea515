"""PTV's hours, read and written: the ordinary week, seasons, exceptions."""

import datetime as dt
from typing import Any

import pytest

from services.providers.sources.ptv_hours import PtvHours, read_hours
from services.providers.sources.ptv_writing import write_week
from shared.schemas.providers import WeeklyHours

MONDAY = {"dayFrom": "Monday", "dayTo": "", "from": "10:00:00", "to": "18:00:00"}
TODAY = dt.date(2027, 3, 1)  # a Monday


def period(*intervals: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"serviceHourType": "DaysOfTheWeek", "isClosed": False, "openingHour": list(intervals), **more}


def read(*periods: dict[str, Any]) -> PtvHours:
    return read_hours(list(periods), TODAY)


def week(*periods: dict[str, Any]) -> list[tuple[object, object, object]]:
    return [(part["weekday"], part["from"], part["to"]) for part in read(*periods).week]


def hours_on(found: PtvHours, *date: int) -> list[tuple[str, str]] | None:
    parts = found.days.get(dt.date(*date))
    return None if parts is None else [(part["from"], part["to"]) for part in parts]


def test_a_span_of_days_is_each_of_them_and_the_last_minute_is_the_end_of_the_day() -> None:
    assert week(period({**MONDAY, "dayTo": "Tuesday", "to": "23:59:00"})) == [
        (1, "10:00:00", "00:00:00"),
        (2, "10:00:00", "00:00:00"),
    ]


def test_a_span_of_days_runs_over_the_week_s_end() -> None:
    assert [day for day, _opens, _closes in week(period({**MONDAY, "dayFrom": "Saturday", "dayTo": "Monday"}))] == [
        1,
        6,
        7,
    ]


def test_hours_that_overlap_or_touch_are_one() -> None:
    more = {**MONDAY, "from": "17:00:00", "to": "20:00:00"}
    assert week(period(MONDAY, more, MONDAY)) == [(1, "10:00:00", "20:00:00")]


def test_hours_over_midnight_end_on_the_next_day_and_sunday_s_on_monday() -> None:
    night = {**MONDAY, "dayFrom": "Sunday", "from": "22:00", "to": "02:00"}
    assert week(period(night)) == [(1, "00:00:00", "02:00:00"), (7, "22:00:00", "00:00:00")]


def test_one_stretch_of_several_days_has_no_gaps() -> None:
    stretch = {"dayFrom": "Friday", "dayTo": "Sunday", "from": "18:00", "to": "12:00"}
    assert week(period(stretch, serviceHourType="OverMidnight")) == [
        (5, "18:00:00", "00:00:00"),
        (6, "00:00:00", "00:00:00"),
        (7, "00:00:00", "12:00:00"),
    ]


def test_what_is_always_open_is_open_on_each_day() -> None:
    assert week(period(isAlwaysOpen=True)) == [(day, "00:00:00", "00:00:00") for day in range(1, 8)]


def test_a_season_counts_before_the_ordinary_week_and_only_while_it_lasts() -> None:
    ordinary = period({**MONDAY, "dayTo": "Friday"})
    summer = period({**MONDAY, "to": "12:00:00"}, validFrom="2027-06-01T00:00:00Z", validTo="2027-08-31T00:00:00Z")
    found = read(summer, ordinary)
    assert len(found.week) == 5
    assert hours_on(found, 2027, 5, 31) is None
    assert hours_on(found, 2027, 6, 1) == []  # a Tuesday
    assert hours_on(found, 2027, 6, 7) == [("10:00:00", "12:00:00")]
    assert hours_on(found, 2027, 8, 31) == []
    assert hours_on(found, 2027, 9, 1) is None
    assert found.left_out == []


def test_a_season_that_is_over_says_nothing_any_more() -> None:
    found = read(period(MONDAY, validFrom="2026-06-01T00:00:00", validTo="2026-08-31T00:00:00"))
    assert (found.week, found.days) == ([], {})


def test_a_week_that_begins_later_is_not_the_ordinary_one_yet() -> None:
    found = read(period(MONDAY, validFrom="2027-06-01T00:00:00Z"))
    assert found.week == []
    assert hours_on(found, 2027, 5, 31) is None
    assert hours_on(found, 2027, 6, 7) == [("10:00:00", "18:00:00")]
    later = read_hours([period(MONDAY, validFrom="2027-06-01T00:00:00Z")], dt.date(2027, 6, 1))
    assert (len(later.week), later.days) == (1, {})


def test_an_exception_shuts_its_dates_and_counts_before_everything() -> None:
    shut = period(
        serviceHourType="Exceptional", isClosed=True, validFrom="2027-12-24T00:00:00", validTo="2027-12-26T00:00:00"
    )
    short = period(
        {"dayFrom": None, "from": "10:00", "to": "12:00"},
        serviceHourType="Exceptional",
        validFrom="2027-12-23T00:00:00",
    )
    found = read(period({**MONDAY, "dayTo": "Sunday"}), shut, short)
    assert [hours_on(found, 2027, 12, day) for day in (22, 23, 24, 25, 26, 27)] == [
        None,
        [("10:00:00", "12:00:00")],
        [],
        [],
        [],
        None,
    ]
    assert len(found.week) == 7


def test_a_place_that_is_closed_until_further_notice_is_known_to_be() -> None:
    found = read(period(isClosed=True))
    assert found.week == []
    assert hours_on(found, 2027, 3, 1) == []


def test_dates_that_are_written_as_instants_are_finland_s() -> None:
    found = read(period(MONDAY, validFrom="2027-05-31T21:00:00Z", validTo="2027-06-29T20:59:59Z"))
    assert (min(found.days), max(found.days)) == (dt.date(2027, 6, 1), dt.date(2027, 6, 29))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (period({**MONDAY, "dayFrom": "Someday"}), "openingHour.dayFrom"),
        (period({**MONDAY, "from": "10"}), "openingHour.from"),
        (period({**MONDAY, "to": "09:00"}), "openingHour.to"),
        (period(MONDAY, validTo="soon"), "validTo"),
        (period(MONDAY, validFrom="2027-06-02", validTo="2027-06-01"), "validTo"),
        (period(MONDAY, serviceHourType="Sometimes"), "serviceHourType"),
        (period(isClosed=True, serviceHourType="Exceptional"), "validFrom"),
        (period(), "openingHour"),
        (period({**MONDAY, "to": "02:00"}, serviceHourType="Exceptional", validFrom="2027-06-01"), "openingHour.to"),
    ],
)
def test_what_cannot_be_read_is_told_and_the_rest_is_kept(wrong: dict[str, Any], field: str) -> None:
    found = read(wrong, period(MONDAY))
    assert f"serviceHours.{field}" in {each.field for each in found.left_out}
    assert len(found.week) == 1


BY_RESERVATION = period({**MONDAY, "dayTo": "Friday"}, isReservation=True)


def test_hours_by_reservation_are_nobody_s_opening_hours_and_are_told() -> None:
    found = read(BY_RESERVATION)
    assert (found.week, found.days) == ([], {})  # nothing is known, so a tutor's own hours count
    assert [each.field for each in found.left_out] == ["serviceHours.isReservation"]


def test_beside_hours_by_reservation_only_the_others_are_open() -> None:
    tuesday = {**MONDAY, "dayFrom": "Tuesday"}
    found = read(period(MONDAY), period(tuesday, isReservation=True))
    assert ([part["weekday"] for part in found.week], found.days) == ([1], {})


def test_a_season_by_reservation_is_not_open_on_its_dates() -> None:
    """The ordinary week must not be shown in its stead."""
    summer = period(MONDAY, isReservation=True, validFrom="2027-06-01", validTo="2027-08-31")
    found = read(period({**MONDAY, "dayTo": "Sunday"}), summer)
    assert len(found.week) == 7
    assert [hours_on(found, 2027, 5, 31), hours_on(found, 2027, 6, 7), hours_on(found, 2027, 9, 1)] == [None, [], None]


def test_an_exception_by_reservation_is_not_open_either() -> None:
    eve = period(MONDAY, serviceHourType="Exceptional", isReservation=True, validFrom="2027-06-07")
    found = read(period(MONDAY), eve)
    assert (hours_on(found, 2027, 6, 7), hours_on(found, 2027, 6, 14)) == ([], None)


def test_a_place_by_reservation_is_shut_when_it_is_said_to_be() -> None:
    shut = period(serviceHourType="Exceptional", isClosed=True, validFrom="2027-12-24", validTo="2027-12-26")
    found = read(BY_RESERVATION, shut)
    assert (found.week, sorted(date.day for date in found.days)) == ([], [24, 25, 26])


def test_what_is_shut_is_shut_by_reservation_too() -> None:
    found = read(period(isClosed=True, isReservation=True))
    assert (hours_on(found, 2027, 3, 1), found.left_out) == ([], [])


def test_a_week_by_reservation_from_a_later_date_ends_the_open_one() -> None:
    found = read(period(MONDAY), period(MONDAY, isReservation=True, validFrom="2027-06-01"))
    assert (len(found.week), hours_on(found, 2027, 5, 31), hours_on(found, 2027, 6, 7)) == (1, None, [])


def test_what_is_written_is_read_again_and_only_staffed_hours_are_written() -> None:
    staffed = {"weekday": 1, "from": "10:00:00", "to": "18:00:00", "kind": "staffed"}
    alone = {"weekday": 2, "from": "07:00:00", "to": "21:00:00", "kind": "self_service"}
    both = [WeeklyHours.model_validate(part) for part in (staffed, alone)]
    assert read(*write_week(both)).week == [staffed]  # type: ignore[arg-type]  # a document is a dict
    assert write_week([]) == []
