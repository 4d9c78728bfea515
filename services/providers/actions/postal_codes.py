"""Which municipality a postal code is in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.import_report import ImportReport
from services.providers.actions.importing import municipality_names
from services.providers.domain.columns import Columns, RefusedRow, UnreadableField
from services.providers.domain.municipality_names import MunicipalityNames
from services.providers.models import PostalCode
from services.providers.sources.csv_rows import rows_of

ROWS_AT_ONCE = 1000
LONGEST = 200


@dataclass(frozen=True)
class PostalRow:
    """A postal code as the list has it."""

    code: str
    municipality: str
    name: Mapping[str, str]


def _postal_columns() -> Columns:
    """Columns of Statistics Finland's postal-code key."""
    return Columns(
        known={
            "postal_code": ("postinumeroalue", "posti_alue", "postinumero", "postnummer"),
            "name_fi": ("area_fi", "nimi"),
            "name_sv": ("area_sv", "namn"),
            "municipality": ("municipality_code", "kunta", "kommun"),
        },
        required=frozenset({"postal_code", "name_fi", "municipality"}),
    )


async def import_postal_codes(session: AsyncSession, path: Path) -> ImportReport:
    """Import in which municipality each postal code is; a former municipality means the one that it is part of now."""
    report = ImportReport()
    municipalities = await municipality_names(session)
    known = {row.code: row for row in await session.scalars(sa.select(PostalCode))}
    fresh = []
    for row in _postal_rows(path, municipalities, report):
        before = known.get(row.code)
        if before is not None and (before.municipality, before.name) == (row.municipality, row.name):
            report.unchanged += 1
            continue
        (report.add_changed if before else report.add_created)(f"{row.code} {row.name['fi']}")
        fresh.append(row)
    await _write_postal_codes(session, fresh)
    return report


async def _write_postal_codes(session: AsyncSession, fresh: list[PostalRow]) -> None:
    for start in range(0, len(fresh), ROWS_AT_ONCE):
        rows = [
            {"code": row.code, "municipality": row.municipality, "name": dict(row.name)}
            for row in fresh[start : start + ROWS_AT_ONCE]
        ]
        new = insert(PostalCode).values(rows)
        values = {"municipality": new.excluded.municipality, "name": new.excluded.name}
        await session.execute(new.on_conflict_do_update(index_elements=["code"], set_=values))


def _postal_rows(path: Path, municipalities: MunicipalityNames, report: ImportReport) -> Iterator[PostalRow]:
    seen: set[str] = set()
    for row in rows_of(path, _postal_columns(), report.refused):
        report.unread.update(row.unread)
        try:
            yield _read_postal_code(row.fields, municipalities, seen)
        except UnreadableField as problem:
            report.refused.append(RefusedRow(path.name, row.line, problem.field, problem.reason))


def _read_postal_code(row: Mapping[str, str], municipalities: MunicipalityNames, seen: set[str]) -> PostalRow:
    """Return what a row says, and remember its code in `seen`; raises `UnreadableField`."""
    code, municipality = row["postal_code"], municipalities.code_of(row["municipality"])
    if not re.fullmatch(r"[0-9]{5}", code):
        raise UnreadableField("postal_code", "is no five digits")
    if municipality is None:
        raise UnreadableField("municipality", "is no municipality's name or code")
    for name in ("name_fi", "name_sv"):
        if len(row.get(name, "")) > LONGEST:
            raise UnreadableField(name, f"is longer than {LONGEST} characters")
    if code in seen:
        raise UnreadableField("postal_code", "stands in the list twice")
    seen.add(code)
    return PostalRow(code, municipality, {"fi": row["name_fi"], "sv": row.get("name_sv") or row["name_fi"]})
