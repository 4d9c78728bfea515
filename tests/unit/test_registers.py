"""What single records of Kirkanta and PTV say, and what of it is told."""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.providers.domain.municipality_names import MunicipalityNames
from services.providers.sources.kirkanta import read_kirkanta
from services.providers.sources.ptv import read_ptv
from services.providers.sources.source_records import PointRecord, SourceRecords
from tests.unit.test_odd_registers import Where, changed, places

NAMES = MunicipalityNames({"kuusamo": "305", "305": "305"}, lambda word: [word])
TODAY = dt.date(2027, 3, 1)


def written(folder: Path, document: object, name: str) -> Path:
    path = folder / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def kirkanta(folder: Path, **more: Any) -> SourceRecords:
    own = {"id": 7, "name": "Koekirjasto", "address": {"street": "Tie 1", "city": "Kuusamo"}}
    return read_kirkanta(written(folder, [own | more], "kirkanta.json"), NAMES)


def the_one(found: SourceRecords) -> PointRecord:
    [record] = found.points.values()
    return record


def hours(record: PointRecord) -> Mapping[int, list[tuple[str, str]]]:
    return {date.day: [(part["from"], part["to"]) for part in day] for date, day in record.days.items()}


def day(number: int, *times: tuple[str, str, object], **more: Any) -> dict[str, Any]:
    parts = [{"from": opens, "to": closes, "status": status} for opens, closes, status in times]
    return {"date": f"2027-03-{number:02}", "closed": False, "times": parts, **more}


def test_of_a_day_what_can_be_read_is_kept_and_the_rest_is_told(tmp_path: Path) -> None:
    days = [
        day(1, ("22:00", "02:00", 1)),
        day(2, ("10:00", "15:00", 1), ("12:00", "12:00", 2)),
        day(3, ("10:00", "15:00", 3)),
        day(4, closed=True),
        day(5, ("10:00", "24:00", 1), ("09:00", "11:00", 1)),
        day(6, ("20:00", "01:00", 1)),
        day(8, ("18:00", "10:00", 1), ("12:00", "14:00", 1)),
        day(9),
        {"date": "soon"},
    ]
    found = kirkanta(tmp_path, schedules=days)
    assert hours(the_one(found)) == {
        1: [("22:00:00", "00:00:00")],
        2: [("00:00:00", "02:00:00"), ("10:00:00", "15:00:00")],
        4: [],
        5: [("09:00:00", "00:00:00")],
        6: [("20:00:00", "00:00:00")],
        8: [("12:00:00", "14:00:00")],
    }
    fields = [
        "schedules of 2027-03-02",
        "schedules of 2027-03-03",
        "schedules of 2027-03-08",
        "schedules of 2027-03-09",
    ]
    assert [row.field for row in found.refused] == [*fields, "schedules", "schedules of 2027-03-06"]
    assert {row.place for row in found.refused} == {"kirkanta.json, record 1 (7)"}


def test_texts_of_a_library_by_language(tmp_path: Path) -> None:
    name = {"fi": "Kirjasto", "sv": "Bibliotek"}
    address = {"street": {"sv": "Vägen 1"}, "city": {"fi": "Kuusamo"}, "zipcode": "93600"}
    fields = the_one(kirkanta(tmp_path, name=name, address=address, description={"fi": "<p>Kuvaus</p>"})).fields
    assert (fields["name.fi"], fields["name.sv"], fields["description.fi"]) == ("Kirjasto", "Bibliotek", "Kuvaus")
    assert fields["address"] == "Vägen 1, 93600 Kuusamo"


