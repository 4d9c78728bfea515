"""What a visit needs to know of its citizen, how long a time is held, and what is nearest."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.domain.details import (
    loses_address,
    missing_contact,
    needs_phone,
    wrong_address,
    wrong_channel_for_move,
)
from services.booking.domain.drop_in import DROP_IN_DAYS, DropInWindow, windows_ahead
from services.booking.domain.holds import EXTENSION, LONGEST_HOLD, extended, is_held
from services.booking.domain.manage_tokens import manage_token, opens
from services.booking.domain.non_disclosure import shows_address
from services.booking.domain.slots import ALTERNATIVES, CHANNELS, nearest
from services.booking.domain.states import is_to_come, may_cancel, may_move
from services.booking.domain.waitlist import MOST_MISSED, EndEntry, WaitAgain, after_missed
from services.booking.domain.wall_time import WallHours, midnight
from shared.intervals import Interval

NOW = dt.datetime(2027, 3, 1, 6, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
HELSINKI = "Europe/Helsinki"


@pytest.mark.parametrize(
    ("channel", "address", "wrong"),
    [
        ("home", "Kotitie 1", None),
        ("home", None, "address_needed"),
        ("home", "", "address_needed"),
        ("on_site", None, None),
        ("on_site", "Kotitie 1", "address_not_needed"),
        ("phone", "Kotitie 1", "address_not_needed"),
    ],
)
def test_an_address_is_for_a_visit_at_home_and_for_nothing_else(
    channel: str, address: str | None, wrong: str | None
) -> None:
    assert wrong_address(channel, address) == wrong


def test_who_is_phoned_needs_a_number() -> None:
    assert [channel for channel in ("on_site", "phone", "video", "home") if needs_phone(channel)] == ["phone"]


@pytest.mark.parametrize(
    ("former", "channel", "has_phone", "has_email", "wrong"),
    [
        ("on_site", "on_site", False, False, None),
        ("home", "home", False, True, None),
        ("on_site", "home", True, True, "address_needed"),
        ("on_site", "phone", False, True, "phone_needed"),
        ("on_site", "phone", True, False, None),
        ("home", "video", False, True, None),
        ("on_site", "video", False, False, "contact_needed"),
        ("home", "on_site", False, False, None),
    ],
)
def test_a_visit_moves_only_to_a_channel_that_its_citizens_details_fit(
    former: str, channel: str, has_phone: bool, has_email: bool, wrong: str | None
) -> None:
    assert wrong_channel_for_move(former, channel, has_phone=has_phone, has_email=has_email) == wrong


@given(
    channel=st.sampled_from(CHANNELS),
    former=st.sampled_from(CHANNELS),
    has_phone=st.booleans(),
    has_email=st.booleans(),
)
def test_who_can_be_reached_by_nothing_comes_to_a_place_and_nowhere_else(
    channel: str, former: str, has_phone: bool, has_email: bool
) -> None:
    missing = missing_contact(channel, has_phone=has_phone, has_email=has_email)
    if not (has_phone or has_email):
        assert (missing is None) == (channel == "on_site")
    assert (missing == "phone_needed") == (needs_phone(channel) and not has_phone)
    if has_phone:
        assert missing is None
    if missing is not None and former != channel:  # no move leads to what could not be booked
        assert wrong_channel_for_move(former, channel, has_phone=has_phone, has_email=has_email) is not None


def test_an_address_is_lost_when_the_visit_leaves_the_home() -> None:
    assert loses_address("home", "on_site")
    assert not loses_address("home", "home")
    assert not loses_address("on_site", "phone")


@given(st.integers(0, 90), st.integers(1, 60))
def test_a_hold_is_extended_step_by_step_and_never_beyond_the_longest(after: int, kept: int) -> None:
    now, expires = NOW + after * MINUTE, NOW + kept * MINUTE
    until = extended(expires, NOW, now)
    if until is None:
        assert min(now + EXTENSION, NOW + LONGEST_HOLD) <= expires
    else:
        assert expires < until <= min(now + EXTENSION, NOW + LONGEST_HOLD)


def test_a_hold_lives_until_its_instant_and_not_at_it() -> None:
    assert is_held("held", NOW + MINUTE, NOW)
    assert not is_held("held", NOW, NOW)
    assert not is_held("held", None, NOW)
    assert not is_held("booked", NOW + MINUTE, NOW)


class Start(NamedTuple):
    start: dt.datetime


@given(st.lists(st.integers(-500, 500)), st.integers(-100, 100))
def test_the_nearest_are_as_near_as_any_other_and_in_order_of_time(minutes: list[int], wanted: int) -> None:
    found = [Start(NOW + minute * MINUTE) for minute in minutes]
    chosen = nearest(found, NOW + wanted * MINUTE)
    assert chosen == sorted(chosen)
    assert len(chosen) == min(ALTERNATIVES, len(found))
    distances = sorted(abs(each.start - NOW - wanted * MINUTE) for each in found)
    assert sorted(abs(each.start - NOW - wanted * MINUTE) for each in chosen) == distances[: len(chosen)]


def test_a_key_opens_its_record_alone() -> None:
    secret, record = "s" * 32, UUID(int=1)
    key = manage_token(secret, record)
    assert opens([secret], key, record)
    assert not opens([secret], key, UUID(int=2))
    assert not opens(["x" * 32], key, record)
    assert not opens([secret], None, record)
    assert not opens([secret], "Ä", record)


@pytest.mark.parametrize("actor", ["tutor", "staff", "client"])
def test_those_who_keep_the_record_may_change_it_afterwards(actor: str) -> None:
    assert may_cancel(actor, NOW - HOUR, NOW)
    assert may_move(actor, "booked", NOW - HOUR, NOW)


def test_a_citizen_changes_what_has_not_begun_and_always_what_lost_its_time() -> None:
    assert may_cancel("citizen", NOW + MINUTE, NOW)
    assert not may_cancel("citizen", NOW, NOW)
    assert may_move("citizen", "booked", NOW + MINUTE, NOW)
    assert not may_move("citizen", "booked", NOW, NOW)
    assert may_move("citizen", "displaced", NOW - DAY, NOW)


def test_a_visit_is_to_come_until_it_begins_and_while_somebody_expects_it() -> None:
    assert is_to_come("booked", NOW + MINUTE, NOW)
    assert is_to_come("displaced", NOW + MINUTE, NOW)
    assert not is_to_come("booked", NOW, NOW)
    assert not is_to_come("cancelled", NOW + MINUTE, NOW)


def test_an_entry_waits_on_without_what_it_missed_until_it_has_missed_too_much() -> None:
    missed: list[str] = []
    for number in range(1, MOST_MISSED):
        decision = after_missed(missed, f"start {number}")
        assert isinstance(decision, WaitAgain)
        missed = decision.missed
        assert missed == [f"start {each}" for each in range(1, number + 1)]
    assert after_missed(missed, "the last") == EndEntry()


WEDNESDAY = dt.date(2027, 3, 3)
WINDOW = DropInWindow(3, dt.time(12), dt.time(14), ("e-services",), ("fi",))


def hours_of(
    window: DropInWindow,
    staffed: Mapping[dt.date, WallHours] | None = None,
    closings: Sequence[Interval] = (),
    now: dt.datetime = NOW,
) -> list[str]:
    ahead = windows_ahead([window], staffed or {}, closings, today=NOW.date(), now=now, zone=HELSINKI)
    return [f"{interval.start:%m-%d %H:%M}-{interval.end:%H:%M}" for _window, interval in ahead]


def test_a_drop_in_window_is_laid_out_each_week_on_the_wall_clock() -> None:
    found = hours_of(WINDOW)
    assert found[0] == "03-03 10:00-12:00"
    assert "03-31 09:00-11:00" in found  # summer time began on the 28th
    assert len(found) == DROP_IN_DAYS // 7


def test_a_drop_in_window_is_bound_by_staffed_hours_and_cut_by_closings_and_gone_when_it_is_over() -> None:
    assert hours_of(WINDOW, {WEDNESDAY: [(dt.time(13), dt.time(20))]})[0] == "03-03 11:00-12:00"
    assert hours_of(WINDOW, {WEDNESDAY: []})[0] == "03-10 10:00-12:00"
    shut = Interval(dt.datetime(2027, 3, 3, 10, 30, tzinfo=dt.UTC), dt.datetime(2027, 3, 3, 11, tzinfo=dt.UTC))
    assert hours_of(WINDOW, closings=[shut])[:2] == ["03-03 10:00-10:30", "03-03 11:00-12:00"]
    assert hours_of(WINDOW, now=dt.datetime(2027, 3, 3, 11, 59, tzinfo=dt.UTC))[0] == "03-03 10:00-12:00"
    assert hours_of(WINDOW, now=dt.datetime(2027, 3, 3, 12, tzinfo=dt.UTC))[0] == "03-10 10:00-12:00"


@pytest.mark.parametrize("first", [dt.date(2027, 3, 28), dt.date(2027, 10, 31), dt.date(2027, 6, 1)])
@given(at=st.integers(0, 24 * 60), asked=st.integers(-48 * 60, 48 * 60))
def test_an_undisclosed_address_is_shown_on_the_date_of_the_visit_and_no_other(
    first: dt.date, at: int, asked: int
) -> None:
    starts = midnight(first, HELSINKI) + dt.timedelta(minutes=at)
    now = starts + dt.timedelta(minutes=asked)
    same_date = starts.astimezone(ZoneInfo(HELSINKI)).date() == now.astimezone(ZoneInfo(HELSINKI)).date()
    assert shows_address(starts, now, HELSINKI, non_disclosure=True) == same_date
    assert shows_address(starts, now, HELSINKI, non_disclosure=False)
