"""The country's own map: municipalities that become part of another, and which municipality a postal code is in."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import store
from services.providers.actions.catalogue import emit_municipality, emit_organisation, emit_service_point, emit_tutor
from services.providers.domain import Columns, RefusedRow
from services.providers.models import (
    FormerMunicipality,
    Municipality,
    Organisation,
    PostalCode,
    ServicePoint,
    SourceRecord,
    Tutor,
)
from services.providers.problems import NotOneRegion
from services.providers.sources.lists import rows_of
from shared.feed import emit
from shared.problems import InvalidReference
from shared.schemas.common import LocalisedText
from shared.schemas.events import MunicipalityMerged

ROWS_AT_ONCE = 1000


@dataclass
class Report:
    """What happened to how many records, and the rows that could not be read."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rows: list[str] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)

    def tell(self, what: str) -> None:
        """A record has changed."""
        self.changed += 1
        self.rows.append(f"changed: {what}")


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


async def import_postal_codes(session: AsyncSession, path: Path) -> Report:
    """Learn in which municipality each postal code is; a former municipality means the one that it is part of now."""
    report = Report()
    municipalities = await store.municipality_codes(session)
    known = {row.code: row for row in await session.scalars(sa.select(PostalCode))}
    fresh = []
    for row in _postal_rows(path, municipalities, report):
        before = known.get(row["code"])
        if before is None:
            report.created += 1
        elif (before.municipality, before.name) == (row["municipality"], row["name"]):
            report.unchanged += 1
            continue
        else:
            report.changed += 1
        report.rows.append(f"{'changed' if before else 'new'}: {row['code']} {row['name']['fi']}")
        fresh.append(row)
    for start in range(0, len(fresh), ROWS_AT_ONCE):
        new = insert(PostalCode).values(fresh[start : start + ROWS_AT_ONCE])
        values = {"municipality": new.excluded.municipality, "name": new.excluded.name}
        await session.execute(new.on_conflict_do_update(index_elements=["code"], set_=values))
    return report


def _postal_rows(path: Path, municipalities: dict[str, str], report: Report) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for line, row in rows_of(path, _postal_columns(), report.refused):
        code, municipality = row["postal_code"], municipalities.get(row["municipality"].casefold())
        if not re.fullmatch(r"[0-9]{5}", code):
            report.refused.append(RefusedRow(path.name, line, "postal_code", "is no five digits"))
        elif municipality is None:
            report.refused.append(RefusedRow(path.name, line, "municipality", "is no municipality's name or code"))
        elif code in seen:
            report.refused.append(RefusedRow(path.name, line, "postal_code", "stands in the list twice"))
        else:
            seen.add(code)
            name = {"fi": row["name_fi"][:200], "sv": (row["name_sv"] or row["name_fi"])[:200]}
            yield {"code": code, "municipality": municipality, "name": name}


async def merge_municipality(session: AsyncSession, *, code: str, into: str, on: dt.date) -> Report:
    """A municipality becomes part of another of its region: whatever is in it is in the other from now on. Its old code
    and name are still understood in lists."""
    old, new = await _two_of_one_region(session, code, into)
    report = Report()
    await _move_records(session, code, into, report)
    new.neighbours = [each for each in dict.fromkeys([*new.neighbours, *old.neighbours]) if each != into]
    beside = sa.select(Municipality).where(sa.literal(code) == sa.any_(Municipality.neighbours))
    for row in await session.scalars(beside.with_for_update()):
        row.neighbours = [each for each in _with(into, code, row.neighbours) if each != row.code]
        row.version += 1
        await session.flush()
        await emit_municipality(session, row)
        report.tell(f"municipality {_called(row.name)}, which lies beside it")
    codes = sa.update(PostalCode).where(PostalCode.municipality == code).values(municipality=into)
    for postal in await session.scalars(codes.returning(PostalCode.code)):
        report.tell(f"postal code {postal}")
    said = sa.update(SourceRecord).where(SourceRecord.says["municipality"].astext == code)
    await session.execute(
        said.values(says=SourceRecord.says.op("||")(sa.func.jsonb_build_object("municipality", into)))
    )
    before = sa.update(FormerMunicipality).where(FormerMunicipality.merged_into == code)
    await session.execute(before.values(merged_into=into))
    session.add(FormerMunicipality(code=code, name=old.name, merged_into=into, merged_on=on))
    await session.delete(old)
    await session.flush()
    await emit(session, MunicipalityMerged(code=code, into=into))
    return report


async def _two_of_one_region(session: AsyncSession, code: str, into: str) -> tuple[Municipality, Municipality]:
    old, new = await session.get(Municipality, code, with_for_update=True), await session.get(Municipality, into)
    if old is None:
        raise InvalidReference(what=code)
    if new is None:
        raise InvalidReference(what=into)
    if old.code == new.code or old.region != new.region:
        # Between regions, people's roles and API clients would have to move too, which nobody should do in passing.
        raise NotOneRegion
    return old, new


async def _move_records(session: AsyncSession, code: str, into: str, report: Report) -> None:
    organisations = sa.select(Organisation).where(Organisation.municipality == code)
    for organisation in await session.scalars(organisations.with_for_update()):
        organisation.municipality, organisation.version = into, organisation.version + 1
        await session.flush()
        await emit_organisation(session, organisation)
        report.tell(f"organisation {_called(organisation.name)} ({organisation.id})")
    points = sa.select(ServicePoint).where(ServicePoint.municipality == code)
    for point in await session.scalars(points.with_for_update()):
        point.municipality, point.version = into, point.version + 1
        await session.flush()
        await emit_service_point(session, point)
        report.tell(f"service point {_called(point.name)} ({point.id})")
    tutors = sa.select(Tutor).where(sa.literal(code) == sa.any_(Tutor.home_municipalities))
    for tutor in await session.scalars(tutors.with_for_update()):
        tutor.home_municipalities = _with(into, code, tutor.home_municipalities)
        tutor.version += 1
        await session.flush()
        await emit_tutor(session, tutor)
        report.tell(f"tutor {tutor.display_name} ({tutor.id})")


def _called(name: dict[str, Any]) -> str:
    return LocalisedText.model_validate(name).best("fi")


def _with(new: str, old: str, codes: list[str]) -> list[str]:
    """Codes with a new one in the place of an old one, each once."""
    return list(dict.fromkeys(new if code == old else code for code in codes))