def test_a_library_s_street_in_swedish_is_kept_beside_the_finnish_one(tmp_path: Path) -> None:
    both = {"fi": "Isokatu 1", "sv": "Storgatan 1"}
    address = {"street": both, "city": {"fi": "Kuusamo", "sv": "Kuusamo"}, "zipcode": "93600"}
    fields = the_one(kirkanta(tmp_path, address=address)).fields
    assert fields["address"] == "Isokatu 1, 93600 Kuusamo"
    assert fields["address_sv"] == "Storgatan 1, 93600 Kuusamo"
    same = address | {"street": {"fi": "Isokatu 1", "sv": "ISOKATU 1"}}
    assert the_one(kirkanta(tmp_path, address=same)).fields["address_sv"] is None


def test_a_library_that_is_read_in_one_language_says_nothing_of_another(tmp_path: Path) -> None:
    assert "address_sv" not in the_one(kirkanta(tmp_path)).fields


def test_a_library_s_street_in_english_is_told_where_it_is_another(tmp_path: Path) -> None:
    address = {"street": {"fi": "Isokatu 1", "en": "Main Street 1"}, "city": {"fi": "Kuusamo", "en": "Kuusamo"}}
    assert set(kirkanta(tmp_path, address=address).unread) == {"address.street.en"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"coordinates": {"lat": "x", "lon": 29.1}}, "coordinates.lat"),
        ({"coordinates": {"lat": 29.1, "lon": 65.9}}, "coordinates.lat"),
        ({"coordinates": {"lat": 48.8, "lon": 2.3}}, "coordinates.lat"),
        ({"primaryContactInfo": {"email": {"email": "ei sähköposti"}}}, "email"),
        ({"primaryContactInfo": {"phoneNumber": {"number": "0" * 300}}}, "phone"),
        ({"primaryContactInfo": {"homepage": {"url": "ei ole"}}}, "url"),
    ],
)
def test_what_a_library_cannot_have_is_told(tmp_path: Path, more: dict[str, Any], field: str) -> None:
    found = kirkanta(tmp_path, **more)
    assert [row.field for row in found.refused] == [field]
    assert field in the_one(found).unread  # so that the point's provenance tells it too


def test_decimal_commas_and_a_web_address_without_its_beginning(tmp_path: Path) -> None:
    contact = {"homepage": {"url": "kuusamo.fi/kirjasto"}}
    found = kirkanta(tmp_path, coordinates={"lat": "65,9", "lon": "29,1"}, primaryContactInfo=contact)
    fields = the_one(found).fields
    assert (fields["lat"], fields["lon"], fields["url"]) == (65.9, 29.1, "https://kuusamo.fi/kirjasto")
    assert found.refused == []


def test_a_long_name_is_refused_for_what_it_is(tmp_path: Path) -> None:
    address = {"street": "x" * 300, "city": "Kuusamo"}
    [refused] = kirkanta(tmp_path, address=address).refused
    assert (refused.field, refused.reason) == ("address", "is too long")


def test_what_kirkanta_says_and_nobody_reads_is_counted(tmp_path: Path) -> None:
    contact = {"phoneNumber": {"number": "08 1", "name": "Neuvonta"}}
    found = kirkanta(tmp_path, slogan="x", founded=1912, slug="s", info=None, primaryContactInfo=contact)
    assert set(found.unread) == {"slogan", "founded", "primaryContactInfo.phoneNumber.name"}


def street(**more: Any) -> dict[str, Any]:
    place = {"latitude": "7322000", "longitude": "590000"}
    own = {"street": [text("Koetie")], "streetNumber": "1", "postalCode": "93600", "postOffice": [text("KUUSAMO")]}
    return {"type": "Location", "streetAddress": own | place | {"municipality": {"code": "305"}} | more}


def text(value: str, language: str = "fi", **more: str) -> dict[str, str]:
    return {"language": language, "value": value, **more}


def location(**more: Any) -> dict[str, Any]:
    own = {"id": "l", "serviceChannelType": "ServiceLocation", "serviceChannelNames": [text("Koe", type="Name")]}
    return own | {"languages": ["fi"], "addresses": [street()], "services": [{"service": {"id": "s"}}]} | more


