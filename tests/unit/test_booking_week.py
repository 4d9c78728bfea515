"""The week of several tutors: rows in, free spans out."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.booking.domain.free_spans import FreeSpan, starts_of
from services.booking.domain.wall_time import whole_days
from services.booking.domain.week import Week, pieces_of, rules_of
from services.booking.domain.week_rows import (
    AwayRow,
    CentreRow,
    ClaimRow,
    ExtraTimeRow,
    OfferingRow,
    PointRow,
    StaffedRow,
    TutorRow,
    WeeklyHoursRow,
    WeekRows,
)
from shared.intervals import Interval

HELSINKI = "Europe/Helsinki"
AINO, VEIKKO, ORGANISATION, OFFERING, LIBRARY = (UUID(int=number) for number in range(1, 6))
NOW = dt.datetime(2027, 3, 1, 6, tzinfo=dt.UTC)  # a Monday, 8 o'clock in Helsinki
MONDAY = dt.date(2027, 3, 8)
TUTOR = TutorRow(
    id=AINO,
    region="17",
    organisation_id=ORGANISATION,
    languages=["fi", "sv"],
    topics=["computer", "e-services"],
    channels=["on_site", "phone", "home"],
    home_municipalities=[],
    active=True,
    withdrawn=[UUID(int=78)],
    zone=HELSINKI,
    holidays="FI",
)
DIGITAL = OfferingRow(
    id=OFFERING,
    organisation_id=ORGANISATION,
    topics=["e-services", "security", "computer"],
    channels=["on_site", "phone"],
    durations=[30],
    buffer_before_minutes=0,
    buffer_after_minutes=0,
    grid_minutes=30,
    notice_minutes=60,
    horizon_days=56,
    most_per_day=None,
    most_per_week=None,
    breaks=[],
    capacity=1,
    tutors=1,
    needs=[],
)
HOURS = WeeklyHoursRow(
    tutor_id=AINO,
    service_point_id=LIBRARY,
    channels=["on_site"],
    offerings=None,
    opens=dt.time(10),
    closes=dt.time(12),
    zone=HELSINKI,
    starts_on=MONDAY,
    last_on=None,
    recurrence="FREQ=WEEKLY;BYDAY=MO",
)
POINT = PointRow(LIBRARY, "305", 65.96, 29.19, ["wheelchair"], {"quiet-room": 1}, active=True)
CLAIM = ClaimRow(
    resource_id=AINO,
    visit_id=UUID(int=9),
    busy_starts=dt.datetime(2027, 3, 8, 8, tzinfo=dt.UTC),
    busy_ends=dt.datetime(2027, 3, 8, 8, 30, tzinfo=dt.UTC),
    expires=None,
    kind="tutor",
    starts=dt.datetime(2027, 3, 8, 8, tzinfo=dt.UTC),
    offering_id=OFFERING,
    duration=30,
    channel="on_site",
    service_point_id=LIBRARY,
    municipality=None,
    seats=[None],
)
ROWS = WeekRows([TUTOR], [DIGITAL], [HOURS], [], [], [], [POINT], [], [CentreRow("305", 65.96, 29.19)])


def week(now: dt.datetime = NOW, **changes: Any) -> Week:
    within = whole_days(dt.date(2027, 3, 1), dt.date(2027, 4, 30), HELSINKI)
    holidays = {"FI": frozenset({dt.date(2027, 3, 29)})}
    return Week(replace(ROWS, **changes), within, now, HELSINKI, holidays)


def spans(found: Week, tutor: UUID = AINO, first: dt.date = MONDAY, last: dt.date = MONDAY) -> list[FreeSpan]:
    return list(found.spans(tutor, first, last))


def walls(found: Week, first: dt.date = MONDAY, last: dt.date = MONDAY) -> list[str]:
    starts = starts_of(spans(found, first=first, last=last))
    return sorted({f"{start.start:%m-%d %H:%M}" for start in starts})


def test_a_span_has_all_that_a_search_filters_by() -> None:
    [span] = spans(week())
    assert (span.first_start, span.last_start) == (
        dt.datetime(2027, 3, 8, 8, tzinfo=dt.UTC),
        dt.datetime(2027, 3, 8, 9, 30, tzinfo=dt.UTC),
    )
    assert span.topics == ("computer", "e-services")  # those that both have
    assert (span.channel, span.municipality, span.features) == ("on_site", "305", ("wheelchair",))
    assert (span.languages, span.region, span.notice_minutes) == (("fi", "sv"), "17", 60)
    assert span.plain
    assert not span.drop_in


def test_one_topic_of_a_start_leads() -> None:
    starts = list(starts_of(spans(week())))
    assert len(starts) == 8
    assert [start.lead for start in starts if start.start == starts[0].start] == [True, False]


@pytest.mark.parametrize(
    "changes",
    [
        {"tutors": [replace(TUTOR, active=False)]},
        {"tutors": [replace(TUTOR, topics=["cloud-services"])]},
        {"tutors": [replace(TUTOR, channels=["phone"])]},
        {"tutors": [replace(TUTOR, organisation_id=UUID(int=77))]},
        {"tutors": [replace(TUTOR, withdrawn=[LIBRARY])]},
        {"points": [replace(POINT, active=False)]},
        {"points": []},
        {"hours": []},
        {"hours": [replace(HOURS, offerings=[UUID(int=77)])]},
        {"offerings": [replace(DIGITAL, channels=["phone"])]},
        {"away": [AwayRow(AINO, False, NOW, NOW + dt.timedelta(days=14))]},
        {"away": [AwayRow(AINO, True, NOW, NOW + dt.timedelta(days=14))]},
        {"away": [AwayRow(LIBRARY, False, NOW, NOW + dt.timedelta(days=14))]},
        {"staffed": [StaffedRow(LIBRARY, MONDAY, [["14:00", "20:00"]])]},
    ],
)
def test_what_closes_a_day(changes: dict[str, Any]) -> None:
    assert walls(week(**changes)) == []


def test_extra_time_opens_one_occasion_for_its_channels() -> None:
    at = dt.datetime(2027, 3, 9, 10, tzinfo=dt.UTC)
    extra = ExtraTimeRow(AINO, None, ["phone"], None, at, at + dt.timedelta(hours=1))
    found = spans(week(extra=[extra], hours=[]), last=dt.date(2027, 3, 9))
    assert [(span.channel, span.service_point_id, span.municipality) for span in found] == [("phone", None, None)]


def test_a_public_holiday_is_closed_for_who_keeps_it() -> None:
    easter = dt.date(2027, 3, 29)
    assert walls(week(), first=easter, last=easter) == []
    assert walls(week(tutors=[replace(TUTOR, holidays=None)]), first=easter, last=easter) != []


def test_a_claim_takes_its_time_and_a_held_one_gives_it_back() -> None:
    booked = week(claims=[CLAIM])
    assert "03-08 08:00" not in walls(booked)
    until = NOW + dt.timedelta(minutes=10)
    held = spans(week(claims=[replace(CLAIM, expires=until, seats=[until])]))
    assert {(span.first_start.hour, span.free_from) for span in held} == {(8, until), (8, None)}


def test_today_is_the_earliest_date_and_the_horizon_the_last() -> None:
    assert walls(week(now=NOW + dt.timedelta(days=8))) == []
    near = week(offerings=[replace(DIGITAL, horizon_days=7)])
    assert walls(near, last=dt.date(2027, 3, 15)) == walls(near)


@pytest.mark.parametrize(
    ("offering", "plain"),
    [
        (DIGITAL, True),
        (replace(DIGITAL, most_per_day=3), False),
        (replace(DIGITAL, most_per_week=3), False),
        (replace(DIGITAL, capacity=4), False),
        (replace(DIGITAL, tutors=2), False),
        (replace(DIGITAL, needs=["quiet-room"]), False),
    ],
)
def test_a_plain_span_is_changed_by_its_tutors_claims_alone(offering: OfferingRow, plain: bool) -> None:
    assert week(offerings=[offering]).is_plain(TUTOR) is plain


def test_who_drives_has_no_plain_spans() -> None:
    driver = replace(TUTOR, home_municipalities=["305"])
    assert not week(tutors=[driver]).is_plain(driver)


def test_tutors_are_pooled_by_what_they_share_at_a_service_point() -> None:
    shared = [replace(DIGITAL, needs=["quiet-room"])]
    assert week(offerings=shared).is_pooled(AINO)
    assert not week(offerings=shared, points=[]).is_pooled(AINO)
    assert not week(offerings=shared, tutors=[replace(TUTOR, active=False)]).is_pooled(AINO)
    assert not week(offerings=shared).is_pooled(VEIKKO)  # nobody whom it knows
    assert not week().is_pooled(AINO)


def test_the_only_room_is_taken_by_whoever_claims_it() -> None:
    needing = [replace(DIGITAL, needs=["quiet-room"])]
    [room] = pieces_of(LIBRARY, "quiet-room", 1)
    assert "03-08 08:00" in walls(week(offerings=needing))
    assert "03-08 08:00" not in walls(week(offerings=needing, claims=[replace(CLAIM, resource_id=room)]))
    assert walls(week(offerings=needing, points=[replace(POINT, equipment={})])) == []


def test_a_visit_of_two_tutors_needs_another_who_is_there() -> None:
    pair = [replace(DIGITAL, tutors=2)]
    other = replace(TUTOR, id=VEIKKO)
    theirs = replace(HOURS, tutor_id=VEIKKO, opens=dt.time(11))
    assert walls(week(offerings=pair)) == []
    assert walls(week(offerings=pair, tutors=[TUTOR, other], hours=[HOURS, theirs])) == ["03-08 09:00", "03-08 09:30"]
    elsewhere = replace(other, channels=["phone"])
    assert walls(week(offerings=pair, tutors=[TUTOR, elsewhere], hours=[HOURS, theirs])) == []


@pytest.mark.parametrize(
    ("hour", "minutes", "place", "stands"),
    [
        (8, 30, ("on_site", LIBRARY, None), True),
        (9, 60, ("on_site", LIBRARY, None), True),  # of a length that is no longer given
        (9, 90, ("on_site", LIBRARY, None), False),
        (12, 30, ("on_site", LIBRARY, None), False),
        (8, 30, ("phone", None, None), False),
    ],
)
def test_whether_a_visit_stands_in_open_time(
    hour: int, minutes: int, place: tuple[str, UUID | None, str | None], stands: bool
) -> None:
    start = dt.datetime(2027, 3, 8, hour, tzinfo=dt.UTC)
    visit = Interval(start, start + dt.timedelta(minutes=minutes))
    assert week().is_open_for(AINO, (OFFERING, minutes), place, visit) is stands


def test_a_visit_of_what_is_no_longer_known_is_not_judged() -> None:
    visit = Interval(NOW, NOW + dt.timedelta(minutes=30))
    assert week(offerings=[]).is_open_for(AINO, (OFFERING, 30), ("on_site", LIBRARY, None), visit)
    assert week().is_open_for(VEIKKO, (OFFERING, 30), ("on_site", LIBRARY, None), visit)


def test_each_duration_has_its_rule_once() -> None:
    rules = rules_of(replace(DIGITAL, durations=[60, 30, 60], breaks=[{"from": "11:00", "to": "11:30"}]))
    assert [(rule.duration, rule.breaks) for rule in rules] == [
        (30, ((dt.time(11), dt.time(11, 30)),)),
        (60, ((dt.time(11), dt.time(11, 30)),)),
    ]


def test_tutors_are_grouped_by_the_zone_of_their_dates() -> None:
    other = replace(TUTOR, id=VEIKKO, zone="Europe/Stockholm")
    found = week(tutors=[TUTOR, other]).by_zone([AINO, VEIKKO, UUID(int=99)])
    assert found == {HELSINKI: [AINO], "Europe/Stockholm": [VEIKKO]}
