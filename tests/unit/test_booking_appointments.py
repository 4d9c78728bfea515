"""Transitions, slot ids, refusals."""

import datetime as dt
from base64 import urlsafe_b64encode
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.domain.appointments import (
    CHANNELS,
    LAST_MINUTE,
    TRANSITIONS,
    Refusal,
    SlotKey,
    State,
    Step,
    after,
    manage_token,
    why_refused,
)

NOW = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)


@given(st.uuids(), st.uuids(), st.none() | st.uuids(), st.sampled_from(CHANNELS), st.integers(0, LAST_MINUTE))
def test_a_slot_id_says_what_it_was_made_of(
    tutor: UUID, offering: UUID, place: UUID | None, channel: str, minute: int
) -> None:
    start = dt.datetime.fromtimestamp(minute * 60, dt.UTC)
    key = SlotKey(tutor, offering, place if place != UUID(int=0) else None, channel, start)
    assert SlotKey.decode(key.encode()) == key


@given(st.text(max_size=120) | st.binary(min_size=53, max_size=53).map(lambda raw: urlsafe_b64encode(raw).decode()))
def test_any_other_text_is_no_slot_id_and_does_no_harm(text: str) -> None:
    found = SlotKey.decode(text)
    assert found is None or found.encode() == text.rstrip("=")


@pytest.mark.parametrize("state", ["cancelled"])
def test_nothing_follows_a_cancelled_appointment(state: str) -> None:
    assert not [step for (before, step) in TRANSITIONS if before == state]


def test_a_visit_that_is_over_is_not_cancelled_or_moved() -> None:
    over: tuple[State, ...] = ("attended", "no_show")
    steps: tuple[Step, ...] = ("cancel", "move")
    for state, step in product(over, steps):
        assert after(state, step) is None


@pytest.mark.parametrize(
    ("start", "facts", "reason"),
    [
        (NOW, {}, Refusal.PAST),
        (LATER, {"known": False}, Refusal.NO_SLOT),
        (LATER, {"serves_topic": False}, Refusal.NO_SLOT),
        (LATER, {"on_grid": False, "collides": True}, Refusal.NO_SLOT),
        (LATER, {"collides": True}, Refusal.TAKEN),
        (LATER, {}, Refusal.GONE),
    ],
)
def test_the_reason_for_a_refusal(start: dt.datetime, facts: dict[str, bool], reason: Refusal) -> None:
    given_facts = {"known": True, "serves_topic": True, "on_grid": True, "collides": False, **facts}
    assert why_refused(start, NOW, **given_facts) is reason


def test_a_citizens_key_is_theirs_alone() -> None:
    one, other = UUID(int=1), UUID(int=2)
    assert manage_token("a" * 32, one) != manage_token("a" * 32, other)
    assert manage_token("a" * 32, one) != manage_token("b" * 32, one)
    assert len(manage_token("a" * 32, one)) == 22
