"""Calendars are read in processes of their own: one that never ends is ended, and hinders none of the others."""

import asyncio
import datetime as dt

import psutil
import pytest

from services.booking.calendars.reading import calendar_processes
from services.booking.calendars.unreadable import Unreadable
from services.booking.domain.wall_time import whole_days
from tests.unit.calendar_texts import HELSINKI, calendar, event, local

pytestmark = [pytest.mark.anyio, pytest.mark.trials]
MARCH = whole_days(dt.date(2027, 3, 1), dt.date(2027, 4, 4), HELSINKI)
GOOD = calendar(event("UID:1\nDTSTART:20270308T080000Z\nDTEND:20270308T090000Z"))
# Every second there is a 31st of February to look for, and never one to find.
ENDLESS = calendar(event("UID:1\nDTSTART:20200101T080000Z\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31"))
# Each of these has as many times as one may have; together they would fill the memory.
VAST = calendar(
    *(
        event(f"UID:{number}\nDTSTART:20270308T080000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;COUNT=99999")
        for number in range(200)
    )
)


async def test_one_that_never_ends_is_ended_and_the_others_are_read() -> None:
    async with calendar_processes(seconds=2) as read:
        endless = [asyncio.create_task(read(ENDLESS, MARCH, HELSINKI)) for _ in range(2)]
        good = [asyncio.create_task(read(GOOD, MARCH, HELSINKI)) for _ in range(4)]
        for reading in endless:
            with pytest.raises(Unreadable, match="too long"):
                await reading
        for found in await asyncio.gather(*good):
            assert local(found.times) == [("08.03. 10:00", "08.03. 11:00")]
    assert not [each for each in psutil.Process().children() if "spawn_main" in " ".join(each.cmdline())]


async def test_one_that_fills_the_memory_is_refused() -> None:
    async with calendar_processes(seconds=120, memory=200_000_000) as read:
        with pytest.raises(Unreadable, match="memory"):
            await read(VAST, MARCH, HELSINKI)
        assert (await read(GOOD, MARCH, HELSINKI)).times


async def test_as_many_plain_events_as_fit_into_a_calendar_are_read_in_time() -> None:
    """A library's calendar of ten years, just under what is fetched of one."""
    first = dt.datetime(2027, 3, 8, 8, tzinfo=dt.UTC)
    starts = [first + dt.timedelta(minutes=20) * number for number in range(28_000)]
    text = calendar(*(event(f"UID:{at.timestamp()}\nDTSTART:{at:%Y%m%dT%H%M%SZ}\nDURATION:PT10M") for at in starts))
    async with calendar_processes() as read:
        found = await read(text, MARCH, HELSINKI)
    assert len(found.times) == sum(at < MARCH.end for at in starts)
