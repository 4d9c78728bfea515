"""Lists of service points as people and spreadsheets write them."""

import datetime as dt
from pathlib import Path

import pytest

from services.providers.domain.columns import RefusedRow
from services.providers.domain.municipality_names import MunicipalityNames
from services.providers.search.words import base_forms
from services.providers.sources.lists import read_lists
from services.providers.sources.source_records import SourceRecords

CODES = {"kuusamo": "305", "305": "305", "salo": "734", "esbo": "049", "049": "049", "pietarsaari": "598"}
NAMES = MunicipalityNames(CODES, base_forms)
HEADINGS = "id,name,address,municipality,lat,lon,phone,url\n"
ROW = "1,Ähtäri,Tie 1,Kuusamo,65.9,29.1,,\n"


def read(folder: Path, content: str | bytes, hours: str | None = None) -> SourceRecords:
    points, times = folder / "points.csv", folder / "hours.csv"
    points.write_bytes(content if isinstance(content, bytes) else content.encode())
    if hours is not None:
        times.write_text(hours, encoding="utf-8")
    return read_lists(points, times if hours is not None else None, NAMES)


def told(found: SourceRecords) -> list[tuple[int, str]]:
    return [(row.line, row.field) for row in found.refused]


def names(found: SourceRecords) -> list[object]:
    return [record.fields["name.fi"] for record in found.points.values()]


@pytest.mark.parametrize(
    "content",
    [
        (HEADINGS + ROW).encode("utf-16"),
        (HEADINGS + ROW).encode("utf-16-le"),
        (HEADINGS + ROW).encode("utf-16-be"),
        (HEADINGS + ROW).encode("utf-32"),
        (HEADINGS + ROW).encode("cp1252"),
        (HEADINGS + ROW.replace("Ä", "A\u0308").replace("ä", "a\u0308")).encode(),
        (HEADINGS + ROW).replace(",", "\t").encode("utf-16"),
        (HEADINGS + ROW).replace(",", "|").encode(),
        (HEADINGS + ROW).replace("\n", "\r").encode(),
        (HEADINGS + ROW).replace("\n", "\r\n").encode(),
        ("sep=;\n" + (HEADINGS + ROW).replace(",", ";")).encode(),
        ("sep=\t\r\n" + (HEADINGS + ROW).replace(",", "\t")).encode(),
        ("\n\n" + HEADINGS + "\n" + ROW).encode(),
        ('"id","name","address","municipality","lat","lon","phone","url"\n' + ROW).encode(),
        HEADINGS.strip().encode() + b",,,\n" + ROW.strip().encode() + b",,,\n",
    ],
)
def test_encodings_delimiters_and_line_ends(tmp_path: Path, content: bytes) -> None:
    found = read(tmp_path, content)
    assert found.refused == []
    assert names(found) == ["Ähtäri"]
    assert found.points["1"].fields["lat"] == 65.9


def test_the_line_of_excel_counts_and_so_do_the_lines_of_a_row(tmp_path: Path) -> None:
    text = "sep=,\n" + HEADINGS + '1,"Kaksi\nriviä",Tie 1,Kuusamo,,,,\n\n2,,Tie 2,Kuusamo,,,,\n'
    found = read(tmp_path, text)
    assert names(found) == ["Kaksi riviä"]
    assert told(found) == [(6, "name")]


@pytest.mark.parametrize(
    "headings",
    [
        "tunniste;nimi;osoite;kunta",
        "Tunnus;Nimi;Katuosoite;Kaupunki",
        "beteckning;namn;adress;kommun",
        "ID;NAMN;ADRESS;STAD",
    ],
)
def test_headings_in_finnish_and_swedish(tmp_path: Path, headings: str) -> None:
    assert names(read(tmp_path, f"{headings}\n1;Koe;Tie 1;Kuusamo\n")) == ["Koe"]


