"""Other programs' calendars: what they say of a tutor's time, and weekly hours exchanged with them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from services.booking.actions.outgoing import is_public
from services.booking.calendars.busy import Busy, busy_times
from services.booking.calendars.unreadable import Unreadable
from services.booking.calendars.vavailability import CalendarHours, read_hours, write_hours
from services.booking.domain.wall_time import WEEKDAYS, Recurrence, whole_days

HELSINKI = "Europe/Helsinki"
NOW = dt.datetime(2027, 3, 1, 6, tzinfo=dt.UTC)
MARCH = whole_days(dt.date(2027, 3, 1), dt.date(2027, 4, 4), HELSINKI)
ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Helsinki
BEGIN:STANDARD
DTSTART:19701025T040000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T030000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
END:VTIMEZONE
"""


def read(*events: str) -> Busy:
    text = (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n"
        + ZONE
        + "".join(
            f"BEGIN:VEVENT\nDTSTAMP:20270101T000000Z\nSUMMARY:private\n{event.strip()}\nEND:VEVENT\n"
            for event in events
        )
    )
    return busy_times((text + "END:VCALENDAR\n").replace("\n", "\r\n").encode(), MARCH, HELSINKI)


def busy(*events: str) -> list[tuple[str, str]]:
    local = ZoneInfo(HELSINKI)
    found = read(*events).times
    return [(f"{s.astimezone(local):%d.%m. %H:%M}", f"{e.astimezone(local):%d.%m. %H:%M}") for s, e in found]


def test_a_whole_day_is_from_midnight_to_midnight_also_when_the_clocks_change() -> None:
    assert busy("UID:1\nDTSTART;VALUE=DATE:20270328\nDTEND;VALUE=DATE:20270329") == [("28.03. 00:00", "29.03. 00:00")]
    assert busy("UID:1\nDTSTART;VALUE=DATE:20270310") == [("10.03. 00:00", "11.03. 00:00")]


def test_what_repeats_follows_the_wall_clock_with_its_moved_and_cancelled_instances() -> None:
    weekly = "UID:1\nDTSTART;TZID=Europe/Helsinki:20270303T090000\nDTEND;TZID=Europe/Helsinki:20270303T100000\n"
    weekly += "RRULE:FREQ=WEEKLY\nEXDATE;TZID=Europe/Helsinki:20270310T090000"
    moved = "UID:1\nRECURRENCE-ID;TZID=Europe/Helsinki:20270317T090000\nDTSTART;TZID=Europe/Helsinki:20270318T120000\n"
    moved += "DTEND;TZID=Europe/Helsinki:20270318T130000"
    cancelled = "UID:1\nRECURRENCE-ID;TZID=Europe/Helsinki:20270324T090000\nSTATUS:CANCELLED\n"
    cancelled += "DTSTART;TZID=Europe/Helsinki:20270324T090000\nDTEND;TZID=Europe/Helsinki:20270324T100000"
    assert busy(weekly, moved, cancelled) == [
        ("03.03. 09:00", "03.03. 10:00"),
        ("18.03. 12:00", "18.03. 13:00"),
        ("31.03. 09:00", "31.03. 10:00"),
    ]


def test_what_is_marked_as_free_or_cancelled_takes_no_time() -> None:
    times = "DTSTART:20270308T080000Z\nDTEND:20270308T090000Z"
    assert busy(f"UID:1\n{times}\nTRANSP:TRANSPARENT", f"UID:2\n{times}\nSTATUS:CANCELLED") == []
    assert busy(f"UID:3\n{times}\nSTATUS:TENTATIVE") == [("08.03. 10:00", "08.03. 11:00")]


def test_floating_times_and_other_zones_and_durations() -> None:
    assert busy("UID:1\nDTSTART:20270308T100000\nDURATION:PT45M") == [("08.03. 10:00", "08.03. 10:45")]
    new_york = "UID:1\nDTSTART;TZID=America/New_York:20270308T030000\nDTEND;TZID=America/New_York:20270308T040000"
    assert busy(new_york) == [("08.03. 10:00", "08.03. 11:00")]


