"""What other programs write is never silently free: what can be read of it takes its time, and the rest is told."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.calendars.busy import Busy, busy_times
from services.booking.calendars.unreadable import Unreadable
from services.booking.domain.wall_time import whole_days
from shared.intervals import difference, intersection
from tests.unit.calendar_texts import HELSINKI, calendar, event, local

MARCH = whole_days(dt.date(2027, 3, 1), dt.date(2027, 4, 4), HELSINKI)
TEN = "DTSTART;TZID=Europe/Helsinki:20270308T100000"
ELEVEN = "DTEND;TZID=Europe/Helsinki:20270308T110000"


def read(*events: str) -> Busy:
    return busy_times(calendar(*events), MARCH, HELSINKI)


def times(*events: str) -> list[str]:
    return [f"{start}-{end[-5:]}" for start, end in local(read(*events).times)]


@pytest.mark.parametrize(
    ("lines", "busy", "doubts"),
    [
        (f"{TEN}\nDTEND:garbage", ["08.03. 10:00-11:00"], {"no_end": 1}),
        (f"{TEN}\nDURATION:soon", ["08.03. 10:00-11:00"], {"no_end": 1}),
        (f"{TEN}\nDTEND;TZID=Europe/Helsinki:20270308T090000", ["08.03. 10:00-11:00"], {"no_end": 1}),
        ("DTSTART:tomorrow", [], {"no_start": 1}),
        (f"{TEN}\n{ELEVEN}\nRRULE:FREQ=WEEKLY;INTERVAL=0", ["08.03. 10:00-11:00"], {"rule": 1}),
        (f"{TEN}\n{ELEVEN}\nRRULE:FREQ=WEEKLY;BYDAY=XX", ["08.03. 10:00-11:00"], {"rule": 1}),
        (f"{TEN}\n{ELEVEN}\nRRULE:FREQ=DAILY;COUNT=many", ["08.03. 10:00-11:00"], {"rule": 1}),
        (f"{TEN}\n{ELEVEN}\nRRULE:FREQ=YEARLY;RSCALE=HEBREW", ["08.03. 10:00-11:00"], {"rule": 1}),
        (f"{TEN}\n{ELEVEN}\nRRULE:FREQ=DAILY;BYMONTH=13", ["08.03. 10:00-11:00"], {"rule": 1}),
        (f"{TEN}\n{ELEVEN}\nRRULE:FREQ=DAILY;BYMONTHDAY=0", ["08.03. 10:00-11:00"], {"rule": 1}),
        (f"{TEN}\n{ELEVEN}\nRRULE:FREQ=DAILY;COUNT=0", ["08.03. 10:00-11:00"], {"rule": 1}),
        (f"{TEN}\n{ELEVEN}\nRDATE:never", ["08.03. 10:00-11:00"], {"dates": 1}),
        (
            f"{TEN}\n{ELEVEN}\nRDATE;VALUE=PERIOD:never,20270309T080000Z/PT1H,20270310T080000Z/20270310T070000Z",
            ["08.03. 10:00-11:00", "09.03. 10:00-11:00"],
            {"dates": 2},
        ),
        (f"{TEN}\n{ELEVEN}\nEXDATE:never", ["08.03. 10:00-11:00"], {"dates": 1}),
        (f"{TEN}\n{ELEVEN}\nRECURRENCE-ID:never", ["08.03. 10:00-11:00"], {"dates": 1}),
        (f"{TEN}\nDTSTART:20270309T080000Z\n{ELEVEN}", ["08.03. 10:00-11:00"], {"unread": 1}),
        (f"{TEN}\n{ELEVEN}\nRECURRENCE-ID;RANGE=THISANDPRIOR:20270309T080000Z", ["08.03. 10:00-11:00"], {"unread": 1}),
        (f"{TEN}\n{ELEVEN}\nRECURRENCE-ID:20270308T080000Z\nRRULE:FREQ=DAILY", ["08.03. 10:00-11:00"], {"unread": 1}),
        (f"{TEN}\n{ELEVEN}\nEXRULE:FREQ=DAILY", ["08.03. 10:00-11:00"], {"unread": 1}),
        ("DTSTART;TZID=Somewhere:20270308T100000\nDURATION:PT1H", ["08.03. 10:00-11:00"], {"zone": 1}),
        ('DTSTART;TZID="broken:20270308T100000', [], {"dates": 1, "no_start": 1}),
    ],
)
def test_what_is_broken_takes_what_can_be_read_of_it_and_is_told(
    lines: str, busy: list[str], doubts: dict[str, int]
) -> None:
    found = read(event(lines))
    assert [f"{start}-{end[-5:]}" for start, end in local(found.times)] == busy
    assert found.doubts == doubts


def test_one_that_is_broken_hides_none_of_the_others() -> None:
    good, bad = event(f"UID:1\n{TEN}\n{ELEVEN}"), event("UID:2\nDTSTART:tomorrow")
    assert times(bad, good, bad) == ["08.03. 10:00-11:00"]


FIRST, LAST = "00010101T000000Z", "99991231T235959Z"


@pytest.mark.parametrize(
    ("lines", "busy"),
    [
        (f"DTSTART:{LAST}\nDURATION:P2D", []),
        ("DTSTART;VALUE=DATE:99991231", []),
        ("DTSTART;VALUE=DATE:00010101", []),
        ("DTSTART;TZID=Asia/Tokyo:00010101T000000", []),
        ("DTSTART;TZID=America/New_York:99991231T235959", []),
        (f"DTSTART:{FIRST}\nDTEND:{LAST}", ["01.03. 00:00-00:00"]),
        (f"{TEN}\nDTEND:{LAST}", ["08.03. 10:00-00:00"]),
        (f"{TEN}\nDTEND:{LAST}\nRRULE:FREQ=YEARLY", ["08.03. 10:00-00:00"]),
        (f"{TEN}\nDURATION:PT99999999999999H", ["08.03. 10:00-11:00"]),
        (f"{TEN}\n{ELEVEN}\nRDATE:{LAST}", ["08.03. 10:00-11:00"]),
        (f"{TEN}\n{ELEVEN}\nRDATE;VALUE=PERIOD:20270401T080000Z/{LAST}", ["08.03. 10:00-11:00", "01.04. 11:00-00:00"]),
        (f"{TEN}\n{ELEVEN}\nEXDATE;TZID=Asia/Tokyo:00010101T000000", ["08.03. 10:00-11:00"]),
        (f"{TEN}\n{ELEVEN}\nRECURRENCE-ID;TZID=Asia/Tokyo:00010101T000000", ["08.03. 10:00-11:00"]),
        (f"{TEN}\n{ELEVEN}\nRRULE:FREQ=YEARLY;UNTIL={LAST}", ["08.03. 10:00-11:00"]),
        (f"{TEN}\n{ELEVEN}\nRRULE:FREQ=YEARLY;UNTIL={FIRST}", ["08.03. 10:00-11:00"]),
    ],
)
def test_the_first_and_last_dates_of_all_hide_no_other_event(lines: str, busy: list[str]) -> None:
    """Many programs write them for "ever"; nothing can be added to them."""
    assert times(event(f"UID:1\n{lines}")) == busy
    other = event(f"UID:2\n{TEN}\n{ELEVEN}")
    assert difference(read(other).times, read(event(f"UID:1\n{lines}"), other).times) == []


def test_rules_of_one_series_all_count() -> None:
    rules = "RRULE:FREQ=WEEKLY;COUNT=2;BYDAY=MO\nRRULE:FREQ=WEEKLY;COUNT=1;BYDAY=WE"
    assert times(event(f"{TEN}\n{ELEVEN}\n{rules}")) == [
        "08.03. 10:00-11:00",
        "10.03. 10:00-11:00",
        "15.03. 10:00-11:00",
    ]


def test_an_availability_is_told_that_it_is_not_read() -> None:
    found = read("BEGIN:VAVAILABILITY\nDTSTART:20270308T080000Z\nEND:VAVAILABILITY\n")
    assert (found.times, found.doubts) == ([], {"unread": 1})


def test_a_component_that_is_not_ended_ends_with_what_it_is_in() -> None:
    assert times(event(f"{TEN}\n{ELEVEN}\nBEGIN:VALARM\nTRIGGER:-PT5M")) == ["08.03. 10:00-11:00"]


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\u0085", "\v", "\f", "\x1c", "\x1d", "\x1e"])
def test_a_line_ends_at_its_line_break_alone(mark: str) -> None:
    """What stands in a text after another sign of a new line is still that text (RFC 5545 section 3.1)."""
    assert times(event(f"{TEN}\n{ELEVEN}\nSUMMARY:x{mark}STATUS:CANCELLED")) == ["08.03. 10:00-11:00"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_lines_end_as_on_any_system(end: str) -> None:
    text = calendar(event(f"{TEN}\n{ELEVEN}\nSTATUS:CANC\n ELLED"), event(f"{TEN}\n{ELEVEN}")).decode()
    assert local(busy_times(text.replace("\r\n", end).encode(), MARCH, HELSINKI).times) == [
        ("08.03. 10:00", "08.03. 11:00")
    ]


def test_the_last_day_of_a_series_counts_however_its_end_is_written() -> None:
    """As a date it is meant whole, and an instant in UTC is on the wall of the series' zone."""
    expected = ["08.03. 10:00-11:00", "09.03. 10:00-11:00"]
    for start, until in [
        (TEN, "20270309"),
        (TEN, "20270309T080000Z"),
        (TEN, "20270309T100000"),
        ("DTSTART:20270308T100000", "20270309T080000Z"),
        ("DTSTART;TZID=Somewhere:20270308T100000", "20270309T080000Z"),
    ]:
        assert times(event(f"{start}\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL={until}")) == expected, (start, until)


