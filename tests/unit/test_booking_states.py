"""Transitions, slot ids, refusals."""

import datetime as dt
from base64 import urlsafe_b64encode
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.domain.details import AskedQuestion, wrong_answers
from services.booking.domain.fairness import Load, fairest
from services.booking.domain.manage_tokens import manage_token
from services.booking.domain.slots import CHANNELS, LAST_MINUTE, Refusal, SlotKey, why_refused
from services.booking.domain.states import TRANSITIONS, State, Step, after, diagram

ROOT = Path(__file__).parent.parent.parent
NOW = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)


somebody = st.none() | st.uuids().filter(lambda found: found.int != 0)


@given(
    st.builds(
        SlotKey,
        tutor_id=somebody,
        offering_id=st.uuids(),
        service_point_id=somebody,
        channel=st.sampled_from(CHANNELS),
        duration=st.integers(0, 2**16 - 1),
        start=st.integers(0, LAST_MINUTE).map(lambda minute: dt.datetime.fromtimestamp(minute * 60, dt.UTC)),
        municipality=st.none() | st.integers(1, 999).map(lambda code: f"{code:03}"),
    )
)
def test_a_slot_id_says_what_it_was_made_of(key: SlotKey) -> None:
    assert SlotKey.decode(key.encode()) == key


@given(st.text(max_size=120) | st.binary(min_size=57, max_size=57).map(lambda raw: urlsafe_b64encode(raw).decode()))
def test_any_other_text_is_no_slot_id_and_does_no_harm(text: str) -> None:
    found = SlotKey.decode(text)
    assert found is None or found.encode() == text.rstrip("=")


@pytest.mark.parametrize("state", ["cancelled", "lapsed"])
def test_nothing_follows_what_has_ended(state: str) -> None:
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


def test_the_fairest_is_the_least_loaded_never_by_chance_and_a_wish_comes_first() -> None:
    a, b, c = (UUID(int=n) for n in (1, 2, 3))
    loads = [Load(c, 30), Load(b, 0), Load(a, 30)]
    assert fairest(loads) == [b, a, c]
    assert fairest(reversed(loads)) == [b, a, c]
    assert fairest(loads, prefer=c) == [c, b, a]
    assert fairest([], prefer=c) == []


def test_the_diagram_in_the_documents_is_the_table_of_transitions() -> None:
    assert diagram() in (ROOT / "docs" / "booking.md").read_text(encoding="utf-8")


def test_an_answer_is_needed_or_asked_for() -> None:
    asked: list[AskedQuestion] = [{"code": "device", "needed": True}, {"code": "earlier", "needed": False}]
    assert wrong_answers(asked, {"device": "tabletti"}) == {}
    assert wrong_answers(asked, {"earlier": "kerran"}) == {"/answers/device": "missing"}
    assert wrong_answers(asked, {"device": "", "shoe": "42"}) == {
        "/answers/device": "missing",
        "/answers/shoe": "extra_forbidden",
    }
    assert wrong_answers([], {}) == {}
