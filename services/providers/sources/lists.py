"""A municipality's own list of service points, with their dated hours, from CSV (docs/importing.md has the columns)."""

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from services.providers.domain.columns import Columns, RefusedRow
from services.providers.domain.day_hours import DayPart, HoursRow, day_hours
from services.providers.domain.hours_lists import hours_columns, read_hours
from services.providers.domain.point_lists import PointRow, point_columns, read_point
from services.providers.sources import files
from services.providers.sources.source_records import PointRecord, SourceRecords


def read_lists(
    points: Path, hours: Path | None, municipalities: Mapping[str, str], *, draft: bool = False
) -> SourceRecords:
    """Return what the files say. A row that stands twice is refused the second time. A `draft` list brings in
    drafts."""
    found = SourceRecords()
    for line, row in rows_of(points, point_columns(), found.refused):
        point = read_point(row, municipalities, file=points.name, line=line)
        found.add(points.name, line, point if isinstance(point, RefusedRow) else _record_of(point, draft))
    if hours is not None:
        for source_id, days in _hours_by_point(hours, found).items():
            found.points[source_id] = replace(found.points[source_id], days=days)
    return found


def _record_of(point: PointRow, draft: bool) -> PointRecord:
    fields = {
        "name.fi": point.name,
        "address": point.address,
        "municipality": point.municipality,
        "lat": point.lat,
        "lon": point.lon,
        "phone": point.phone,
        "url": files.web_address(point.url),
    }
    return PointRecord(point.source_id, point.municipality, fields, draft=draft)


def _hours_by_point(path: Path, found: SourceRecords) -> dict[str, dict[dt.date, list[DayPart]]]:
    rows: dict[str, dict[dt.date, list[HoursRow]]] = defaultdict(lambda: defaultdict(list))
    for line, row in rows_of(path, hours_columns(), found.refused):
        hours = read_hours(row, found.points, file=path.name, line=line)
        if isinstance(hours, RefusedRow):
            found.refused.append(hours)
        else:
            rows[hours.source_id][hours.date].append(hours)
    return {source_id: {date: day_hours(each) for date, each in dates.items()} for source_id, dates in rows.items()}


def rows_of(path: Path, columns: Columns, refused: list[RefusedRow]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file in UTF-8 or, failing that, Windows-1252, with commas or semicolons, and their line
    numbers."""
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
    content = files.content_of(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\0", "")