def service(**more: Any) -> dict[str, Any]:
    return {"id": "s", "serviceClasses": [{"code": "P9.4"}], "serviceChannels": []} | more


def ptv(folder: Path, *documents: dict[str, Any]) -> SourceRecords:
    return read_ptv([written(folder, list(documents), "ptv.json")], NAMES, TODAY)


def test_of_a_long_description_the_beginning_is_kept_and_the_rest_is_told(tmp_path: Path) -> None:
    found = kirkanta(tmp_path, description="x" * 3000)
    assert the_one(found).fields["description.fi"] == "x" * 2000
    assert set(found.unread) == {"description.fi after 2000 letters"}


@pytest.mark.parametrize("status", ["Draft", "Modified"])
def test_what_is_not_published_yet_is_a_draft(tmp_path: Path, status: str) -> None:
    record = the_one(ptv(tmp_path, service(), location(publishingStatus=status)))
    assert (record.gives_support, record.draft, record.unpublished) == (True, True, True)


@pytest.mark.parametrize("status", ["Deleted", "Archived", 7])
def test_what_is_published_no_more_is_not_taken_in(tmp_path: Path, status: object) -> None:
    found = ptv(tmp_path, location(publishingStatus=status))
    assert found.points == {}
    assert [(row.place, row.field) for row in found.refused] == [("ptv.json, record 1 (l)", "publishingStatus")]


def test_a_service_that_is_not_published_gives_no_support(tmp_path: Path) -> None:
    assert the_one(ptv(tmp_path, service(publishingStatus="Published"), location())).gives_support is True
    deleted = the_one(ptv(tmp_path, service(publishingStatus="Deleted"), location()))
    assert (deleted.gives_support, deleted.draft) == (False, True)


def test_names_in_a_document_that_cannot_be_shown_are_told_without_it(tmp_path: Path) -> None:
    found = kirkanta(tmp_path, **{"x\x00" + "y" * 300: 1})
    assert the_one(found).unread == {"x" + "y" * 199}
    assert kirkanta(tmp_path, id="\x00").refused[0].field == "id"


def test_channels_that_are_no_places_are_counted_and_not_refused(tmp_path: Path) -> None:
    channels = [{"id": "x", "serviceChannelType": kind} for kind in ("EChannel", "Phone", "Phone", "WebPage")]
    found = ptv(tmp_path, *channels, {"id": "y", "serviceChannelType": "Teleport"}, location())
    assert dict(found.passed_over) == {"EChannel is no place": 1, "Phone is no place": 2, "WebPage is no place": 1}
    assert [(row.line, row.record) for row in found.refused] == [(5, "y")]


def test_records_are_numbered_in_their_own_file(tmp_path: Path) -> None:
    first = written(tmp_path, [service()], "services.json")
    second = written(tmp_path, [location(addresses=[])], "locations.json")
    [refused] = read_ptv([first, second], NAMES, TODAY).refused
    assert refused.place == "locations.json, record 1 (l)"


def test_languages_and_web_pages_that_are_not_kept_are_told(tmp_path: Path) -> None:
    found = ptv(
        tmp_path,
        location(
            languages=["fi", "se"],
            serviceChannelNames=[text("Koe", type="Name"), text("Davvi", "se", type="Name"), text("K", type="Short")],
            webPages=[{"url": "www.kuusamo.fi", "language": "fi"}, {"url": "kuusamo.fi", "language": "sv"}],
            areaType="Nation",
        ),
    )
    assert found.refused == []
    assert set(found.unread) == {
        "languages (se)",
        "serviceChannelNames (se)",
        "serviceChannelNames (Short)",
        "webPages after the first",
        "areaType",
    }
    assert the_one(found).fields["url"] == "https://www.kuusamo.fi"


