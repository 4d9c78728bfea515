"""The rows of a CSV file as people and spreadsheets write it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.providers.domain.columns import Columns, RefusedRow
from services.providers.domain.table_cells import as_written
from services.providers.sources import files
from services.providers.sources.decoding import UNREADABLE, decoded

DELIMITERS = (",", ";", "\t", "|")
LONGEST_HEADINGS = 10_000
Refused = list[RefusedRow]


@dataclass(frozen=True)
class ListRow:
    """A row by the names of its columns, its line in the file, and the headings under which it says something that
    nobody reads."""

    line: int
    fields: dict[str, str]
    unread: frozenset[str]


def rows_of(path: Path, columns: Columns, refused: Refused) -> Iterator[ListRow]:
    """Yield the rows of a file, whatever its encoding, its line ends and what it parts its fields with. Rows that
    cannot be read, or a file without the columns, are added to `refused`."""
    lines = _parted(decoded(files.content_of(path)), columns, path.name, refused)
    first, headings = next(lines, (1, []))
    if not _has_columns(headings, columns, path.name, first, refused):
        return
    for line, values in lines:
        row = dict(zip(headings, values, strict=False))
        if reason := _broken(headings, values):
            refused.append(RefusedRow(path.name, line, "the line", reason))
        elif unreadable := [name for name, value in columns.read(row).items() if UNREADABLE in value]:
            refused.append(RefusedRow(path.name, line, unreadable[0], "holds letters that cannot be read"))
        else:
            yield ListRow(line, columns.read(row), columns.unread(row))


def _has_columns(headings: list[str], columns: Columns, file: str, line: int, refused: Refused) -> bool:
    missing, twice = columns.match(headings), columns.repeated(headings)
    if missing:
        refused.append(RefusedRow(file, line, ", ".join(missing), "is no column of this file"))
    elif twice:
        refused.append(RefusedRow(file, line, ", ".join(twice), "stands in the line of headings twice"))
    return not (missing or twice)


def _broken(headings: list[str], values: list[str]) -> str | None:
    """Return why a row does not fit the headings: an unquoted comma of an address would move all that follows it."""
    return "has more fields than the line of headings" if any(map(str.strip, values[len(headings) :])) else None


def _parted(text: str, columns: Columns, file: str, refused: Refused) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that are not empty as fields, with the number of the line on which each begins."""
    skipped, text = _without_separator_line(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, columns), strict=True)
    while True:
        line = skipped + reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            refused.append(RefusedRow(file, line, "the line", f"cannot be read as CSV: {error}"))
            continue
        if any(map(str.strip, values)):
            yield line, [as_written(value) for value in values]


def _without_separator_line(text: str) -> tuple[int, str]:
    """Return a text without the line in which Excel says what parts the fields, and how many lines that was."""
    first, _end, rest = text.partition("\n") if "\n" in text else text.partition("\r")
    return (1, rest) if first.strip().strip('"').lower().startswith("sep=") else (0, text)


def _delimiter(text: str, columns: Columns) -> str:
    """Return what parts the fields: that with which the line of headings names the most columns."""
    headings = next((line for line in text[:LONGEST_HEADINGS].splitlines() if line.strip()), "")
    return max(DELIMITERS, key=lambda mark: columns.recognised(next(csv.reader([headings], delimiter=mark), [])))
