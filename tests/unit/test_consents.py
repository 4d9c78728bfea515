"""Whose tutors may have hours at whose service points, as properties."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.booking.domain.consents import is_allowed, is_guest

organisations = st.sampled_from([UUID(int=number) for number in range(1, 4)])


@given(organisations, organisations | st.none())
def test_a_tutor_is_a_guest_at_another_organisations_point_alone(tutor_of: UUID, point_of: UUID | None) -> None:
    assert is_guest(tutor_of, point_of) == (point_of is not None and tutor_of != point_of)


@given(st.booleans(), st.booleans())
def test_what_is_said_counts_whatever_is_assumed(said: bool, assumed: bool) -> None:
    assert is_allowed(said=said, assumed=assumed) == said


@given(st.booleans())
def test_where_nothing_is_said_only_who_was_there_before_may(assumed: bool) -> None:
    assert is_allowed(said=None, assumed=assumed) == assumed
