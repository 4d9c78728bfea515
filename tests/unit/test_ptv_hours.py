"""An ordinary week as PTV writes it, read and written."""

from typing import Any

import pytest

from services.providers.sources.ptv_hours import read_week, write_week
from shared.schemas.providers import WeeklyHours

MONDAY = {"dayFrom": "Monday", "dayTo": "", "from": "10:00:00", "to": "18:00:00"}


def period(*intervals: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"serviceHourType": "DaysOfTheWeek", "isClosed": False, "openingHour": list(intervals), **more}


def test_a_span_of_days_is_each_of_them_and_the_last_minute_is_the_end_of_the_day() -> None:
    week = read_week([period({**MONDAY, "dayTo": "Tuesday", "to": "23:59:00"})])
    assert [(part["weekday"], part["to"]) for part in week] == [(1, "00:00:00"), (2, "00:00:00")]


@pytest.mark.parametrize(
    "more", [{"isClosed": True}, {"validTo": "2027-06-01T00:00:00"}, {"serviceHourType": "Exceptional"}]
)
def test_what_is_no_ordinary_week_is_left_out(more: dict[str, Any]) -> None:
    assert read_week([period(MONDAY, **more)]) == []


def test_a_day_that_nobody_knows_is_left_out_and_the_rest_is_kept() -> None:
    assert len(read_week([period({**MONDAY, "dayFrom": "Someday"}, MONDAY)])) == 1


def test_what_is_written_is_read_again_and_only_staffed_hours_are_written() -> None:
    staffed = {"weekday": 1, "from": "10:00:00", "to": "18:00:00", "kind": "staffed"}
    alone = {"weekday": 2, "from": "07:00:00", "to": "21:00:00", "kind": "self_service"}
    week = [WeeklyHours.model_validate(part) for part in (staffed, alone)]
    assert read_week(write_week(week)) == [staffed]
    assert write_week([]) == []
