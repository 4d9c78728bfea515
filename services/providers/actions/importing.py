"""Bringing in what other registers say of service points.

One import is one transaction: it goes in whole, or, killed halfway, not at all. Records that cannot be read are told
and the rest goes in; the same twice changes nothing; what the source has no more is told and kept. What somebody has
edited here stays, and the difference is told. A place that another source has brought already is not made anew.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import store
from services.providers.actions.catalogue import emit_hours, emit_organisation, emit_service_point
from services.providers.domain import Difference, RefusedRow, merged
from services.providers.models import Municipality, OpeningDay, Organisation, ServicePoint, SourceRecord
from services.providers.problems import ImportRunning
from services.providers.sources import kirkanta, lists, ptv
from services.providers.sources.said import Said, Sayings

Progress = Callable[[int], None]
ROWS_AT_ONCE = 5000
MUNICIPALITY_SOURCE = "municipality"


@dataclass
class Report:
    """What an import did, or in a dry run would do. `rows` tells of each record that was created or changed."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    days_written: int = 0
    rows: list[str] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)


async def import_files(
    session: AsyncSession,
    *,
    source: str,
    points: Path,
    hours: Path | None,
    start: Callable[[int], Progress],
    draft: bool = False,
) -> Report:
    """Import CSV lists; `start` is told how many points there are, and gives what is told of progress. With `draft`,
    new points are shown to nobody until somebody publishes them."""
    said = lists.read(points, hours, await store.municipality_codes(session), draft=draft)
    return await bring_in(session, source, said, start)


async def import_kirkanta(session: AsyncSession, *, where: str, start: Callable[[int], Progress]) -> Report:
    """Import libraries from a file or an address of Kirkanta."""
    sayings = kirkanta.read(where, await store.municipality_codes(session))
    return await bring_in(session, "kirkanta", sayings, start)


async def import_ptv(session: AsyncSession, *, where: list[str], start: Callable[[int], Progress]) -> Report:
    """Import service locations, and which of them give digital support, from files or addresses of PTV."""
    return await bring_in(session, "ptv", ptv.read(where, await store.municipality_codes(session)), start)


async def bring_in(session: AsyncSession, source: str, sayings: Sayings, start: Callable[[int], Progress]) -> Report:
    """Bring in all that a source says."""
    if not await session.scalar(sa.text("SELECT pg_try_advisory_xact_lock(hashtext('vuoro.import'))")):
        raise ImportRunning
    report = Report(refused=sayings.refused)
    importer = _Importer(session, source, report)
    await importer.load()
    progress = start(len(sayings.said))
    for said in sayings.said.values():
        await importer.bring_in(said)
        progress(1)
    await importer.write_days()
    report.vanished = sorted(importer.records.keys() - sayings.said.keys())
    return report


# The same place in another source: of the same name, or within some hundred metres of a similar one that is of the same
# kind. What a place is stands in the last word of its name: a library beside the town hall is not the town hall. Two
# points that are one can be put right by hand; one that is two hides a place.
SAME_PLACE = sa.text("""
    SELECT p.id FROM service_point p
    WHERE p.municipality = :municipality
      AND NOT EXISTS (SELECT FROM source_record r WHERE r.service_point_id = p.id AND r.source = :source)
      AND EXISTS (SELECT FROM source_record r WHERE r.service_point_id = p.id)
      AND (folded(p.name->>'fi') = folded(CAST(:name AS text))
           OR abs(p.lat - CAST(:lat AS double precision)) < 0.001
              AND abs(p.lon - CAST(:lon AS double precision)) < 0.001 / cos(radians(CAST(:lat AS double precision)))
              AND regexp_replace(folded(CAST(:name AS text)), '^.*\\s', '')
                  = regexp_replace(folded(p.name->>'fi'), '^.*\\s', '')
              AND similarity(folded(CAST(:name AS text)), folded(p.name->>'fi')) >= 0.5)
    ORDER BY folded(p.name->>'fi') = folded(CAST(:name AS text)) DESC, p.id LIMIT 1
""")


