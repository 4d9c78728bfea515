"""To which door a place of PTV's sends people: the address that is visited, by its name in Finnish and in Swedish; each
other address is told by its type and text."""

from pathlib import Path
from typing import Any

import pytest

from services.providers.sources.ptv_writing import ptv_document
from shared.schemas.providers import ServicePoint
from tests.unit.test_registers import location, ptv, street, text, the_one

LETTERS = {
    "type": "Postal",
    "subType": "PostOfficeBox",
    "postOfficeBoxAddress": {
        "postOfficeBox": [text("PL 27"), text("PB 27", "sv")],
        "postalCode": "93601",
        "postOffice": [text("KUUSAMO")],
    },
}
LETTERS_TO_A_STREET = street(street=[text("Postitie")]) | {"type": "Postal"}
OTHER_DOOR = street(street=[text("Takakatu"), text("Bakgatan", "sv")], streetNumber="2")
MOVING = {"type": "Location", "subType": "Multipoint", "multipointLocation": [OTHER_DOOR["streetAddress"]]}
NOWHERE = {"type": "Location", "subType": "Other", "otherAddress": {"latitude": "1", "longitude": "2"}}


def addresses(folder: Path, *found: Any) -> tuple[object, object, list[str]]:
    """The address, the same in Swedish, and what is told of others."""
    records = ptv(folder, location(addresses=list(found)))
    fields = the_one(records).fields
    assert {row.place for row in records.refused} <= {"ptv.json, record 1 (l)"}
    return fields["address"], fields["address_sv"], [f"{row.field} {row.reason}" for row in records.refused]


@pytest.mark.parametrize("before", [LETTERS, LETTERS_TO_A_STREET, MOVING, NOWHERE])
def test_people_are_sent_to_the_address_that_is_visited_wherever_it_stands(
    tmp_path: Path, before: dict[str, Any]
) -> None:
    for found in ([before, street()], [street(), before]):
        address, swedish, told = addresses(tmp_path, *found)
        assert (address, swedish, len(told)) == ("Koetie 1, 93600 Kuusamo", None, 1)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (OTHER_DOOR, "addresses (Location: Takakatu 2, 93600 Kuusamo)"),
        (LETTERS, "addresses (Postal: PL 27, 93601 Kuusamo)"),
        (LETTERS_TO_A_STREET, "addresses (Postal: Postitie 1, 93600 Kuusamo)"),
        (MOVING, "addresses (Location: Takakatu 2, 93600 Kuusamo)"),
        (NOWHERE, "addresses (Location: without a street)"),
        (
            {"type": "Location", "locationAbroad": [text("Storgatan 1, Haparanda")]},
            "addresses (Location: Storgatan 1, Haparanda)",
        ),
        ({}, "addresses (of no type: without a street)"),
    ],
)
def test_each_other_address_is_told_by_its_type_and_text(tmp_path: Path, other: dict[str, Any], named: str) -> None:
    _address, _swedish, told = addresses(tmp_path, street(), other)
    assert told == [f"{named} is not kept: people are sent to Koetie 1, 93600 Kuusamo"]
    records = ptv(tmp_path, location(addresses=[street(), other]))
    assert dict(records.unread) == {}  # told once
    assert the_one(records).unread == {named}  # so that the point's provenance tells it too


def test_the_same_address_for_letters_is_not_worth_telling(tmp_path: Path) -> None:
    assert addresses(tmp_path, street(), street() | {"type": "Postal"})[2] == []


def test_an_address_that_is_no_more_than_a_town_is_not_where_people_are_sent(tmp_path: Path) -> None:
    assert addresses(tmp_path, street(street=[]), OTHER_DOOR)[0] == "Takakatu 2, 93600 Kuusamo"


def test_the_address_and_the_municipality_are_of_one_place(tmp_path: Path) -> None:
    elsewhere = street(street=[], municipality={"code": "999"}, latitude="x")
    records = ptv(tmp_path, location(addresses=[elsewhere, OTHER_DOOR]))
    assert (the_one(records).municipality, len(records.refused)) == ("305", 1)


def test_who_wrote_addresses_before_today_s_types_is_understood(tmp_path: Path) -> None:
    assert addresses(tmp_path, LETTERS, street() | {"type": "Visiting"})[0] == "Koetie 1, 93600 Kuusamo"


@pytest.mark.parametrize("kind", ["Postal", None, 7])
def test_a_place_that_nobody_can_visit_does_not_go_in(tmp_path: Path, kind: object) -> None:
    records = ptv(tmp_path, location(addresses=[street() | {"type": kind}]))
    assert records.points == {}
    assert [(row.field, row.reason) for row in records.refused] == [("addresses", "has no street address of a visit")]


@pytest.mark.parametrize(
    ("more", "address", "swedish"),
    [
        (
            {"street": [text("Isokatu"), text("Storgatan", "sv")]},
            "Isokatu 1, 93600 Kuusamo",
            "Storgatan 1, 93600 Kuusamo",
        ),
        (
            {"street": [text("Storgatan", "sv"), text("Isokatu")]},
            "Isokatu 1, 93600 Kuusamo",
            "Storgatan 1, 93600 Kuusamo",
        ),
        ({"street": [text("Storgatan", "sv")]}, "Storgatan 1, 93600 Kuusamo", None),
        ({"street": [text("Otavantie"), text("OTAVANTIE", "sv")]}, "Otavantie 1, 93600 Kuusamo", None),
        (
            {"postOffice": [text("OULU"), text("ULEÅBORG", "sv")]},
            "Koetie 1, 93600 Oulu",
            "Koetie 1, 93600 Uleåborg",
        ),
        (
            {"street": [text("Storgatan", "sv")], "postOffice": [text("KUUSAMO", "sv")]},
            "Storgatan 1, 93600 Kuusamo",
            None,
        ),
    ],
)
def test_a_street_is_kept_by_its_names_in_finnish_and_swedish(
    tmp_path: Path, more: dict[str, Any], address: str, swedish: str | None
) -> None:
    assert addresses(tmp_path, street(**more)) == (address, swedish, [])


def test_a_street_in_english_is_told_where_it_is_another(tmp_path: Path) -> None:
    same = street(street=[text("Koetie"), text("Koetie", "en")])
    assert addresses(tmp_path, same)[2] == []
    other = street(street=[text("Koetie"), text("Test Road", "en")])
    assert addresses(tmp_path, other)[2] == [
        "addresses.streetAddress.street (en) is not kept: an address is kept in Finnish and Swedish"
    ]


def test_what_is_written_for_ptv_is_read_again_in_both_languages(tmp_path: Path) -> None:
    own: dict[str, object] = {
        "id": "01a2002f-41ff-7cc7-95b8-a492469562d1",
        "organisation_id": "01a2002f-41ff-7cc7-95b8-a492469562d1",
    }
    own |= {"region": "17", "name": {"fi": "Koe"}, "municipality": "305", "address": "Isokatu 1, 93600 Oulu"}
    for swedish in (None, "Storgatan 1, 93600 Uleåborg"):
        point = ServicePoint.model_validate({**own, "address_sv": swedish})
        fields = the_one(ptv(tmp_path, {**ptv_document(point, "o", []), "id": "l"})).fields
        assert (fields["address"], fields["address_sv"]) == ("Isokatu 1, 93600 Oulu", swedish)
