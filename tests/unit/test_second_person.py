"""Who is a second person, and who is told, as properties."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.providers.domain.second_person import is_second, whom_to_tell

IDS = [UUID(int=number) for number in range(1, 6)]
people = st.sampled_from(IDS)
names = st.sampled_from([f"person:{each}" for each in IDS])
several = st.lists(people, unique=True, max_size=4)


@given(names, names, names)
def test_a_second_person_is_neither_the_giver_nor_the_receiver(confirmer: str, giver: str, receiver: str) -> None:
    assert is_second(confirmer, giver=giver, receiver=receiver) is (confirmer != giver and confirmer != receiver)


@given(several, several, st.frozensets(names))
def test_managers_are_told_and_coordinators_only_when_no_other_manager_is(
    managers: list[UUID], coordinators: list[UUID], knowing: frozenset[str]
) -> None:
    told = whom_to_tell(managers, coordinators, knowing)
    assert not {f"person:{each}" for each in told} & knowing
    unknowing = [each for each in managers if f"person:{each}" not in knowing]
    if unknowing:
        assert told == unknowing
    else:
        assert told == [each for each in coordinators if f"person:{each}" not in knowing]
