"""The worker's loops live on, whatever fails in them."""

import asyncio
import datetime as dt
import logging
from typing import cast

import pytest

from services.notify import jobs
from services.notify.actions.sending import Outbox

pytestmark = pytest.mark.anyio


class Failing:
    """An outbox that fails once, then has a message, then none."""

    def __init__(self) -> None:
        self.asked = 0
        self.went_on = asyncio.Event()

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
    monkeypatch.setattr(jobs, "SECONDS_WHEN_IDLE", 0.01)
    outbox = Failing()
    with caplog.at_level(logging.ERROR):
        sending = asyncio.create_task(jobs.keep_sending(cast(Outbox, outbox)))
        await asyncio.wait_for(outbox.went_on.wait(), 30)
        sending.cancel()
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is KeyError
    assert "value" not in record.getMessage()