@pytest.mark.parametrize(
    "headings",
    [
        "id;name;name_sv;address;address_sv;municipality",
        "tunniste;nimi;nimi_ruotsiksi;osoite;osoite_ruotsiksi;kunta",
        "tunniste;nimi;namn;katuosoite;gatuadress;kunta",
        "beteckning;nimi;namn;osoite;adress;kommun",
    ],
)
def test_a_list_in_two_languages_has_names_and_streets_in_both(tmp_path: Path, headings: str) -> None:
    rows = "1;Kirjasto;Bibliotek;Isokatu 1;Storgatan 1;Kuusamo\n2;Talo;;Tie 1;;Kuusamo\n"
    found = read(tmp_path, f"{headings}\n{rows}")
    names_and_streets = [
        [record.fields[name] for name in ("name.fi", "name.sv", "address", "address_sv")]
        for record in found.points.values()
    ]
    assert names_and_streets == [["Kirjasto", "Bibliotek", "Isokatu 1", "Storgatan 1"], ["Talo", None, "Tie 1", None]]
    assert (found.refused, found.unread) == ([], {})


def test_a_list_in_one_language_says_nothing_of_another(tmp_path: Path) -> None:
    """So that it takes back nothing that somebody has added here."""
    assert not {"name.sv", "address_sv"} & read(tmp_path, HEADINGS + ROW).points["1"].fields.keys()


def test_a_long_swedish_street_is_told_and_the_place_goes_in(tmp_path: Path) -> None:
    found = read(tmp_path, f"id,name,address,municipality,address_sv\n1,Koe,Tie 1,Kuusamo,{'x' * 201}\n")
    assert told(found) == [(2, "address_sv")]
    assert found.points["1"].fields["address"] == "Tie 1"


def test_hours_in_finnish_and_swedish(tmp_path: Path) -> None:
    points = HEADINGS + ROW
    finnish = "palvelupiste;pvm;avautuu;sulkeutuu;tila\n1;1.3.2027;9:00;15:00;avoinna\n1;2.3.2027;;;suljettu\n"
    swedish = "serviceställe;datum;från;till;status\n1;1.3.2027;9:00;15:00;öppet\n1;2.3.2027;;;stängt\n"
    both = [read(tmp_path, points, text) for text in (finnish, swedish)]
    assert both[0].refused == both[1].refused == []
    assert both[0].points == both[1].points
    assert both[0].points["1"].days == {
        dt.date(2027, 3, 1): [{"from": "09:00:00", "to": "15:00:00", "kind": "staffed"}],
        dt.date(2027, 3, 2): [],
    }


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("KUUSAMO", "305"),
        ("Kuusamon kaupunki", "305"),
        ("Kuusamo  kunta", "305"),
        ("Kuusamossa", "305"),
        ("Pietarsaaren kaupunki", "598"),
        ("Esbo stad", "049"),
        ("Salos kommun", "734"),
        ("City of Salo", "734"),
        ("49", "049"),
        ("Kuusamo\u00a0", "305"),
        ("Atlantiksen kaupunki", None),
        ("kaupunki", None),
        ("4", None),
        ("kuusamonkaupunginkirjastontalo" * 6, None),
        ("x" * 100_000, None),
    ],
)
def test_a_municipality_as_people_write_it(written: str, code: str | None) -> None:
    assert NAMES.code_of(written) == code


def test_a_word_that_may_be_two_municipalities_is_none() -> None:
    assert MunicipalityNames({"a": "001", "b": "002"}, lambda _word: ["a", "b"]).code_of("ab") is None


@pytest.mark.parametrize(
    ("lat", "lon", "field", "reason"),
    [
        ("29.1", "65.9", "lat", "changed places"),
        ("65.9", "", "lon", "is empty"),
        ("", "29.1", "lat", "is empty"),
        ("65.9", "48.8", "lon", "outside Finland"),
        ("7322000", "590000", "lat", "outside Finland"),
        ("nan", "29.1", "lat", "not a number"),
    ],
)
def test_a_place_that_is_none_is_refused(tmp_path: Path, lat: str, lon: str, field: str, reason: str) -> None:
    [refused] = read(tmp_path, f"{HEADINGS}1,Koe,Tie 1,Kuusamo,{lat},{lon},,\n").refused
    assert (refused.file, refused.line, refused.field) == ("points.csv", 2, field)
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("kuusamo.fi/kirjasto", "https://kuusamo.fi/kirjasto"),
        ("www.kuusamo.fi", "https://www.kuusamo.fi"),
        ("HTTP://kuusamo.fi", "http://kuusamo.fi"),
        ("ähtäri.fi", "https://ähtäri.fi"),
        ("", None),
    ],
)
def test_a_web_address_without_its_beginning(tmp_path: Path, written: str, kept: str | None) -> None:
    found = read(tmp_path, f"{HEADINGS}1,Koe,Tie 1,Kuusamo,,,,{written}\n")
    assert (found.points["1"].fields["url"], found.refused) == (kept, [])


