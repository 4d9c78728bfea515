"""A municipality's own list of service points, with their dated hours, from CSV (docs/importing.md has the columns)."""

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from services.providers import domain
from services.providers.domain import HoursRow, RefusedRow
from services.providers.sources import files
from services.providers.sources.said import Said, Sayings


def read(points: Path, hours: Path | None, municipalities: Mapping[str, str], *, draft: bool = False) -> Sayings:
    """Read the files. A row that stands twice is refused the second time. A `draft` list brings in drafts."""
    found = Sayings()
    for line, row in rows_of(points, domain.point_columns(), found.refused):
        point = domain.read_point(row, municipalities, file=points.name, line=line)
        if not isinstance(point, RefusedRow):
            says = {
                "name.fi": point.name,
                "address": point.address,
                "municipality": point.municipality,
                "lat": point.lat,
                "lon": point.lon,
                "phone": point.phone,
                "url": files.web_address(point.url),
            }
            found.add(points.name, line, Said(point.source_id, point.municipality, says, draft=draft))
        else:
            found.refused.append(point)
    if hours is not None:
        for source_id, days in _hours(hours, found).items():
            said = found.said[source_id]
            found.said[source_id] = replace(said, days=days)
    return found


def _hours(path: Path, found: Sayings) -> dict[str, dict[dt.date, list[dict[str, str]]]]:
    rows: dict[str, dict[dt.date, list[HoursRow]]] = defaultdict(lambda: defaultdict(list))
    for line, row in rows_of(path, domain.hours_columns(), found.refused):
        hours = domain.read_hours(row, found.said, file=path.name, line=line)
        if isinstance(hours, RefusedRow):
            found.refused.append(hours)
        else:
            rows[hours.source_id][hours.date].append(hours)
    return {
        source_id: {date: domain.day_hours(each) for date, each in dates.items()} for source_id, dates in rows.items()
    }


def rows_of(path: Path, columns: domain.Columns, refused: list[RefusedRow]) -> Iterator[tuple[int, dict[str, str]]]:
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
    content = files.content_of(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\0", "")