WHOLE_LIBRARY = {
    "name": {"fi": "Koekirjasto", "sv": "Provbibliotek"},
    "description": {"fi": "Kuvaus"},
    "address": {"street": {"fi": "Tie 1"}, "zipcode": "93600", "city": {"fi": "Kuusamo"}},
    "coordinates": {"lat": 65.9, "lon": 29.1},
    "primaryContactInfo": {"phoneNumber": {"number": "08 1"}, "email": {"email": "a@kuusamo.fi"}, "homepage": {}},
    "schedules": [day(1, ("10:00", "15:00", 1))],
    "services": [{"name": "Digituki"}],
}


def test_what_stands_beside_what_is_read_of_a_library_is_told(tmp_path: Path) -> None:
    """In each object of it; in a text by language it is another language."""
    for where in objects_of(WHOLE_LIBRARY):
        told = kirkanta(tmp_path, **changed(WHOLE_LIBRARY, (*where, "xx"), "a word")).unread
        assert dict(told) == {path_of(where, "xx"): 1}


def test_what_stands_beside_what_is_read_of_a_location_is_told(tmp_path: Path) -> None:
    interval = {"dayFrom": "Monday", "dayTo": "", "from": "10:00", "to": "15:00"}
    whole = location(
        serviceChannelDescriptions=[text("Kuvaus", type="Description")],
        phoneNumbers=[{"type": "Phone", "number": "08 1"}],
        emails=[{"value": "a@kuusamo.fi"}],
        webPages=[{"url": "www.kuusamo.fi"}],
        serviceHours=[{"serviceHourType": "DaysOfTheWeek", "openingHour": [interval]}],
    )
    assert not ptv(tmp_path, whole).unread
    for where in objects_of(whole):
        told = ptv(tmp_path, changed(whole, (*where, "xx"), "a word")).unread
        assert dict(told) == {path_of(where, "xx"): 1}


def test_what_stands_beside_what_is_read_of_a_service_is_told(tmp_path: Path) -> None:
    whole = service(serviceChannels=[{"serviceChannel": {"id": "l"}}])
    for where in objects_of(whole):
        told = ptv(tmp_path, changed(whole, (*where, "xx"), "a word"), location()).unread
        assert dict(told) == {f"{path_of(where, 'xx')} (of a service)": 1}


def objects_of(document: dict[str, Any]) -> list[Where]:
    """Where objects stand in a document, itself among them."""
    return [where for where in places(document) if isinstance(at(document, where), dict)]


def at(document: Any, where: Where) -> object:
    for name in where:
        document = document[name]
    return document


def path_of(where: Where, name: str) -> str:
    return ".".join([*(part for part in where if isinstance(part, str)), name])


def test_languages_that_are_no_page_languages_do_not_become_finnish(tmp_path: Path) -> None:
    assert "languages" not in the_one(ptv(tmp_path, location(languages=["se"]))).fields


def test_a_phone_number_with_its_country_has_no_zero_of_home(tmp_path: Path) -> None:
    phone = {"type": "Phone", "prefixNumber": "+358", "number": "040 123 4567"}
    assert the_one(ptv(tmp_path, location(phoneNumbers=[phone]))).fields["phone"] == "+35840 123 4567"
    assert the_one(ptv(tmp_path, location(phoneNumbers=[{**phone, "prefixNumber": None}]))).fields["phone"] == (
        "040 123 4567"
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"emails": [{"value": "ei ole", "language": "fi"}]}, "email"),
        ({"addresses": [street(latitude="x")]}, "addresses.streetAddress.latitude"),
        ({"addresses": [street(latitude="1", longitude="2")]}, "addresses.streetAddress.latitude"),
        ({"addresses": [street(longitude=None)]}, "addresses.streetAddress.latitude"),
    ],
)
def test_what_a_location_cannot_have_is_told(tmp_path: Path, more: dict[str, Any], field: str) -> None:
    found = ptv(tmp_path, location(**more))
    assert [row.field for row in found.refused] == [field]
    assert "lat" not in the_one(found).fields or field == "email"
