"""What a VTIMEZONE of ours says of a zone's clocks is what the zone database says."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Timezone

from services.booking.calendars.vavailability import CalendarHours, write_hours
from services.booking.calendars.vtimezone import vtimezone
from services.booking.domain.wall_time import Recurrence

FIRST = dt.date(2027, 1, 1)
ZONES = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
# Whose clocks follow no rule of weekdays, so that only the years that are written are right.
UNRULED = {"Africa/Casablanca", "Africa/El_Aaiun", "America/Santiago", "Asia/Gaza", "Asia/Hebron", "Asia/Jerusalem"}
MOMENTS = st.datetimes(dt.datetime(2027, 1, 2), dt.datetime(2050, 12, 31), timezones=st.just(dt.UTC))  # noqa: DTZ001


def read(zone: str) -> dt.tzinfo:
    """The zone as a program reads it that knows none by name; icalendar remembers them by theirs."""
    written = vtimezone(zone, FIRST).to_ical().replace(f"TZID:{zone}".encode(), f"TZID:{zone[::-1]}".encode())
    found = Timezone.from_ical(written)
    assert isinstance(found, Timezone)
    clocks = found.to_tz()
    assert isinstance(clocks, dt.tzinfo)
    return clocks


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2027-03-28T00:59:59", "02:59:59 +0200"),
        ("2027-03-28T01:00:00", "04:00:00 +0300"),
        ("2027-10-31T00:59:59", "03:59:59 +0300"),
        ("2027-10-31T01:00:00", "03:00:00 +0200"),
        ("2061-03-27T01:00:00", "04:00:00 +0300"),  # by the rule, in years that nobody has looked at
    ],
)
def test_summer_time_begins_at_three_and_ends_at_four_in_helsinki(at: str, shown: str) -> None:
    local = dt.datetime.fromisoformat(f"{at}+00:00").astimezone(read("Europe/Helsinki"))
    assert f"{local:%H:%M:%S %z}" == shown


def test_the_rules_of_helsinki_are_the_last_sundays() -> None:
    written = vtimezone("Europe/Helsinki", FIRST).to_ical().decode()
    assert "DTSTART:20260329T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n" in written
    assert "DTSTART:20261025T040000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n" in written


@settings(max_examples=50)
@given(zone=st.sampled_from(ZONES), at=MOMENTS)
def test_every_zone_is_read_as_the_database_has_it(zone: str, at: dt.datetime) -> None:
    ours, theirs = at.astimezone(read(zone)), at.astimezone(zoneinfo.ZoneInfo(zone))
    assert (f"{ours:%F %T %z}", ours.tzname()) == (f"{theirs:%F %T %z}", theirs.tzname())


@pytest.mark.parametrize("zone", sorted(UNRULED & set(ZONES)))
def test_clocks_without_a_rule_of_weekdays_are_told_by_their_dates(zone: str) -> None:
    assert b"RDATE:" in vtimezone(zone, FIRST).to_ical()


def test_hours_that_are_given_out_carry_the_zone() -> None:
    """icalendar's own part had the clocks of Helsinki go forward at 04:00, from the second spring on."""
    hours = CalendarHours(
        "a@vuoro", dt.time(10), dt.time(14), "Europe/Helsinki", Recurrence.weekly(2, 1, dt.date(2027, 3, 1), None)
    )
    text = write_hours("t", [hours], dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    (zone,) = Calendar.from_ical(text).walk("VTIMEZONE")
    assert zone.to_ical() == vtimezone("Europe/Helsinki", FIRST).to_ical()
    assert text.index(b"VTIMEZONE") < text.index(b"VAVAILABILITY")