class _Importer:
    """An import under way: what the database holds of the source, and what is still to be written."""

    def __init__(self, session: AsyncSession, source: str, report: Report) -> None:
        self.session, self.source, self.report = session, source, report
        self.now = dt.datetime.now(dt.UTC)
        self.records: dict[str, SourceRecord] = {}
        self.points: dict[uuid.UUID, ServicePoint] = {}
        self.days: dict[uuid.UUID, dict[dt.date, Any]] = defaultdict(dict)
        self.organisations: dict[str, Organisation] = {}
        self.waiting: list[dict[str, Any]] = []

    async def load(self) -> None:
        mine = SourceRecord.source == self.source
        for record in await self.session.scalars(sa.select(SourceRecord).where(mine)):
            self.records[record.source_id] = record
        points = sa.select(ServicePoint).join(SourceRecord).where(mine).order_by(ServicePoint.id).with_for_update()
        for point in await self.session.scalars(points):
            self.points[point.id] = point
        known = sa.select(OpeningDay.service_point_id, OpeningDay.date, OpeningDay.hours, OpeningDay.edited)
        known = known.join(SourceRecord, SourceRecord.service_point_id == OpeningDay.service_point_id).where(mine)
        for point_id, date, hours, is_edited in await self.session.execute(known):
            self.days[point_id][date] = (hours, is_edited)
        for organisation in await self.session.scalars(
            sa.select(Organisation).where(Organisation.source == MUNICIPALITY_SOURCE)
        ):
            self.organisations[organisation.municipality] = organisation

    async def bring_in(self, said: Said) -> None:
        record = self.records.get(said.source_id)
        if record is not None:
            point, is_new = self.points[record.service_point_id], False
        else:
            point, is_new = await self._place_of(said)
            before: Mapping[str, Any] = said.says if is_new else {}
            record = SourceRecord(
                source=self.source, source_id=said.source_id, service_point_id=point.id, says=dict(before)
            )
            self.session.add(record)
            await self.session.flush()  # so that no other record of the source takes the same point
        changes, differences = merged(said.source_id, flat(point), record.says, said.says)
        self._write(point, changes)
        if "municipality" in changes and self._is_municipal(point.organisation_id):
            organisation = await self._organisation(said.municipality)
            point.organisation_id, point.region = organisation.id, organisation.region
        record.says = {**record.says, **said.says}  # what it does not speak of now, it has not taken back
        record.gives_support, record.seen_at = said.gives_support, self.now
        changed_days = {}
        for date, hours in sorted(said.days.items()):
            ours, is_edited = self.days[point.id].get(date, (None, False))
            if ours != hours and not is_edited:
                changed_days[date] = list(hours)
            elif ours != hours:
                differences.append(Difference(said.source_id, f"hours of {date}", ours, list(hours)))
        await self._tell(point, told=is_new or bool(changes), days=changed_days)
        self.report.differences += differences
        self.report.created += is_new
        is_changed = not is_new and bool(changes or changed_days)
        self.report.changed += is_changed
        self.report.unchanged += not is_new and not is_changed
        if is_new or is_changed:
            what = [*changes, *([f"{len(changed_days)} days of hours"] if changed_days else [])]
            verb = "new" if is_new else "changed"
            self.report.rows.append(
                f"{verb}: {said.source_id} {point.name.get('fi')}: {', '.join(what) or 'everything'}"
            )

    def _write(self, point: ServicePoint, changes: Mapping[str, Any]) -> None:
        """Write fields, and who says so since when."""
        for name, value in changes.items():
            field, _, language = name.partition(".")
            setattr(point, field, {**(getattr(point, field) or {}), language: value} if language else value)
        if changes:
            said = {name: {"source": self.source, "at": self.now.isoformat()} for name in changes}
            point.provenance = {**(point.provenance or {}), **said}
            point.version = (point.version or 0) + 1

    async def _tell(self, point: ServicePoint, *, told: bool, days: dict[dt.date, Any]) -> None:
        if told:
            await emit_service_point(self.session, point)
        if days:
            self.waiting += [
                {"service_point_id": point.id, "date": date, "hours": hours} for date, hours in days.items()
            ]
            await emit_hours(
                self.session, point, [{"date": date.isoformat(), "hours": hours} for date, hours in days.items()]
            )

    async def _place_of(self, said: Said) -> tuple[ServicePoint, bool]:
        """The service point that a new record is of: one that another source has brought, or a new one."""
        asked = {
            "municipality": said.municipality,
            "source": self.source,
            "name": said.says.get("name.fi"),
            "lat": said.says.get("lat"),
            "lon": said.says.get("lon"),
        }
        if found := await self.session.scalar(SAME_PLACE, asked):
            point = await self.session.get_one(ServicePoint, found, with_for_update=True)
            of_it = sa.select(OpeningDay.date, OpeningDay.hours, OpeningDay.edited)
            for date, hours, is_edited in await self.session.execute(of_it.where(OpeningDay.service_point_id == found)):
                self.days[found][date] = (hours, is_edited)
            return point, False
        organisation = await self._organisation(said.municipality)
        point = ServicePoint(
            organisation_id=organisation.id,
            region=organisation.region,
            name={"fi": None, "sv": None, "en": None},
            address="",
            municipality=said.municipality,
            status="active",
            publishing="draft" if said.draft else "published",
            provenance={},
        )
        self._write(point, said.says)
        point.version = 1
        self.session.add(point)
        await self.session.flush()
        await self.session.refresh(point)
        return point, True

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
            await self.session.refresh(organisation)
            await emit_organisation(self.session, organisation)
            self.organisations[code] = organisation
        return self.organisations[code]

    def _is_municipal(self, organisation_id: uuid.UUID) -> bool:
        return any(each.id == organisation_id for each in self.organisations.values())

    async def write_days(self) -> None:
        for start in range(0, len(self.waiting), ROWS_AT_ONCE):
            rows = insert(OpeningDay).values(self.waiting[start : start + ROWS_AT_ONCE])
            await self.session.execute(
                rows.on_conflict_do_update(
                    index_elements=["service_point_id", "date"], set_={"hours": rows.excluded.hours}
                )
            )
        self.report.days_written = len(self.waiting)


def flat(point: ServicePoint) -> dict[str, Any]:
    """A service point's fields by the names that sources use, a name in a language as `name.fi`."""
    names = ("address", "municipality", "lat", "lon", "phone", "email", "url", "languages", "weekly_hours")
    texts = {
        f"{name}.{language}": text
        for name in ("name", "description")
        for language, text in (getattr(point, name) or {}).items()
    }
    return texts | {name: getattr(point, name) for name in names}
