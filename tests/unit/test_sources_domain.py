"""What an import changes and what it leaves alone; where sources disagree; how complete a description is."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from services.providers.domain.completeness import KnownOfPoint, completeness
from services.providers.domain.merging import disagreements, merged

names = st.sampled_from(["name.fi", "name.sv", "address", "phone", "url"])
values = st.sampled_from([None, "", "Kirjasto", "Kirjastotie 1", "040 123 4567", "Muu"])
records = st.dictionaries(names, values)
WHOLE = KnownOfPoint(
    help=True,
    hours=True,
    contact=True,
    coordinates=True,
    description=True,
    features=True,
    languages=frozenset({"fi", "sv"}),
    not_done=True,
    url=True,
    named_in=frozenset({"fi", "sv"}),
)


@given(records, records)
def test_the_same_import_twice_changes_nothing(ours: Mapping[str, Any], says: Mapping[str, Any]) -> None:
    changes, differences = merged("x", ours, says, says)
    after = {**ours, **changes}
    again, still = merged("x", after, says, says)
    assert again == {}
    assert still == differences


@given(records, records, records)
def test_what_somebody_has_edited_stays(
    ours: Mapping[str, Any], before: Mapping[str, Any], says: Mapping[str, Any]
) -> None:
    changes, _differences = merged("x", ours, before, says)
    for name in changes:
        assert ours.get(name) == before[name] if name in before else ours.get(name) in (None, "")
        assert changes[name] == says[name]


@given(records, records, records)
@example(ours={"phone": "Kirjasto"}, before={"phone": None}, says={"phone": "Muu"})  # no digits are not equal digits
def test_every_field_follows_agrees_or_is_told(
    ours: Mapping[str, Any], before: Mapping[str, Any], says: Mapping[str, Any]
) -> None:
    changes, differences = merged("x", ours, before, says)
    told = {difference.field for difference in differences}
    assert not told & changes.keys()
    for name, theirs in says.items():
        if name in before and theirs == "Muu" and ours.get(name) not in ("Muu", before[name]):
            assert name in told


@given(st.dictionaries(st.sampled_from(["vuoro", "kirkanta", "ptv"]), records))
def test_sources_disagree_only_where_they_say_different_things(says: dict[str, dict[str, Any]]) -> None:
    for name, told in disagreements(says).items():
        assert len({str(value) for value in told.values()}) > 1
        assert all(says[who][name] == value for who, value in told.items())
        assert all(value not in (None, "") for value in told.values())
    assert disagreements({who: {"address": "Tie 1"} for who in says}) == {}


@given(st.sets(st.sampled_from([each.name for each in fields(KnownOfPoint) if each.type in (bool, "bool")])))
def test_what_is_missing_is_named_and_costs(missing: set[str]) -> None:
    known: dict[str, Any] = dict.fromkeys(missing, False)
    score, named = completeness(replace(WHOLE, **known), ["fi", "sv"])
    assert set(named) == missing
    assert (score == 100) is not bool(missing)
    assert 0 <= score <= 100


def test_a_bilingual_municipality_is_served_in_both_languages() -> None:
    finnish = replace(WHOLE, languages=frozenset({"fi"}), named_in=frozenset({"fi"}))
    assert completeness(finnish, ["fi"]) == (100, [])
    assert completeness(finnish, ["fi", "sv"]) == (92, ["name", "languages"])
