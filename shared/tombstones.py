"""Tombstones: a list of who was erased, outside the database, so that a restored backup does not bring them back.

A line says when, and has a keyed hash of the id of an appointment, an entry or an account; nothing else. Lines are in a
file for each month, which the owner alone may read. A line that was written in part, by a process that died, is passed
over.
"""

import datetime as dt
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.retention import TOMBSTONES_KEPT
from shared.secrets import Secrets

LINE = re.compile(r"(\S+) ([0-9a-f]{64})\n")
ALWAYS = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Tombstones:
    """The list of one service in a folder; `secrets` are the service's own."""

    folder: Path
    secrets: Secrets

    def mark_of(self, record: uuid.UUID) -> str:
        """Return the hash by which a record stands in the list."""
        return self.marks_of(record)[0]

    def marks_of(self, record: uuid.UUID) -> list[str]:
        """Return the hash by which a record stands in the list, and those by which it may stand there."""
        return [hashed.hex() for hashed in self.secrets.hashes(b"tombstone/" + record.bytes)]

    def add(self, erased: Iterable[tuple[uuid.UUID, dt.datetime]]) -> None:
        """Add records with when they were erased; they are on the disk when this returns. Raises OSError."""
        by_month: dict[str, list[str]] = {}
        for record, at in erased:
            utc = at.astimezone(dt.UTC)
            by_month.setdefault(f"{utc:%Y-%m}", []).append(f"{utc.isoformat()} {self.mark_of(record)}\n")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for month, lines in by_month.items():
            _append(self._file(month), "".join(lines).encode())

    def since(self, moment: dt.datetime) -> frozenset[str]:
        """Return the hashes of those who were erased at a moment or later."""
        return frozenset(mark for at, mark in self._lines(moment) if at >= moment)

    def last(self) -> dt.datetime:
        """Return when the last one was erased; long ago when there is none."""
        newest = max(self._files(ALWAYS), default=None)
        return max((at for at, _mark in _lines_of(newest)), default=ALWAYS) if newest else ALWAYS

    def forget_old(self, now: dt.datetime) -> None:
        """Delete the months in which nobody was erased since a backup that may still be kept."""
        for file in set(self._files(ALWAYS)) - set(self._files(now - TOMBSTONES_KEPT)):
            file.unlink(missing_ok=True)

    def _file(self, month: str) -> Path:
        return self.folder / f"{month}.txt"

    def _files(self, moment: dt.datetime) -> list[Path]:
        """Return the files from the month of a moment on."""
        first = self._file(f"{moment.astimezone(dt.UTC):%Y-%m}").name
        return [file for file in self.folder.glob("[0-9]*.txt") if file.name >= first]

    def _lines(self, moment: dt.datetime) -> Iterator[tuple[dt.datetime, str]]:
        for file in self._files(moment):
            yield from _lines_of(file)


def _lines_of(file: Path) -> Iterator[tuple[dt.datetime, str]]:
    for line in file.read_text(encoding="ascii", errors="replace").splitlines(keepends=True):
        if found := LINE.fullmatch(line):
            yield dt.datetime.fromisoformat(found[1]), found[2]


def _append(file: Path, lines: bytes) -> None:
    """Append lines in one write, so that those of two processes do not mix, and wait for the disk."""
    is_new = not file.exists()
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # Whatever a process that died has left of a line, ours begin on one of their own.
        os.write(opened, lines if is_new else b"\n" + lines)
        os.fsync(opened)
    finally:
        os.close(opened)
    if is_new:
        _settle(file.parent)


def _settle(folder: Path) -> None:
    """Wait until the disk has a file's name, too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