def test_a_free_busy_answer_counts_too() -> None:
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\nBEGIN:VFREEBUSY\r\nUID:1\r\nDTSTAMP:20270101T000000Z\r\n"
    text += "FREEBUSY;FBTYPE=BUSY:20270308T080000Z/PT1H\r\nFREEBUSY;FBTYPE=FREE:20270309T080000Z/PT1H\r\n"
    found = busy_times((text + "END:VFREEBUSY\r\nEND:VCALENDAR\r\n").encode(), MARCH, HELSINKI).times
    assert [(start.hour, end.hour) for start, end in found] == [(8, 9)]


@pytest.mark.parametrize("text", [b"", b"<html>sign in</html>", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT"])
def test_what_is_no_calendar_is_said_to_be_none(text: bytes) -> None:
    with pytest.raises(Unreadable):
        busy_times(text, MARCH, HELSINKI)


def hours(every: int = 1, until: dt.date | None = None) -> CalendarHours:
    recurrence = Recurrence.weekly(2, every, dt.date(2027, 3, 1), until)
    return CalendarHours("1", dt.time(10), dt.time(14), HELSINKI, recurrence, "Kuusamon kirjasto")


@pytest.mark.parametrize("told", [hours(), hours(2), hours(1, dt.date(2027, 6, 30))])
def test_weekly_hours_go_out_as_vavailability_and_come_back_the_same(told: CalendarHours) -> None:
    text = write_hours("tutor", [told], NOW)
    assert b"BEGIN:VAVAILABILITY" in text
    assert b"BEGIN:AVAILABLE" in text
    [back] = read_hours(text, HELSINKI)
    assert (back.opens, back.closes, back.zone, back.recurrence) == (
        told.opens,
        told.closes,
        told.zone,
        told.recurrence,
    )


def vavailability(rule: str) -> bytes:
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:t\n{ZONE}BEGIN:VAVAILABILITY\nUID:1\nDTSTAMP:20270101T000000Z\n"
    text += "BEGIN:AVAILABLE\nUID:2\nDTSTAMP:20270101T000000Z\nDTSTART;TZID=Europe/Helsinki:20270301T090000\n"
    text += f"DTEND;TZID=Europe/Helsinki:20270301T120000\n{rule}END:AVAILABLE\nEND:VAVAILABILITY\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def test_every_other_week_counts_from_the_week_of_its_first_day() -> None:
    """As RFC 5545 has it: from a Wednesday on, the Mondays are those of the same weeks."""
    text = vavailability("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE\n").replace(b"20270301T", b"20270303T")
    assert [each.recurrence.first.day for each in read_hours(text, HELSINKI)] == [15, 3]


@pytest.mark.parametrize(("week_starts", "sunday"), [("SU", 14), ("MO", 7), ("TU", 7), ("WE", 14)])
def test_every_other_week_counts_from_the_day_on_which_its_weeks_start(week_starts: str, sunday: int) -> None:
    rule = f"RRULE:FREQ=WEEKLY;INTERVAL=2;WKST={week_starts};BYDAY=SU,TU\n"
    text = vavailability(rule).replace(b"20270301T", b"20270302T")
    assert {each.recurrence.first.day for each in read_hours(text, HELSINKI)} == {2, sunday}


@given(
    first=st.dates(dt.date(2027, 3, 1), dt.date(2027, 3, 14)),
    every=st.integers(1, 4),
    week_starts=st.sampled_from(WEEKDAYS),
    weekdays=st.sets(st.sampled_from(WEEKDAYS), min_size=1),
)
def test_weekly_hours_fall_on_the_dates_that_dateutil_finds(
    first: dt.date, every: int, week_starts: str, weekdays: set[str]
) -> None:
    rule = f"FREQ=WEEKLY;INTERVAL={every};WKST={week_starts};BYDAY={','.join(sorted(weekdays))}"
    text = vavailability(f"RRULE:{rule}\n").replace(b"20270301T", f"{first:%Y%m%d}T".encode())
    last = first + dt.timedelta(days=100)
    found = [date for each in read_hours(text, HELSINKI) for date in each.recurrence.dates(first, last)]
    start = dt.datetime.combine(first, dt.time(9))
    theirs = rrulestr(rule, dtstart=start).between(start, start + dt.timedelta(days=100), inc=True)
    assert sorted(found) == [at.date() for at in theirs]


def test_what_repeats_every_second_is_not_read() -> None:
    with pytest.raises(Unreadable):
        busy("UID:1\nDTSTART:20270308T080000Z\nDTEND:20270308T080001Z\nRRULE:FREQ=SECONDLY")


def test_several_weekdays_become_several_hours() -> None:
    found = read_hours(vavailability("RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR\n"), HELSINKI)
    assert [each.recurrence.first.isoweekday() for each in found] == [1, 3, 5]
    assert len(read_hours(vavailability("RRULE:FREQ=DAILY\n"), HELSINKI)) == 7


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "RRULE:FREQ=MONTHLY;BYDAY=1MO\n",
        "RRULE:FREQ=WEEKLY;COUNT=3\n",
        "RRULE:FREQ=DAILY;INTERVAL=2\n",
        "RRULE:FREQ=WEEKLY;INTERVAL=99999999\n",
        "RRULE:FREQ=WEEKLY;INTERVAL=0\n",
        "RRULE:FREQ=WEEKLY;UNTIL=99991231T235959Z\n",
        "RRULE:FREQ=WEEKLY\nRRULE:FREQ=DAILY\n",
        "RRULE:BYDAY=MO\n",
        "RRULE:FREQ=WEEKLY;WKST=XX\n",
        "RRULE:FREQ=WEEKLY\nEXDATE;TZID=Europe/Helsinki:20270308T090000\n",
    ],
)
def test_what_is_no_every_nth_week_is_refused_by_name(rule: str) -> None:
    with pytest.raises(Unreadable):
        read_hours(vavailability(rule), HELSINKI)


