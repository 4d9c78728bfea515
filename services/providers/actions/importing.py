"""Importing a list of service points with their dated hours, from CSV.

One import is one transaction: it goes in whole, or, killed halfway, not at all. Rows that cannot be read are reported
and the rest goes in; the same file twice changes nothing; what is no longer in the file is reported and kept.
"""

import csv
import datetime as dt
import io
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import domain, store
from services.providers.actions.catalogue import emit_hours, emit_service_point
from services.providers.domain import HoursRow, PointRow, RefusedRow
from services.providers.models import Municipality, OpeningDay, Organisation, ServicePoint
from services.providers.problems import ImportRunning
from shared.feed import emit
from shared.schemas import providers as wire

Progress = Callable[[int], None]
ROWS_AT_ONCE = 5000


@dataclass
class Report:
    """What an import did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    days_written: int = 0
    refused: list[RefusedRow] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)


@dataclass
class Lists:
    """What the files say."""

    points: dict[str, PointRow] = field(default_factory=dict)
    days: dict[str, dict[dt.date, list[dict[str, str]]]] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)


def read_lists(points: Path, hours: Path | None, municipalities: dict[str, str]) -> Lists:
    """Read the files. A row that stands twice is refused the second time."""
    lists = Lists()
    for line, row in _rows(points, domain.point_columns(), lists.refused):
        point = domain.read_point(row, municipalities, file=points.name, line=line)
        if isinstance(point, PointRow) and point.source_id in lists.points:
            point = RefusedRow(points.name, line, "id", "stands in the list twice")
        if isinstance(point, RefusedRow):
            lists.refused.append(point)
        else:
            lists.points[point.source_id] = point
    if hours is not None:
        _read_hours(hours, lists)
    return lists


def _read_hours(path: Path, lists: Lists) -> None:
    found: dict[tuple[str, dt.date], list[HoursRow]] = defaultdict(list)
    for line, row in _rows(path, domain.hours_columns(), lists.refused):
        hours = domain.read_hours(row, lists.points, file=path.name, line=line)
        if isinstance(hours, RefusedRow):
            lists.refused.append(hours)
        else:
            found[hours.source_id, hours.date].append(hours)
    for (source_id, date), rows in found.items():
        lists.days.setdefault(source_id, {})[date] = domain.day_hours(rows)


def _rows(path: Path, columns: domain.Columns, refused: list[RefusedRow]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file in UTF-8 or, failing that, Windows-1252, with commas or semicolons; with line numbers."""
    text = _decoded(path)
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    if missing := columns.match(reader.fieldnames or []):
        refused.append(RefusedRow(path.name, 1, ", ".join(missing), "is no column of this file"))
        return
    try:
        for row in reader:
            yield (
                reader.line_num,
                columns.read({key: value for key, value in row.items() if isinstance(value, str)}),
            )
    except csv.Error as error:
        refused.append(RefusedRow(path.name, reader.line_num, "the line", f"cannot be read as CSV: {error}"))


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\0", "")


async def import_points(session: AsyncSession, *, source: str, lists: Lists, progress: Progress) -> Report:
    """Bring `lists` in as the points of `source`; `progress` is told of each point that is done."""
    if not await session.scalar(sa.text("SELECT pg_try_advisory_xact_lock(hashtext('vuoro.import'))")):
        raise ImportRunning
    report = Report(refused=lists.refused)
    importer = _Importer(session, source, report)
    await importer.load()
    for source_id, row in lists.points.items():
        await importer.bring_in(row, lists.days.get(source_id, {}))
        progress(1)
    await importer.write_days()
    report.vanished = sorted(importer.points.keys() - lists.points.keys())
    return report


