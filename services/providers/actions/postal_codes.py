"""Which municipality a postal code is in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.import_report import ImportReport
from services.providers.domain.columns import Columns, RefusedRow
from services.providers.models import PostalCode
from services.providers.sources.lists import rows_of
from services.providers.store.code_lists import municipality_codes

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
            "postal_code": ("postinumeroalue", "posti_alue"),
            "name_fi": ("area_fi",),
            "name_sv": ("area_sv",),
            "municipality": ("municipality_code", "kunta"),
        },
        required=frozenset({"postal_code", "name_fi", "municipality"}),
    )


async def import_postal_codes(session: AsyncSession, path: Path) -> ImportReport:
    """Import in which municipality each postal code is; a former municipality means the one that it is part of now."""
    report = ImportReport()
    municipalities = await municipality_codes(session)
    known = {row.code: row for row in await session.scalars(sa.select(PostalCode))}
    fresh = []
    for row in _postal_rows(path, municipalities, report.refused):
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


def _postal_rows(path: Path, municipalities: Mapping[str, str], refused: list[RefusedRow]) -> Iterator[PostalRow]:
    seen: set[str] = set()
    for line, row in rows_of(path, _postal_columns(), refused):
        code, municipality = row["postal_code"], municipalities.get(row["municipality"].casefold())
        if not re.fullmatch(r"[0-9]{5}", code):
            refused.append(RefusedRow(path.name, line, "postal_code", "is no five digits"))
        elif municipality is None:
            refused.append(RefusedRow(path.name, line, "municipality", "is no municipality's name or code"))
        elif code in seen:
            refused.append(RefusedRow(path.name, line, "postal_code", "stands in the list twice"))
        else:
            seen.add(code)
            name = {"fi": row["name_fi"][:LONGEST], "sv": (row["name_sv"] or row["name_fi"])[:LONGEST]}
            yield PostalRow(code, municipality, name)
