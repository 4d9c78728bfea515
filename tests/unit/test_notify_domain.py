"""What is told, what has gone stale, and when to try again."""

import datetime as dt
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain import plans
from services.notify.domain.kinds import Closed, Kind
from services.notify.domain.plans import plan, plan_offer, plan_sign_in
from services.notify.domain.sending import GiveUp, TryAgain, after_failure, why_drop
from services.web.pages import appointment
from shared.schemas.notify import MessageKind, MessageState

NOW = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
START = NOW + dt.timedelta(days=3)
EVENT = UUID(int=1)
CHANNELS = ("sms", "email")


def kinds(what: str, start: dt.datetime = START) -> list[tuple[str, str]]:
    return [(message.kind, message.channel) for message in plan(EVENT, what, NOW, start, CHANNELS)]


def test_a_booking_is_confirmed_now_and_reminded_of_a_day_before() -> None:
    planned = plan(EVENT, "booked", NOW, START, CHANNELS)
    due = {(message.kind, message.due_at) for message in planned}
    assert due == {("confirmation", NOW), ("reminder", START - dt.timedelta(hours=24))}
    assert {message.channel for message in planned} == {"sms", "email"}


def test_the_page_of_an_appointment_promises_the_reminder_that_is_planned() -> None:
    assert appointment.REMIND_BEFORE == plans.REMIND_BEFORE


def test_a_replayed_event_plans_the_same_messages() -> None:
    assert plan(EVENT, "booked", NOW, START, CHANNELS) == plan(EVENT, "booked", NOW, START, CHANNELS)
    assert len({message.id for message in plan(EVENT, "booked", NOW, START, CHANNELS)}) == 4


def test_an_offer_is_of_use_while_the_time_is_kept() -> None:
    planned = plan_offer(EVENT, NOW, START, CHANNELS)
    assert {(message.kind, message.due_at, message.not_after) for message in planned} == {("offered", NOW, START)}
    assert [message.channel for message in planned] == ["sms", "email"]


def test_a_sign_in_code_is_of_use_for_ten_minutes() -> None:
    planned = plan_sign_in(EVENT, NOW, CHANNELS)
    assert {message.not_after - message.due_at for message in planned} == {dt.timedelta(minutes=10)}


def test_an_appointment_that_has_begun_is_announced_no_more() -> None:
    assert kinds("booked", NOW) == []


def test_the_rules_and_the_wire_know_the_same_kinds_and_ends() -> None:
    assert get_args(Kind) == get_args(MessageKind)
    assert {"due", *get_args(Closed)} == set(get_args(MessageState))


def test_no_reminder_for_a_time_that_is_nearer_than_a_day() -> None:
    assert {kind for kind, _ in kinds("booked", NOW + dt.timedelta(hours=23))} == {"confirmation"}


def test_a_cancelled_time_is_told_once_and_never_reminded_of() -> None:
    assert {kind for kind, _ in kinds("cancelled")} == {"cancelled"}


def test_an_outcome_is_told_to_nobody() -> None:
    assert kinds("closed") == []


@pytest.mark.parametrize(
    ("kind", "state", "now", "dropped"),
    [
        ("reminder", "booked", NOW, False),
        ("reminder", "cancelled", NOW, True),
        ("reminder", "attended", NOW, True),
        ("confirmation", "booked", START, True),
        ("confirmation", "booked", START - dt.timedelta(minutes=1), False),
        ("cancelled", "cancelled", START, False),
        ("cancelled", "booked", NOW, True),
    ],
)
def test_stale_messages_are_dropped(kind: Kind, state: str, now: dt.datetime, dropped: bool) -> None:
    """betagouv/rdv-service-public#4351, #3144: reminders after the appointment, or for a cancelled one."""
    why = why_drop(
        kind,
        state=state,
        not_after=START,
        start=START,
        now=now,
    )
    assert (why is not None) == dropped


def test_a_reminder_of_the_old_time_is_dropped_after_a_move() -> None:
    moved = START + dt.timedelta(days=1)
    assert why_drop("reminder", state="booked", not_after=START, start=moved, now=NOW)


@pytest.mark.parametrize("hours", [2, 24, 48])
def test_a_reminder_is_sent_whatever_the_version_that_planned_it_meant_by_before(
    monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    start = NOW + dt.timedelta(days=5)
    [*_, planned] = plan(EVENT, "booked", NOW, start, ["sms"])
    assert planned.kind == "reminder"
    monkeypatch.setattr(plans, "REMIND_BEFORE", dt.timedelta(hours=hours))
    assert why_drop("reminder", state="booked", not_after=planned.not_after, start=start, now=planned.due_at) is None


@pytest.mark.parametrize(
    ("kind", "state", "now", "why"),
    [
        ("confirmation", "booked", START, "too late"),
        ("confirmation", "cancelled", NOW, "the appointment is cancelled"),
        ("displaced", "booked", NOW, "the appointment is booked"),
        ("displaced", "displaced", NOW, None),
        ("offered", "held", NOW, None),
        ("offered", "lapsed", NOW, "the appointment is lapsed"),
    ],
)
def test_why_a_message_is_dropped_is_said(kind: Kind, state: str, now: dt.datetime, why: str | None) -> None:
    assert why_drop(kind, state=state, not_after=START, start=START, now=now) == why


@pytest.mark.parametrize("what", ["moved", "reassigned"])
def test_a_time_that_stays_booked_is_announced_and_reminded_of(what: str) -> None:
    assert set(kinds(what)) == {(kind, channel) for kind in (what, "reminder") for channel in CHANNELS}


def test_a_time_that_was_taken_away_is_announced_and_not_reminded_of() -> None:
    assert set(kinds("displaced")) == {("displaced", channel) for channel in CHANNELS}


def test_a_reminder_at_this_very_moment_would_be_a_second_message() -> None:
    assert {kind for kind, _channel in kinds("booked", NOW + dt.timedelta(hours=24))} == {"confirmation"}


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 5), (1, 5), (2, 15), (3, 60), (4, 300), (5, 900), (6, 3600), (7, 3600)]
)
def test_each_delay_is_tried_in_its_turn_and_the_last_again(attempts: int, seconds: int) -> None:
    at = NOW + dt.timedelta(seconds=seconds)
    decided = after_failure(attempts, permanent=False, now=NOW, not_after=at + dt.timedelta(seconds=1))
    assert decided == TryAgain(at)
    assert after_failure(attempts, permanent=False, now=NOW, not_after=at) == GiveUp("too late")


@given(st.integers(1, 50), st.timedeltas(dt.timedelta(seconds=1), dt.timedelta(days=3)))
def test_tries_go_on_patiently_while_the_message_is_of_use(attempts: int, left: dt.timedelta) -> None:
    decision = after_failure(attempts, permanent=False, now=NOW, not_after=NOW + left)
    if isinstance(decision, TryAgain):
        assert NOW < decision.at < NOW + left
    else:
        assert left <= dt.timedelta(hours=1)


def test_a_refusal_for_good_is_not_tried_again() -> None:
    assert after_failure(1, permanent=True, now=NOW, not_after=START) == GiveUp("refused for good")