class _Importer:
    """An import under way: what the database holds of the source, and what is still to be written."""

    def __init__(self, session: AsyncSession, source: str, report: Report) -> None:
        self.session, self.source, self.report = session, source, report
        self.points: dict[str, ServicePoint] = {}
        self.days: dict[uuid.UUID, dict[dt.date, Any]] = defaultdict(dict)
        self.organisations: dict[str, Organisation] = {}
        self.waiting: list[dict[str, Any]] = []

    async def load(self) -> None:
        mine = ServicePoint.source == self.source
        for point in await self.session.scalars(sa.select(ServicePoint).where(mine).with_for_update()):
            self.points[point.source_id or ""] = point
        known = sa.select(OpeningDay.service_point_id, OpeningDay.date, OpeningDay.hours)
        for point_id, date, hours in await self.session.execute(known.join(ServicePoint).where(mine)):
            self.days[point_id][date] = hours
        for organisation in await self.session.scalars(
            sa.select(Organisation).where(Organisation.source == MUNICIPALITY_SOURCE)
        ):
            self.organisations[organisation.municipality] = organisation

    async def bring_in(self, row: PointRow, days: dict[dt.date, list[dict[str, str]]]) -> None:
        point, is_new, is_changed = await self._point(row)
        changed_days = {date: hours for date, hours in sorted(days.items()) if self.days[point.id].get(date) != hours}
        if is_new or is_changed:
            await emit_service_point(self.session, point)
        if changed_days:
            self.waiting += [
                {"service_point_id": point.id, "date": date, "hours": hours} for date, hours in changed_days.items()
            ]
            told = [{"date": date.isoformat(), "hours": hours} for date, hours in changed_days.items()]
            await emit_hours(self.session, point.id, told)
        self.report.created += is_new
        self.report.changed += not is_new and (is_changed or bool(changed_days))
        self.report.unchanged += not (is_new or is_changed or changed_days)

    async def _point(self, row: PointRow) -> tuple[ServicePoint, bool, bool]:
        organisation = await self._organisation(row.municipality)
        values = {
            "organisation_id": organisation.id,
            "region": organisation.region,
            "name": self._name(row),
            "address": row.address,
            "municipality": row.municipality,
            "lat": row.lat,
            "lon": row.lon,
            "phone": row.phone,
            "url": row.url,
        }
        point = self.points.get(row.source_id)
        if point is None:
            point = ServicePoint(**values, source=self.source, source_id=row.source_id, status="active")
            self.session.add(point)
            await self.session.flush()
            return point, True, False
        is_changed = any(getattr(point, name) != value for name, value in values.items())
        for name, value in values.items():
            setattr(point, name, value)
        return point, False, is_changed

    def _name(self, row: PointRow) -> dict[str, str | None]:
        """The list's name, beside those in other languages that somebody has written by hand."""
        point = self.points.get(row.source_id)
        return {**(point.name if point else {"sv": None, "en": None}), "fi": row.name}

    async def _organisation(self, code: str) -> Organisation:
        """The municipality's own organisation, which answers for points in its lists."""
        if code not in self.organisations:
            municipality = await self.session.get_one(Municipality, code)
            organisation = Organisation(
                region=municipality.region,
                name=municipality.name,
                kind="municipality",
                municipality=code,
                status="active",
                source=MUNICIPALITY_SOURCE,
                source_id=code,
            )
            self.session.add(organisation)
            await self.session.flush()
            state = wire.Organisation.model_validate(organisation).model_dump(mode="json")
            await emit(self.session, "organisation.changed", organisation.id, state)
            self.organisations[code] = organisation
        return self.organisations[code]

    async def write_days(self) -> None:
        for start in range(0, len(self.waiting), ROWS_AT_ONCE):
            rows = insert(OpeningDay).values(self.waiting[start : start + ROWS_AT_ONCE])
            await self.session.execute(
                rows.on_conflict_do_update(
                    index_elements=["service_point_id", "date"], set_={"hours": rows.excluded.hours}
                )
            )
        self.report.days_written = len(self.waiting)


MUNICIPALITY_SOURCE = "municipality"


async def import_files(
    session: AsyncSession, *, source: str, points: Path, hours: Path | None, start: Callable[[int], Progress]
) -> Report:
    """Import the files; `start` is told how many points there are, and gives what is told of progress."""
    lists = read_lists(points, hours, await store.municipality_codes(session))
    return await import_points(session, source=source, lists=lists, progress=start(len(lists.points)))
