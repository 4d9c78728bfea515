"""What a row of a list of service points says."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.providers.domain.columns import Columns, RefusedRow, UnreadableField
from services.providers.domain.coordinates import read_coordinates
from services.providers.domain.municipality_names import MunicipalityNames

LONGEST = 200
NEEDED = ("id", "name", "address", "municipality")
IN_SWEDISH = ("name_sv", "address_sv")


@dataclass(frozen=True)
class PointRow:
    """A service point as a list has it. `swedish` are its texts in Swedish, of the columns that the list has."""

    source_id: str
    name: str
    address: str
    municipality: str
    lat: float | None
    lon: float | None
    phone: str | None
    url: str | None
    swedish: Mapping[str, str | None]


def point_columns() -> Columns:
    """Return the columns of a list of service points, with the headings of Kirjastot.fi's lists, and in Finnish and
    Swedish."""
    return Columns(
        known={
            "id": ("tunniste", "tunnus", "beteckning"),
            "name": ("library_branch_name", "nimi", "namn"),
            "name_sv": ("nimi_ruotsiksi", "namn_på_svenska", "namn"),
            "address": ("library_address", "osoite", "katuosoite", "adress", "gatuadress"),
            "address_sv": ("osoite_ruotsiksi", "katuosoite_ruotsiksi", "adress_på_svenska", "adress", "gatuadress"),
            "municipality": ("city_name", "kunta", "kaupunki", "kommun", "stad"),
            "lat": ("latitude", "leveysaste", "latitud", "breddgrad"),
            "lon": ("lng", "longitude", "pituusaste", "longitud", "längdgrad"),
            "phone": ("library_phone", "puhelin", "puhelinnumero", "telefon", "telefonnummer"),
            "url": (
                "library_url",
                "www",
                "verkkosivu",
                "kotisivu",
                "verkko-osoite",
                "webbplats",
                "webbsida",
                "hemsida",
            ),
        },
        required=frozenset(NEEDED),
    )


def read_point(
    row: Mapping[str, str], municipalities: MunicipalityNames, *, file: str, line: int
) -> PointRow | RefusedRow:
    """Return what a row of service points says, or why it is refused."""
    try:
        for name in NEEDED:
            _check_text(name, row[name])
        code = municipalities.code_of(row["municipality"])
        if code is None:
            raise UnreadableField("municipality", "is no municipality's name or code")
        lat, lon = read_coordinates(row.get("lat", ""), row.get("lon", ""))
        return PointRow(
            source_id=row["id"],
            name=row["name"],
            address=row["address"],
            municipality=code,
            lat=lat,
            lon=lon,
            phone=row.get("phone") or None,
            url=row.get("url") or None,
            swedish={name: row[name] or None for name in IN_SWEDISH if name in row},
        )
    except UnreadableField as problem:
        return RefusedRow(file, line, problem.field, problem.reason)


def _check_text(name: str, text: str) -> None:
    if not text:
        raise UnreadableField(name, "is empty")
    if len(text) > LONGEST:
        raise UnreadableField(name, f"is longer than {LONGEST} characters")
    if not text.isprintable():
        raise UnreadableField(name, "holds letters that cannot be shown")
