"""The country's own map: a municipality that becomes part of another."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.code_lists import emit_municipality
from services.providers.actions.import_report import ImportReport
from services.providers.actions.organisations import emit_organisation
from services.providers.actions.service_points import emit_service_point
from services.providers.actions.tutors import emit_tutor
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
from shared.feed import emit
from shared.problems import InvalidReference
from shared.schemas.common import LocalisedText
from shared.schemas.events import MunicipalityMerged


async def merge_municipality(session: AsyncSession, *, code: str, into: str, on: dt.date) -> ImportReport:
    """Make a municipality part of another of its region: whatever is in it is in the other from now on. Its old code
    and name are still understood in lists. Raises `NotOneRegion` and `InvalidReference`."""
    old, new = await _two_of_one_region(session, code, into)
    report = ImportReport()
    await _move_organisations(session, code, into, report)
    await _move_service_points(session, code, into, report)
    await _move_tutors(session, code, into, report)
    new.neighbours = [each for each in dict.fromkeys([*new.neighbours, *old.neighbours]) if each != into]
    await _change_neighbours(session, code, into, report)
    await _change_code_lists(session, code, into, report)
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


async def _move_organisations(session: AsyncSession, code: str, into: str, report: ImportReport) -> None:
    organisations = sa.select(Organisation).where(Organisation.municipality == code)
    for organisation in await session.scalars(organisations.with_for_update()):
        organisation.municipality, organisation.version = into, organisation.version + 1
        await session.flush()
        await emit_organisation(session, organisation)
        report.add_changed(f"organisation {_name_of(organisation.name)} ({organisation.id})")


async def _move_service_points(session: AsyncSession, code: str, into: str, report: ImportReport) -> None:
    points = sa.select(ServicePoint).where(ServicePoint.municipality == code)
    for point in await session.scalars(points.with_for_update()):
        point.municipality, point.version = into, point.version + 1
        await session.flush()
        await emit_service_point(session, point)
        report.add_changed(f"service point {_name_of(point.name)} ({point.id})")


async def _move_tutors(session: AsyncSession, code: str, into: str, report: ImportReport) -> None:
    tutors = sa.select(Tutor).where(sa.literal(code) == sa.any_(Tutor.home_municipalities))
    for tutor in await session.scalars(tutors.with_for_update()):
        tutor.home_municipalities = _replaced(into, code, tutor.home_municipalities)
        tutor.version += 1
        await session.flush()
        await emit_tutor(session, tutor)
        report.add_changed(f"tutor {tutor.display_name} ({tutor.id})")


async def _change_neighbours(session: AsyncSession, code: str, into: str, report: ImportReport) -> None:
    beside = sa.select(Municipality).where(sa.literal(code) == sa.any_(Municipality.neighbours))
    for row in await session.scalars(beside.with_for_update()):
        row.neighbours = [each for each in _replaced(into, code, row.neighbours) if each != row.code]
        row.version += 1
        await session.flush()
        await emit_municipality(session, row)
        report.add_changed(f"municipality {_name_of(row.name)}, which lies beside it")


async def _change_code_lists(session: AsyncSession, code: str, into: str, report: ImportReport) -> None:
    """Have postal codes, records of sources, and municipalities that merged before mean the new one."""
    codes = sa.update(PostalCode).where(PostalCode.municipality == code).values(municipality=into)
    for postal in await session.scalars(codes.returning(PostalCode.code)):
        report.add_changed(f"postal code {postal}")
    known = sa.update(SourceRecord).where(SourceRecord.fields["municipality"].astext == code)
    await session.execute(
        known.values(fields=SourceRecord.fields.op("||")(sa.func.jsonb_build_object("municipality", into)))
    )
    before = sa.update(FormerMunicipality).where(FormerMunicipality.merged_into == code)
    await session.execute(before.values(merged_into=into))


def _name_of(name: Mapping[str, str | None]) -> str:
    return LocalisedText.model_validate(name).best("fi")


def _replaced(new: str, old: str, codes: list[str]) -> list[str]:
    """Return codes with a new one in the place of an old one, each once."""
    return list(dict.fromkeys(new if code == old else code for code in codes))