@pytest.mark.parametrize(
    ("opens", "closes"), [("100030", "100050"), ("100000", "235959"), ("100030", "110000"), ("100000", "100000.5")]
)
def test_hours_that_are_not_on_whole_minutes_are_refused(opens: str, closes: str) -> None:
    text = vavailability("RRULE:FREQ=WEEKLY\n").replace(b"T090000", f"T{opens}".encode())
    with pytest.raises(Unreadable):
        read_hours(text.replace(b"T120000", f"T{closes}".encode()), HELSINKI)


def test_hours_that_begin_in_1970_begin_in_our_days_in_the_same_weeks() -> None:
    """As Nextcloud writes them."""
    every_other = vavailability("RRULE:FREQ=WEEKLY;INTERVAL=2\n").replace(b"20270301T", b"19700105T")
    [found] = read_hours(every_other, HELSINKI)
    assert found.recurrence.first == dt.date(2000, 1, 10)
    assert (found.recurrence.first - dt.date(1970, 1, 5)).days % 14 == 0


def test_the_weekdays_of_a_start_in_utc_are_those_of_the_local_day() -> None:
    """22:30 on Sunday in UTC is half past midnight on Monday in Helsinki."""
    text = vavailability("RRULE:FREQ=WEEKLY;BYDAY=SU,TU\n")
    text = text.replace(b";TZID=Europe/Helsinki:20270301T090000", b":20270228T223000Z")
    text = text.replace(b";TZID=Europe/Helsinki:20270301T120000", b":20270228T233000Z")
    found = read_hours(text, HELSINKI)
    assert [(each.recurrence.first, each.opens) for each in found] == [
        (dt.date(2027, 3, 1), dt.time(0, 30)),
        (dt.date(2027, 3, 3), dt.time(0, 30)),
    ]


def test_hours_in_zones_by_other_names_and_in_none_that_is_known() -> None:
    text = vavailability("RRULE:FREQ=WEEKLY\n")
    stockholm = text.replace(b"TZID=Europe/Helsinki:2027", b"TZID=W. Europe Standard Time:2027")
    [found] = read_hours(stockholm, HELSINKI)
    assert (found.zone, found.opens) == ("Europe/Berlin", dt.time(9))
    with pytest.raises(Unreadable, match="zone"):
        read_hours(text.replace(b"TZID=Europe/Helsinki:2027", b"TZID=Somewhere:2027"), HELSINKI)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.20.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::1", False),
        ("64:ff9b::7f00:1", False),
        ("::7f00:1", False),
        ("64:ff9b:1::7f00:1", False),
        ("64:ff9b:1:808:8:800::", False),
        ("::ffff:0:7f00:1", False),
        ("::ffff:0:10.0.0.1", False),
        ("::ffff:0:193.166.3.2", True),
        ("fec0::1", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
        ("192.0.0.8", False),
        ("255.255.255.255", False),
        ("193.166.3.2", True),
        ("2001:708:30::1", True),
    ],
)
def test_only_addresses_of_the_open_internet_are_asked(address: str, public: bool) -> None:
    assert is_public(address) == public
