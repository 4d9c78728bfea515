"""What a row of a list of service points says."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.providers.domain.columns import Columns, RefusedRow, UnreadableField

LONGEST = 200
NEEDED = ("id", "name", "address", "municipality")


@dataclass(frozen=True)
class PointRow:
    """A service point as a list has it."""

    source_id: str
    name: str
    address: str
    municipality: str
    lat: float | None
    lon: float | None
    phone: str | None
    url: str | None


def point_columns() -> Columns:
    """Return the columns of a list of service points, with the headings of Kirjastot.fi's lists."""
    return Columns(
        known={
            "id": (),
            "name": ("library_branch_name",),
            "address": ("library_address",),
            "municipality": ("city_name",),
            "lat": (),
            "lon": (),
            "phone": ("library_phone",),
            "url": ("library_url",),
        },
        required=frozenset(NEEDED),
    )


def read_point(
    row: Mapping[str, str], municipalities: Mapping[str, str], *, file: str, line: int
) -> PointRow | RefusedRow:
    """Return what a row of service points says, or why it is refused; `municipalities` gives the code for every name
    (casefolded) and code."""
    try:
        for name in NEEDED:
            _check_text(name, row[name])
        code = municipalities.get(row["municipality"].casefold())
        if code is None:
            raise UnreadableField("municipality", "is no municipality's name or code")
        return PointRow(
            source_id=row["id"],
            name=row["name"],
            address=row["address"],
            municipality=code,
            lat=_degrees(row["lat"], "lat", 59, 71),
            lon=_degrees(row["lon"], "lon", 19, 32),
            phone=row["phone"][:LONGEST] or None,
            url=row["url"][:LONGEST] or None,
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


def _degrees(text: str, name: str, least: float, most: float) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise UnreadableField(name, "is not a number") from None
    if not least <= value <= most:
        raise UnreadableField(name, "is outside Finland (WGS 84 degrees are needed)")
    return round(value, 6)