def test_two_series_of_one_uid_both_count() -> None:
    one = event("UID:1\nDTSTART:20270308T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2")
    other = event("UID:1\nDTSTART:20270310T120000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2")
    assert times(one, other) == [
        "08.03. 10:00-11:00",
        "09.03. 10:00-11:00",
        "10.03. 14:00-15:00",
        "11.03. 14:00-15:00",
    ]


def test_a_change_of_an_occasion_and_all_after_it() -> None:
    series = event("UID:1\nDTSTART:20270308T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4")
    later = event("UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270310T080000Z\nDTSTART:20270310T100000Z\nDURATION:PT2H")
    assert times(series, later) == [
        "08.03. 10:00-11:00",
        "09.03. 10:00-11:00",
        "10.03. 12:00-14:00",
        "11.03. 12:00-14:00",
    ]


def test_a_change_of_all_that_follow_keeps_to_the_wall_where_the_clocks_change() -> None:
    """From Saturday to Monday are 47 hours on the night when clocks skip one, and two days on the wall."""
    series = event("UID:1\nDTSTART;TZID=Europe/Helsinki:20270320T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3")
    later = event(
        "UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Helsinki:20270327T100000\n"
        "DTSTART;TZID=Europe/Helsinki:20270329T100000\nDURATION:PT1H"
    )
    assert times(series, later)[1:] == ["29.03. 10:00-11:00"]
    april = whole_days(dt.date(2027, 4, 1), dt.date(2027, 4, 30), HELSINKI)
    assert local(busy_times(calendar(series, later), april, HELSINKI).times) == [("05.04. 10:00", "05.04. 11:00")]


