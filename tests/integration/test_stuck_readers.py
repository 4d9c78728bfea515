"""A reader that cannot go on says so in the database, and the API of its service is not ready."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.actions import planning
from services.notify.models import Message
from shared import db, following
from shared.clients import Refused
from shared.problems import Unavailable
from shared.schemas.common import CloudEvent, ProblemDocument
from tests.integration.outbox import APPOINTMENT, happened, of_appointment

pytestmark = pytest.mark.anyio
SECRET = "Aili Mäkelä"
apply_booking = partial(planning.apply_booking, channels=["email"])
BROKEN = happened("appointment.booked", {"id": SECRET}, number=2)


class Feed:
    """A feed of the events that it is given, which may refuse, or be away."""

    def __init__(self, *events: CloudEvent, failure: Exception | None = None) -> None:
        self.there, self.failure = list(events), failure

    async def events(self, last_event_id: uuid.UUID | None, wait_seconds: int, /) -> list[CloudEvent]:
        if self.failure is not None:
            raise self.failure
        ids = [event.id for event in self.there]
        found = self.there[ids.index(last_event_id) + 1 :] if last_event_id in ids else self.there
        if not found and wait_seconds:
            await asyncio.Event().wait()
        return found


async def readiness(app: FastAPI) -> tuple[int, dict[str, Any]]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://notify") as http:
        answer = await http.get("/api/notify/readyz")
        return answer.status_code, answer.json()


@asynccontextmanager
async def followed(sessions: db.Sessions, feed: Feed) -> AsyncIterator[None]:
    """The worker's reader of booking's feed, for a while."""
    reader = asyncio.create_task(following.follow(sessions, "booking", feed, apply_booking))
    try:
        yield
    finally:
        reader.cancel()
        await asyncio.wait([reader])


async def eventually(app: FastAPI, wanted: Callable[[int, dict[str, Any]], bool]) -> dict[str, Any]:
    for _ in range(400):
        status, told = await readiness(app)
        if wanted(status, told):
            return told
        await asyncio.sleep(0.05)
    pytest.fail(f"it says {status} {told}")


async def confirmed(sessions: db.Sessions) -> int:
    async with db.transaction(sessions) as session:
        wanted = sa.select(sa.func.count()).where(Message.subject == APPOINTMENT, Message.kind == "confirmation")
        return await session.scalar(wanted) or 0


async def test_an_event_that_cannot_be_read_is_named_and_what_comes_before_it_is_applied(notify_app: FastAPI) -> None:
    feed = Feed(of_appointment("booked", 1), BROKEN, of_appointment("cancelled", 3, state="cancelled"))
    async with followed(notify_app.state.sessions, feed):
        told = await eventually(notify_app, lambda status, _told: status == 503)
        (stuck,) = told["stuck"]
        assert stuck.pop("since")
        assert stuck == {
            "source": "booking",
            "event_id": str(BROKEN.id),
            "event_type": "fi.vuoro.appointment.booked",
            "reason": "ValidationError",
        }
        assert SECRET not in str(told)
        assert await confirmed(notify_app.state.sessions)
        # A version that can read it comes.
        feed.there[1] = BROKEN.model_copy(update={"data": of_appointment("booked").data})
        assert await eventually(notify_app, lambda status, _told: status == 200) == {"status": "ok"}


async def test_a_feed_that_refuses_its_reader_is_told_until_it_answers(notify_app: FastAPI) -> None:
    unknown = ProblemDocument(type="urn:vuoro:problem:unknown-event", title="", status=404)
    feed = Feed(failure=Refused(unknown))
    async with followed(notify_app.state.sessions, feed):
        told = await eventually(notify_app, lambda status, _told: status == 503)
        assert [(each["source"], each["reason"]) for each in told["stuck"]] == [("booking", "unknown-event")]
        feed.failure = None  # and has nothing to tell
        await eventually(notify_app, lambda status, _told: status == 200)


async def test_who_was_stuck_when_its_process_ended_is_free_as_soon_as_the_next_one_reads(notify_app: FastAPI) -> None:
    async with followed(notify_app.state.sessions, Feed(BROKEN)):
        await eventually(notify_app, lambda status, _told: status == 503)
    assert (await readiness(notify_app))[0] == 503
    async with followed(notify_app.state.sessions, Feed()):
        await eventually(notify_app, lambda status, _told: status == 200)


@pytest.mark.parametrize("passing", [Unavailable(), sa.exc.OperationalError("", {}, Exception()), TimeoutError()])
async def test_what_passes_by_itself_is_no_reason_to_be_taken_away(notify_app: FastAPI, passing: Exception) -> None:
    tried = asyncio.Event()

    async def handle(_session: AsyncSession, _event: CloudEvent) -> None:
        tried.set()
        raise passing

    with pytest.raises(type(passing)):
        await following.follow_once(notify_app.state.sessions, "booking", Feed(BROKEN), handle, 0)
    assert tried.is_set()
    with pytest.raises(type(passing)):
        await following.follow_once(notify_app.state.sessions, "booking", Feed(failure=passing), handle, 0)
    assert (await readiness(notify_app))[0] == 200


async def test_a_type_that_is_not_known_stops_nobody(notify_app: FastAPI) -> None:
    feed = Feed(happened("something.new", {"id": "x"}, 1), of_appointment("booked", 2))
    assert await following.follow_once(notify_app.state.sessions, "booking", feed, apply_booking, 0) == 2
    assert await confirmed(notify_app.state.sessions)


async def test_who_noted_late_does_not_stop_who_went_on(notify_app: FastAPI) -> None:
    """Two workers, of which one is of an older version and cannot read what the other has read."""
    sessions = notify_app.state.sessions
    with pytest.raises(following.Stuck) as stuck:
        await following.follow_once(sessions, "booking", Feed(BROKEN), apply_booking, 0)
    await following.follow_once(sessions, "booking", Feed(of_appointment("booked", 1)), apply_booking, 0)
    await following._tell(sessions, "booking", stuck.value, True)
    assert (await readiness(notify_app))[0] == 200
