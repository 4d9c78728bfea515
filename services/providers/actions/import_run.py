"""An import under way: what the database holds of the source, and what is still to be written."""

import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.import_days import ImportDays
from services.providers.actions.import_report import ImportReport
from services.providers.actions.municipal_organisations import MunicipalOrganisations
from services.providers.actions.opening_hours import emit_hours
from services.providers.actions.service_points import emit_service_point
from services.providers.domain.merging import merged
from services.providers.models import OpeningDay, ServicePoint, SourceRecord
from services.providers.sources.source_records import Days, PointRecord
from services.providers.store.same_place import same_place
from shared.clock import date_in_finland, now
from shared.schemas.providers import OpeningDay as OpeningDayOnWire


class ImportRun:
    """One import of one source. What it changes is reported to `report`."""

    def __init__(self, session: AsyncSession, source: str, report: ImportReport) -> None:
        self._session, self._source, self._report = session, source, report
        self._now = now()
        self._records: dict[str, SourceRecord] = {}
        self._points: dict[uuid.UUID, ServicePoint] = {}
        self._days = ImportDays(session, date_in_finland(self._now))
        self._organisations = MunicipalOrganisations(session)

    async def load(self) -> None:
        """Read all that the database holds of the source at once, its points locked in one order."""
        mine = SourceRecord.source == self._source
        for record in await self._session.scalars(sa.select(SourceRecord).where(mine)):
            self._records[record.source_id] = record
        points = sa.select(ServicePoint).join(SourceRecord).where(mine).order_by(ServicePoint.id).with_for_update()
        for point in await self._session.scalars(points):
            self._points[point.id] = point
        await self._days.load(OpeningDay.service_point_id.in_(sa.select(SourceRecord.service_point_id).where(mine)))
        await self._organisations.load()

    def known_ids(self) -> set[str]:
        """Return the ids, in the source, of all that it has ever brought."""
        return set(self._records)

    async def import_point(self, theirs: PointRecord) -> None:
        """Import one service point as the source has it."""
        record, point, is_new = await self._record_of(theirs)
        if theirs.unpublished and point.publishing == "published":
            self._report.passed_over["not published yet, of a place that is shown here"] += 1
            return
        changes, differences = merged(theirs.source_id, flat_fields(point), record.fields, theirs.fields)
        self._write_fields(point, changes)
        await self._move_to_municipality(point, theirs, changes)
        record.fields = {**record.fields, **theirs.fields}  # what it does not speak of now, it has not taken back
        record.gives_support, record.seen_at = theirs.gives_support, self._now
        record.unread = sorted(theirs.unread)
        changed_days, edited_days = self._days.change(record, point, theirs)
        await self._emit_changes(point, fields_changed=is_new or bool(changes), days=changed_days)
        self._report.differences += [*differences, *edited_days]
        self._report_point(theirs, point, is_new, list(changes), len(changed_days))

    async def _record_of(self, theirs: PointRecord) -> tuple[SourceRecord, ServicePoint, bool]:
        """Return the source's record, its point, and whether the point is new."""
        known = self._records.get(theirs.source_id)
        if known is not None:
            return known, self._points[known.service_point_id], False
        point, is_new = await self._point_of(theirs)
        fields = dict(theirs.fields) if is_new else {}
        record = SourceRecord(source=self._source, source_id=theirs.source_id, service_point_id=point.id, fields=fields)
        self._session.add(record)
        await self._session.flush()  # so that no other record of the source finds the same point
        return record, point, is_new

    async def _point_of(self, theirs: PointRecord) -> tuple[ServicePoint, bool]:
        """Return the service point that a new record is of: one that another source has brought, or a new one."""
        found = await same_place(self._session, self._source, theirs.municipality, theirs.fields)
        if found is None:
            return await self._new_point(theirs), True
        await self._days.load(OpeningDay.service_point_id == found)
        return await self._session.get_one(ServicePoint, found, with_for_update=True), False

    async def _new_point(self, theirs: PointRecord) -> ServicePoint:
        organisation = await self._organisations.of(theirs.municipality)
        point = ServicePoint(
            organisation_id=organisation.id,
            region=organisation.region,
            name={"fi": None, "sv": None, "en": None},
            address="",
            municipality=theirs.municipality,
            status="active",
            publishing="draft" if theirs.draft else "published",
            provenance={},
        )
        self._write_fields(point, theirs.fields)
        point.version = 1
        self._session.add(point)
        await self._session.flush()
        await self._session.refresh(point)
        return point

    def _write_fields(self, point: ServicePoint, changes: Mapping[str, object]) -> None:
        """Write fields, and which source says so since when."""
        for path, value in changes.items():
            name, _, language = path.partition(".")
            setattr(point, name, {**(getattr(point, name) or {}), language: value} if language else value)
        if changes:
            source = {"source": self._source, "at": self._now.isoformat()}
            point.provenance = {**(point.provenance or {}), **dict.fromkeys(changes, source)}
            point.version = (point.version or 0) + 1

    async def _move_to_municipality(
        self, point: ServicePoint, theirs: PointRecord, changes: Mapping[str, object]
    ) -> None:
        """A point of a municipality's own organisation that lies in another municipality now is the other's."""
        if "municipality" in changes and self._organisations.includes(point.organisation_id):
            organisation = await self._organisations.of(theirs.municipality)
            point.organisation_id, point.region = organisation.id, organisation.region

    async def _emit_changes(self, point: ServicePoint, *, fields_changed: bool, days: Days) -> None:
        if fields_changed:
            await emit_service_point(self._session, point)
        if days:
            states = [{"date": date, "hours": hours} for date, hours in days.items()]
            await emit_hours(self._session, point, [OpeningDayOnWire.model_validate(state) for state in states])

    def _report_point(
        self, theirs: PointRecord, point: ServicePoint, is_new: bool, changes: list[str], days: int
    ) -> None:
        fields = [*changes, *([f"{days} days of hours"] if days else [])]
        name = next(filter(None, point.name.values()), "")
        line = f"{theirs.source_id} {name}: {', '.join(fields) or 'everything'}"
        if is_new:
            self._report.add_created(line)
        elif fields:
            self._report.add_changed(line)
        else:
            self._report.unchanged += 1

    async def write_days(self) -> None:
        """Write the hours of all points."""
        self._report.days_written = await self._days.write()


def flat_fields(point: ServicePoint) -> dict[str, object]:
    """Return a service point's fields by the names that sources use, a name in a language as `name.fi`."""
    contact = ("phone", "email", "url")
    names = ("address", "address_sv", "municipality", "lat", "lon", *contact, "languages", "weekly_hours")
    texts = {
        f"{name}.{language}": text
        for name in ("name", "description")
        for language, text in (getattr(point, name) or {}).items()
    }
    return texts | {name: getattr(point, name) for name in names}