def test_a_change_of_all_that_follow_may_make_whole_days_of_them_and_the_reverse() -> None:
    series = event("UID:1\nDTSTART:20270326T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3")
    later = event(
        "UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270327T080000Z\nDTSTART;VALUE=DATE:20270327\nDURATION:P1D"
    )
    assert times(series, later) == [
        "26.03. 10:00-11:00",
        "27.03. 00:00-00:00",
    ]  # two days, that of the change the second
    days = event("UID:1\nDTSTART;VALUE=DATE:20270326\nRRULE:FREQ=DAILY;COUNT=3")
    hours = event(
        "UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20270327\n"
        "DTSTART;TZID=Europe/Helsinki:20270327T100000\nDURATION:PT1H"
    )
    assert times(days, hours) == ["26.03. 00:00-00:00", "27.03. 10:00-11:00", "28.03. 10:00-11:00"]


@given(
    shift=st.integers(-30 * 24, 30 * 24),
    length=st.integers(1, 20 * 24),
    changed_length=st.integers(1, 20 * 24),
    changed=st.integers(1, 20),
    from_day=st.integers(0, 60),
)
def test_a_part_of_the_time_shows_what_all_of_it_shows(
    shift: int, length: int, changed_length: int, changed: int, from_day: int
) -> None:
    """Whatever begins before it or after it, and is moved to there."""
    start = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
    replaced = start + dt.timedelta(days=changed)
    moved = replaced + dt.timedelta(hours=shift)
    text = calendar(
        event(f"UID:1\nDTSTART:{start:{AT}}\nDURATION:PT{length}H\nRRULE:FREQ=DAILY;INTERVAL=5;COUNT=12"),
        event(
            f"UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:{replaced:{AT}}\nDTSTART:{moved:{AT}}\nDURATION:PT{changed_length}H"
        ),
    )
    whole = whole_days(dt.date(2026, 1, 1), dt.date(2028, 12, 31), HELSINKI)
    first = dt.date(2027, 2, 15) + dt.timedelta(days=from_day)
    part = whole_days(first, first + dt.timedelta(days=2), HELSINKI)
    assert busy_times(text, part, HELSINKI).times == intersection(busy_times(text, whole, HELSINKI).times, [part])


