"""The worker's loops live on, whatever fails in them."""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import cast

import pytest

from services.notify import jobs
from services.notify.actions.sending import Outbox
from shared.signals import Signal

pytestmark = pytest.mark.anyio


class Failing:
    """An outbox that fails once, then has a message, then none."""

    def __init__(self) -> None:
        self.asked = 0
        self.went_on = asyncio.Event()

    async def is_due(self, _now: dt.datetime) -> bool:
        return True

    async def send_next(self, now: dt.datetime) -> bool:
        assert now.tzinfo is not None
        self.asked += 1
        if self.asked > 2:
            self.went_on.set()
        if self.asked == 1:
            raise KeyError("a value that must not be logged")
        return self.asked == 2


async def test_a_failure_is_logged_where_it_happened_and_sending_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN_LOOKS", 0.01)
    outbox, due = Failing(), Signal()
    with caplog.at_level(logging.ERROR):
        async with running(jobs.keep_sending(cast(Outbox, outbox), due), jobs.keep_looking(cast(Outbox, outbox), due)):
            await asyncio.wait_for(outbox.went_on.wait(), 30)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is KeyError
    assert "value" not in record.getMessage()


async def test_a_sender_with_nothing_to_send_asks_again_only_when_it_is_told() -> None:
    outbox, due = Failing(), Signal()
    outbox.asked = 2  # from here on there is nothing
    async with running(jobs.keep_sending(cast(Outbox, outbox), due)):
        await asyncio.wait_for(outbox.went_on.wait(), 30)
        outbox.went_on.clear()
        for _ in range(100):
            await asyncio.sleep(0)
        assert outbox.asked == 3
        due.give()
        await asyncio.wait_for(outbox.went_on.wait(), 30)
        assert outbox.asked == 4


@asynccontextmanager
async def running(*jobs: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run jobs that never end, and end them."""
    tasks = [asyncio.create_task(job) for job in jobs]
    yield
    for task in tasks:
        task.cancel()