@pytest.mark.parametrize(
    ("phone", "url", "field"),
    [("0" * 201, "", "phone"), ("", "ei ole", "url"), ("", "info@kuusamo.fi", "url"), ("040\x02", "", "phone")],
)
def test_a_field_that_cannot_be_is_told_and_left_out(tmp_path: Path, phone: str, url: str, field: str) -> None:
    found = read(tmp_path, f"{HEADINGS}1,Koe,Tie 1,Kuusamo,,,{phone},{url}\n")
    assert told(found) == [(2, field)]
    assert field not in found.points["1"].fields


@pytest.mark.parametrize(
    ("rows", "line", "field"),
    [
        ("1,Koe,Tie 1, 93600,Kuusamo,65.9,29.1,,koe.fi\n" + ROW, 2, "the line"),  # a comma that nobody has quoted
        ('1,"Koe "Sampo"",Tie 1,Kuusamo,,,,\n' + ROW, 2, "the line"),
        (ROW + '2,"Koe,Tie 1,Kuusamo,,,,\n3,Kolmas,Tie 3,Kuusamo,,,,\n', 3, "the line"),
        ("1,K\x00oe,Tie 1,Kuusamo,,,,\n" + ROW.replace("1", "2", 1), 2, "name"),
    ],
)
def test_a_row_that_is_broken_is_refused_and_the_rest_goes_in(tmp_path: Path, rows: str, line: int, field: str) -> None:
    found = read(tmp_path, HEADINGS + rows)
    assert told(found) == [(line, field)]
    assert names(found) == ["Ähtäri"]


def test_one_bad_byte_spoils_its_own_row_alone(tmp_path: Path) -> None:
    content = (HEADINGS + ROW).encode() + "2,Ivalö,Tie 2,Kuusamo,,,,\n".encode("cp1252")
    found = read(tmp_path, content)
    assert (names(found), told(found)) == (["Ähtäri"], [(3, "name")])


def test_a_heading_that_stands_twice_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, "id,name,name,address,municipality\n1,A,B,Tie 1,Kuusamo\n")
    assert found.refused == [RefusedRow("points.csv", 1, "name", "stands in the line of headings twice")]


def test_what_no_column_reads_is_counted(tmp_path: Path) -> None:
    found = read(tmp_path, "id,nimi,name,address,municipality,email\n1,X,Koe,Tie 1,Kuusamo,a@b.fi\n2,,K,T,Salo,\n")
    assert names(found) == ["Koe", "K"]
    assert dict(found.unread) == {"nimi": 1, "email": 1}
    assert found.points["1"].unread == {"nimi", "email"}


def test_what_is_not_read_of_a_point_s_hours_is_told_of_the_point_too(tmp_path: Path) -> None:
    rows = "1,14.3.2027,9:00,12:00,staffed,lunch\n1,15.3.2027,9?,12:00,staffed,\n2,soon,9:00,12:00,staffed,\n"
    found = read(tmp_path, HEADINGS + ROW, "service_point,date,from,to,status,note\n" + rows)
    assert (told(found), dict(found.unread)) == ([(3, "from"), (4, "service_point")], {"note": 1})
    assert found.points["1"].unread == {"note", "hours.csv, line 3: from"}


def test_hours_that_overlap_are_one_and_what_is_half_closed_is_refused(tmp_path: Path) -> None:
    rows = "1,14.3.2027,9:00,12:00,staffed\n1,14.3.2027,11:00,15:00,staffed\n1,14.3.2027,12:00,,closed\n"
    rows += "1,15.3.2027,24:00,2:00,staffed\n1,16.3.2027,9:00,24:00,staffed\n1,17.3.2027,9:00,15:00,staffed\n"
    found = read(tmp_path, HEADINGS + ROW, "service_point,date,from,to,status\n" + rows + "1,17.3.2027,,,closed\n")
    assert told(found) == [(4, "to"), (5, "from")]
    assert {date.day: [(part["from"], part["to"]) for part in day] for date, day in found.points["1"].days.items()} == {
        14: [("09:00:00", "15:00:00")],
        16: [("09:00:00", "00:00:00")],
        17: [],
    }