AT = "%Y%m%dT%H%M%SZ"


def test_who_declined_is_free_and_who_is_invited_is_not() -> None:
    guests = "ATTENDEE;PARTSTAT={}:mailto:aino@vuoro.example\nATTENDEE;PARTSTAT={}:mailto:veikko@vuoro.example"
    asked = event(f"{TEN}\n{ELEVEN}\n{guests.format('DECLINED', 'ACCEPTED')}")
    assert times(asked) == ["08.03. 10:00-11:00"]  # whose calendar it is nobody says
    aino = busy_times(calendar(asked, name="Aino@vuoro.example"), MARCH, HELSINKI)
    veikko = busy_times(calendar(asked, name="veikko@vuoro.example"), MARCH, HELSINKI)
    assert (aino.times, local(veikko.times)) == ([], [("08.03. 10:00", "08.03. 11:00")])


AINO, VEIKKO, ROOM = "mailto:aino@vuoro.example", "mailto:veikko@vuoro.example", "mailto:room@vuoro.example"


@pytest.mark.parametrize(
    ("lines", "whose"),
    [
        (f"ORGANIZER:{AINO}\nATTENDEE;PARTSTAT=DECLINED:{ROOM}", "aino@vuoro.example"),
        (f"ORGANIZER:{AINO}\nATTENDEE;PARTSTAT=DECLINED:{ROOM}", ""),
        (f"ORGANIZER:{VEIKKO}\nATTENDEE;PARTSTAT=DECLINED:{ROOM}\nATTENDEE:{AINO}", "aino@vuoro.example"),
        (f"ORGANIZER:{VEIKKO}\nATTENDEE;PARTSTAT=DECLINED:{ROOM}\nATTENDEE;PARTSTAT=DECLINED:mailto:", ""),
        (f"ATTENDEE;PARTSTAT=DECLINED:{AINO}\nATTENDEE;PARTSTAT=ACCEPTED:{AINO}", "aino@vuoro.example"),
    ],
)
def test_who_may_have_accepted_or_asked_others_is_not_free(lines: str, whose: str) -> None:
    """That a room is not to be had does not free whoever asked for it."""
    asked = calendar(event(f"{TEN}\n{ELEVEN}\n{lines}"), name=whose)
    assert local(busy_times(asked, MARCH, HELSINKI).times) == [("08.03. 10:00", "08.03. 11:00")]


