"""A municipality's own list of service points, with their dated hours, from CSV (docs/importing.md has the columns)."""

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from services.providers.domain.columns import RefusedRow
from services.providers.domain.day_hours import HoursRow, day_hours
from services.providers.domain.hours_lists import hours_columns, read_hours_row
from services.providers.domain.municipality_names import MunicipalityNames
from services.providers.domain.point_lists import PointRow, point_columns, read_point
from services.providers.sources import files
from services.providers.sources.csv_rows import rows_of
from services.providers.sources.source_records import Place, PointRecord, SourceRecords

SWEDISH_FIELDS = {"name_sv": "name.sv", "address_sv": "address_sv"}


def read_lists(
    points: Path, hours: Path | None, municipalities: MunicipalityNames, *, draft: bool = False
) -> SourceRecords:
    """Return what the files say. A row that stands twice is refused the second time. A `draft` list brings in
    drafts."""
    found = SourceRecords()
    for row in rows_of(points, point_columns(), found.refused):
        point = read_point(row.fields, municipalities, file=points.name, line=row.line)
        record = point if isinstance(point, RefusedRow) else _record_of(point, draft=draft, unread=row.unread)
        found.add(Place(points.name, row.line), record)
    if hours is not None:
        _add_hours(hours, found)
    return found


def _record_of(point: PointRow, *, draft: bool, unread: frozenset[str]) -> PointRecord:
    fields: dict[str, object] = {
        "name.fi": point.name,
        "address": point.address,
        "municipality": point.municipality,
        "lat": point.lat,
        "lon": point.lon,
        "phone": point.phone,
        "url": files.web_address(point.url),
    }
    fields |= {SWEDISH_FIELDS[name]: value for name, value in point.swedish.items()}
    return PointRecord(point.source_id, point.municipality, fields, draft=draft, unread=unread)


def _add_hours(path: Path, found: SourceRecords) -> None:
    """Give the points the hours of a list; what of these is not read is told of their point, too."""
    rows: dict[str, dict[dt.date, list[HoursRow]]] = defaultdict(lambda: defaultdict(list))
    unread: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(path, hours_columns(), found.refused):
        found.unread.update(row.unread)
        unread[row.fields["service_point"]] |= row.unread
        hours = read_hours_row(row.fields, found.points, file=path.name, line=row.line)
        if isinstance(hours, RefusedRow):
            found.refused.append(hours)
            unread[row.fields["service_point"]].add(f"{hours.place}: {hours.field}")
        else:
            rows[hours.source_id][hours.date].append(hours)
    for source_id, point in found.points.items():
        days = {date: day_hours(each) for date, each in rows[source_id].items()}
        found.points[source_id] = replace(point, days=days, unread=point.unread | unread[source_id])
