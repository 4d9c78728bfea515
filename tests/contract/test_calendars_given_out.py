"""Calendars that we give out, as npm's ical.js reads them: it knows no zone but those that a file defines; and PyPI's
caldav, which mends what others write against the standard."""

import datetime as dt
from uuid import UUID

import pytest

from services.notify.messages.calendars import calendar_of
from services.web.own_calendar import own_calendar
from shared.intervals import Interval
from shared.languages import LANGUAGES
from shared.schemas.booking import Appointment
from tests.contract.caldav_reader import has_to_be_mended
from tests.contract.test_calendar_readings import by_ical_js
from tests.unit.calendar_texts import HELSINKI
from tests.unit.test_calendar_of_visits import visit, written
from tests.unit.test_messages import recipient
from tests.unit.web_pages import appointment

HALF = dt.timedelta(minutes=30)
# The hours about both changes of the clocks in Helsinki, and the same by the rule, years later.
NIGHTS = [dt.datetime(2027, 3, 28, tzinfo=dt.UTC), dt.datetime(2027, 10, 31, tzinfo=dt.UTC)]
NIGHTS += [dt.datetime(2045, 3, 26, tzinfo=dt.UTC), dt.datetime(2045, 10, 29, tzinfo=dt.UTC)]


def hours_about(night: dt.datetime) -> list[dt.datetime]:
    return [night + dt.timedelta(hours=hour) for hour in range(-3, 5)]


@pytest.mark.parametrize("night", NIGHTS, ids=str)
@pytest.mark.parametrize("zone", [HELSINKI, "America/New_York", "Australia/Lord_Howe"])
def test_a_visit_is_when_it_is_though_the_clocks_change(night: dt.datetime, zone: str) -> None:
    starts = hours_about(night)
    text = written(*(visit(start, id=UUID(int=number)) for number, start in enumerate(starts)), zone=zone)
    within = Interval(night - dt.timedelta(days=1), night + dt.timedelta(days=1))
    assert by_ical_js([text], within) == [[Interval(start, start + HALF) for start in starts]]


def test_a_citizens_appointment_is_when_it_is_though_the_clocks_change() -> None:
    """It is written in UTC, so it needs no zone."""
    starts = [start for night in NIGHTS[:2] for start in hours_about(night)]
    appointments = [recipient(start=start, end=start + HALF) for start in starts]
    texts = [calendar_of(each, "digituki@vuoro.example", "PUBLISH", "") for each in appointments]
    within = Interval(NIGHTS[0] - dt.timedelta(days=1), NIGHTS[1] + dt.timedelta(days=1))
    assert by_ical_js(texts, within) == [[Interval(start, start + HALF)] for start in starts]


def test_so_is_the_file_that_they_add_to_their_calendar_themselves() -> None:
    starts = [start for night in NIGHTS[:2] for start in hours_about(night)]
    known = [Appointment.model_validate(appointment(start=start, end=start + HALF)) for start in starts]
    within = Interval(NIGHTS[0] - dt.timedelta(days=1), NIGHTS[1] + dt.timedelta(days=1))
    for language in LANGUAGES:
        texts = [own_calendar(each, language, NIGHTS[0]) for each in known]
        assert by_ical_js(texts, within) == [[Interval(start, start + HALF)] for start in starts]


def test_none_of_them_has_to_be_mended() -> None:
    start = NIGHTS[0]
    name = {"fi": 'Kirjasto "Tähti", 2. krs; ovi B '}
    given_out = [
        written(visit(start, place_name=name), visit(start + HALF), zone=HELSINKI),
        calendar_of(recipient(start=start, end=start + HALF), "digituki@vuoro.example", "PUBLISH", ""),
        own_calendar(Appointment.model_validate(appointment(start=start, end=start + HALF)), "fi", start),
    ]
    assert [has_to_be_mended(text) for text in given_out] == [False] * 3
