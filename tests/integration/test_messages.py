"""`GET /messages`: what was sent about an appointment, by whoever may know."""

import datetime as dt
import uuid

import httpx2
import pytest
from fastapi import FastAPI

from deploy.local.postgres import Postgres
from services.notify.models import Message
from shared import db
from shared.auth import ANONYMOUS, Principal, calling
from shared.schemas.people import Role
from tests.conftest import as_owner
from tests.integration.registry import address_of

pytestmark = pytest.mark.anyio
SUBJECT, MINE, OTHER = (uuid.UUID(int=number) for number in (7, 8, 9))
NOW = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
COORDINATOR = Principal("person", "1", "17", roles=(Role(role="coordinator"),))
CLIENT = Principal("client", "1", "17", scopes=frozenset({"events:read"}), client_organisation=MINE)


@pytest.fixture
async def app(notify_app: FastAPI) -> FastAPI:
    """The app on a database with two messages of one region, and one of another."""
    async with db.transaction(notify_app.state.sessions) as session:
        session.add_all([message("sms", NOW), message("email", NOW - dt.timedelta(hours=1))])
        session.add(message("email", NOW, region="06"))
    return notify_app


def message(channel: str, due_at: dt.datetime, region: str = "17") -> Message:
    return Message(
        id=uuid.uuid4(),
        kind="reminder",
        channel=channel,
        subject=SUBJECT,
        organisation_id=MINE,
        region=region,
        state="failed",
        due_at=due_at,
        not_after=due_at,
        try_at=due_at,
        attempts=2,
        reason="too late",
    )


async def answered(app: FastAPI, caller: Principal, subject: uuid.UUID = SUBJECT) -> httpx2.Response:
    app.dependency_overrides[calling] = lambda: caller
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://notify") as http:
        return await http.get("/api/notify/v1/messages", params={"subject": str(subject)})


@pytest.mark.parametrize("caller", [COORDINATOR, CLIENT])
async def test_those_of_the_callers_region_are_shown_the_oldest_first(app: FastAPI, caller: Principal) -> None:
    answer = await answered(app, caller)
    assert [item["channel"] for item in answer.json()["items"]] == ["email", "sms"]
    first = answer.json()["items"][0]
    assert (first["kind"], first["state"], first["attempts"], first["reason"]) == ("reminder", "failed", 2, "too late")
    assert set(first) == {"id", "kind", "channel", "subject", "state", "due_at", "attempts", "reason"}


async def test_those_of_another_organisation_or_subject_are_not_shown(app: FastAPI) -> None:
    other = Principal("client", "2", "17", scopes=frozenset({"events:read"}), client_organisation=OTHER)
    assert (await answered(app, other)).json() == {"items": []}
    assert (await answered(app, COORDINATOR, OTHER)).json() == {"items": []}


@pytest.mark.parametrize(
    ("caller", "status"),
    [(ANONYMOUS, 401), (Principal("client", "1", "17"), 403), (Principal("person", "1", "17"), 403)],
)
async def test_others_are_refused(app: FastAPI, caller: Principal, status: int) -> None:
    answer = await answered(app, caller)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_database_that_is_not_migrated_is_not_ready(postgres: Postgres, app: FastAPI) -> None:
    async def ready() -> int:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://notify") as http:
            return (await http.get("/api/notify/readyz")).status_code

    assert await ready() == 200
    as_owner(postgres, address_of(app.state.sessions), "ALTER TABLE event RENAME TO elsewhere")
    assert await ready() == 503
