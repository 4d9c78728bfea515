"""How far somebody reaches, as properties."""

import uuid
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.providers.domain.roles import wrong_in_role
from shared.auth import Principal
from shared.roles import TABLE, Action, Reach, Whose
from shared.schemas.people import Role, RoleName

REGIONS, MUNICIPALITIES = ("17", "01"), ("305", "564", "091")
IDS = [uuid.UUID(int=number) for number in range(1, 4)]
ids = st.sampled_from(IDS)
records = st.builds(
    Whose,
    region=st.sampled_from(REGIONS),
    municipality=st.none() | st.sampled_from(MUNICIPALITIES),
    organisation=st.none() | ids,
    service_point=st.none() | ids,
    tutor=st.none() | ids,
)
actions = st.sampled_from([*TABLE])
names: list[RoleName] = ["coordinator", "sub_coordinator", "manager", "staff", "tutor"]


@st.composite
def people(draw: st.DrawFn) -> Principal:
    roles = [
        Role(role=name, organisation_id=draw(ids), service_point_id=draw(st.none() | ids), tutor_id=draw(ids))
        for name in draw(st.lists(st.sampled_from(names), max_size=3))
    ]
    reached = frozenset(draw(st.lists(st.sampled_from(MUNICIPALITIES))))
    return Principal("person", "p", draw(st.sampled_from(REGIONS)), tuple(roles), municipalities=reached)


@given(people(), actions, records)
def test_nobody_reaches_into_another_region(person: Principal, action: Action, record: Whose) -> None:
    elsewhere = replace(record, region=next(region for region in REGIONS if region != person.region))
    assert not person.may(action, elsewhere)


@given(people(), actions, records)
def test_whoever_may_has_a_role_that_says_so_and_stands_where_it_says(
    person: Principal, action: Action, record: Whose
) -> None:
    def stands(role: Role, reach: Reach) -> bool:
        match reach:
            case "region":
                return True
            case "sub-region":
                return record.municipality in person.municipalities
            case "organisation":
                return record.organisation == role.organisation_id
            case "service point":
                here = role.service_point_id in {None, record.service_point}
                return record.organisation == role.organisation_id and here
            case "own":
                return record.tutor == role.tutor_id

    granted = TABLE[action].roles
    expected = record.region == person.region and any(
        stands(role, granted[role.role]) for role in person.roles if role.role in granted
    )
    assert person.may(action, record) is expected


@given(people(), people(), actions, records)
def test_another_role_never_takes_anything_away(
    person: Principal, other: Principal, action: Action, record: Whose
) -> None:
    both = Principal("person", "p", person.region, person.roles + other.roles, municipalities=person.municipalities)
    assert both.may(action, record) >= person.may(action, record)


@given(actions, records, st.sets(st.sampled_from(["registry:write", "availability:write", "appointments:read"])))
def test_a_client_does_what_its_scopes_say_and_only_in_its_organisation(
    action: Action, record: Whose, scopes: set[str]
) -> None:
    client = Principal("client", "c", "17", scopes=frozenset(scopes), client_organisation=IDS[0])
    allowed = TABLE[action].scope in scopes and TABLE[action].clients != "of a region"
    inside = record.region == "17" and record.organisation == IDS[0]
    assert client.may(action, record) is (allowed and inside)


def test_a_role_that_should_name_something_and_does_not_reaches_nothing() -> None:
    for name in ("manager", "staff", "tutor", "sub_coordinator"):
        person = Principal("person", "p", "17", (Role(role=name),))
        for action in TABLE:
            assert not any(
                person.may(action, Whose("17", place, organisation, tutor=tutor))
                for place in (None, "305")
                for organisation in (None, IDS[0])
                for tutor in (None, IDS[1])
            )


def test_a_role_names_where_it_is_held_and_nothing_else() -> None:
    some = uuid.UUID(int=1)
    assert wrong_in_role(0, {"role": "coordinator", "sub_region": None}) == {}
    assert wrong_in_role(0, {"role": "coordinator", "sub_region": "178"}) == {"/roles/0/sub_region": "extra_forbidden"}
    assert wrong_in_role(1, {"role": "sub_coordinator"}) == {"/roles/1/sub_region": "missing"}
    assert wrong_in_role(0, {"role": "manager", "organisation_id": some, "tutor_id": some}) == {
        "/roles/0/tutor_id": "extra_forbidden"
    }
    assert wrong_in_role(0, {"role": "staff", "organisation_id": some, "service_point_id": some}) == {}
    assert wrong_in_role(0, {"role": "staff", "service_point_id": some}) == {"/roles/0/organisation_id": "missing"}
    assert wrong_in_role(0, {"role": "tutor", "organisation_id": some}) == {"/roles/0/tutor_id": "missing"}
