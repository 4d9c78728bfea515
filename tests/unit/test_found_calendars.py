"""Calendars that failed when they were tried, each read as `expected.json` beside them says. A new file there is tried,
too."""

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.booking.calendars.busy import busy_times
from services.booking.calendars.doubts import Doubts
from services.booking.calendars.unreadable import Unreadable
from services.booking.domain.wall_time import whole_days
from shared.intervals import Interval
from tests.conftest import ROOT, tried

HELSINKI = ZoneInfo("Europe/Helsinki")
WEEK = whole_days(dt.date(2026, 11, 30), dt.date(2026, 12, 8), "Europe/Helsinki")
# What is expected there is the least: "TU, TH" has a space that a person reads over, and so do we.
MORE_THAN_EXPECTED = {"spaces_in_byday": {"2026-12-03 10:00-11:00", "2026-12-08 10:00-11:00"}}
TOLD = {"invalid_freq": Doubts({"rule": 1}), "one_bad_among_good": Doubts({"no_start": 1})}
EXPECTED = "expected.json"


def test_there_is_something_to_try(found: Path) -> None:
    assert len(list((found / "ics").glob("*.ics"))) >= 25


def test_each_folder_is_tried_whole(found: Path) -> None:
    """So that what is added to one, or another folder, is tried too."""
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [
        folder.name for folder in found.iterdir() if folder.is_dir() and f'tried("{folder.name}"' not in tests
    ] == []


@pytest.mark.parametrize("file", tried("ics", but=EXPECTED))
def test_a_calendar_that_failed_is_read(file: Path, found: Path) -> None:
    expected = json.loads((found / "ics" / EXPECTED).read_text(encoding="utf-8"))[file.stem]
    if expected == "unreadable":
        with pytest.raises(Unreadable, match="repeats too often"):
            busy_times(file.read_bytes(), WEEK, "Europe/Helsinki")
        return
    read = busy_times(file.read_bytes(), WEEK, "Europe/Helsinki")
    assert set(map(written, read.times)) == {*expected, *MORE_THAN_EXPECTED.get(file.stem, ())}
    assert read.doubts == TOLD.get(file.stem, Doubts())


def written(interval: Interval) -> str:
    start, end = (at.astimezone(HELSINKI) for at in interval)
    return f"{start:%Y-%m-%d %H:%M}-{end:%H:%M}" if end.time() != dt.time() else f"{start:%Y-%m-%d %H:%M}-24:00"
