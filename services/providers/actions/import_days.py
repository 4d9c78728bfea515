"""The hours by date of an import under way: what the database holds of them, and what is still to be written."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.domain.day_hours import DayPart, hours_on
from services.providers.domain.merging import Difference
from services.providers.models import OpeningDay, ServicePoint, SourceRecord
from services.providers.sources.source_records import Days, PointRecord

ROWS_AT_ONCE = 5000  # a statement takes 65,535 parameters at most
DayState = tuple[Sequence[Mapping[str, object]], bool]
"""The hours of a date, and whether somebody has set them by hand."""


class ImportDays:
    """The dates of the service points of one import, which happens on `today`."""

    def __init__(self, session: AsyncSession, today: dt.date) -> None:
        self._session, self._today = session, today
        self._known: dict[uuid.UUID, dict[dt.date, DayState]] = defaultdict(dict)
        self._unwritten: list[dict[str, object]] = []

    async def load(self, of: sa.ColumnElement[bool]) -> None:
        """Read the hours that the database holds of some points."""
        known = sa.select(OpeningDay.service_point_id, OpeningDay.date, OpeningDay.hours, OpeningDay.edited)
        for point_id, date, hours, is_edited in await self._session.execute(known.where(of)):
            self._known[point_id][date] = (hours, is_edited)

    def change(self, record: SourceRecord, point: ServicePoint, theirs: PointRecord) -> tuple[Days, list[Difference]]:
        """Return the dates whose hours follow the source, and those that stay since they were set by hand."""
        changed: dict[dt.date, Sequence[DayPart]] = {}
        differences = []
        for date, hours in sorted({**self._usual_again(record, point, theirs), **theirs.days}.items()):
            ours, is_edited = self._known[point.id].get(date, (None, False))
            if ours == hours:
                continue
            if is_edited:
                differences.append(Difference(theirs.source_id, f"hours of {date}", ours, hours))
            else:
                changed[date] = hours
        self._unwritten += [{"service_point_id": point.id, "date": date, "hours": changed[date]} for date in changed]
        return changed, differences

    def _usual_again(self, record: SourceRecord, point: ServicePoint, theirs: PointRecord) -> Days:
        """Return the hours of the ordinary week on dates to come on which, as the source says now, nothing else holds
        any more. A source without an ordinary week takes nothing back."""
        if "weekly_hours" not in theirs.fields:
            return {}
        gone = [date for date in record.dates or [] if date >= self._today and date not in theirs.days]
        # Those that are gone are kept in mind: their row must follow when the ordinary week changes.
        record.dates = sorted({*theirs.days, *gone})
        return {date: hours_on(point.weekly_hours, date) for date in gone} if point.weekly_hours else {}

    async def write(self) -> int:
        """Write the hours that have changed, many rows at a time; returns how many there were."""
        for start in range(0, len(self._unwritten), ROWS_AT_ONCE):
            rows = insert(OpeningDay).values(self._unwritten[start : start + ROWS_AT_ONCE])
            await self._session.execute(
                rows.on_conflict_do_update(
                    index_elements=["service_point_id", "date"], set_={"hours": rows.excluded.hours}
                )
            )
        return len(self._unwritten)