@pytest.mark.parametrize(
    ("lines", "whose"),
    [
        (f"ORGANIZER:{VEIKKO}\nATTENDEE;PARTSTAT=DECLINED:{AINO}", "aino@vuoro.example"),
        (f"ORGANIZER:{AINO}\nATTENDEE;PARTSTAT=DECLINED:{AINO}\nATTENDEE;PARTSTAT=DECLINED:{ROOM}", ""),
        (f"ATTENDEE;PARTSTAT=DECLINED:{AINO}", ""),
    ],
)
def test_who_declined_is_free(lines: str, whose: str) -> None:
    """The owner did, or everybody who is named did: all who were asked, and who asked them."""
    asked = calendar(event(f"{TEN}\n{ELEVEN}\n{lines}"), name=whose)
    assert busy_times(asked, MARCH, HELSINKI).times == []


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Helsinki",
        "FLE Standard Time",
        '"(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius"',
        "/mozilla.org/20050126_1/Europe/Helsinki",
        "/freeassociation.sourceforge.net/Europe/Helsinki",
    ],
)
def test_zones_by_all_their_names(zone: str) -> None:
    found = read(event(f"DTSTART;TZID={zone}:20270308T100000\nDURATION:PT1H"))
    assert (local(found.times), found.doubts) == ([("08.03. 10:00", "08.03. 11:00")], {})


def test_what_repeats_for_ever_too_often_is_not_read() -> None:
    for rule in (
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;BYSECOND=0,30",
        "FREQ=DAILY;BYHOUR=8;BYMINUTE=0,1;BYSECOND=" + SECONDS,
    ):
        with pytest.raises(Unreadable, match="repeats too often"):
            read(event(f"DTSTART:20200101T080000Z\nDURATION:PT1S\nRRULE:{rule}"))


SECONDS = ",".join(map(str, range(60)))


@pytest.mark.parametrize(
    ("lines", "busy"),
    [
        ("DTSTART:20270308T080000Z\nDURATION:PT1H", ["08.03. 10:00-11:00"]),
        ("DTSTART:20270308T080000Z", []),
        ("DTSTART:20270308T080000Z\nDTEND:20270308T070000Z", []),
        ("DTSTART:20270308T080000Z\nDTEND:never", []),
        ("FREEBUSY:20270308T080000Z", []),
        ("FREEBUSY:20270308T080000Z/20270308T070000Z", []),
        ("FREEBUSY:never,20270308T080000Z/PT1H", ["08.03. 10:00-11:00"]),
        ('FREEBUSY;X="broken:20270308T080000Z/PT1H', []),
    ],
)
def test_a_free_busy_answer_that_is_broken_takes_what_can_be_read_of_it_and_is_told(
    lines: str, busy: list[str]
) -> None:
    found = read(f"BEGIN:VFREEBUSY\n{lines}\nEND:VFREEBUSY\n")
    assert [f"{start}-{end[-5:]}" for start, end in local(found.times)] == busy
    assert found.doubts == {"free_busy": 1}


def test_a_free_busy_answer_of_several_types_is_busy() -> None:
    line = 'FREEBUSY;FBTYPE="FREE","BUSY":20270308T080000Z/PT1H'
    assert times(f"BEGIN:VFREEBUSY\n{line}\nEND:VFREEBUSY\n") == ["08.03. 10:00-11:00"]


def test_a_free_busy_answer_with_a_start_and_an_end_alone_is_busy_and_told() -> None:
    found = read("BEGIN:VFREEBUSY\nDTSTART:20270308T080000Z\nDTEND:20270308T090000Z\nEND:VFREEBUSY\n")
    assert (local(found.times), found.doubts) == ([("08.03. 10:00", "08.03. 11:00")], {"free_busy": 1})
