"""What is done once an hour goes on, whatever one of its jobs fails by."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import Sessions
from shared.hourly import every_hour

pytestmark = pytest.mark.anyio


async def test_a_job_that_fails_stops_no_other_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    done = asyncio.Event()

    async def broken(_session: AsyncSession) -> None:
        raise KeyError

    async def good(_session: AsyncSession) -> None:
        done.set()

    hours = asyncio.create_task(every_hour(Sessions(), [broken, good]))
    waiting = asyncio.create_task(done.wait())
    await asyncio.wait({hours, waiting}, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    assert done.is_set()
    assert not hours.done()
    (told,) = [record for record in caplog.records if record.name == "shared.hourly"]
    assert (told.levelname, told.getMessage()) == ("ERROR", "broken could not be done; the next round will")
    assert told.exc_info
    hours.cancel()
